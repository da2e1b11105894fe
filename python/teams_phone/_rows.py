"""Owns what one row of `teams-phone assignment apply` may say; knows no file, and nothing of pandas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, overload
from uuid import UUID

from .errors import ConfigError
from .models.base import Model

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Iterator, Sequence
    from typing import Any

    from . import aio
    from .blocking import Client
    from .models.assignments import Ensured, Revoked
    from .types import PrincipalType

COLUMNS = ("action", "tenant_id", "object_id", "principal_type", "client_ids")
# What the command adds to the rows that it writes.
_IGNORED = "schema_version"
_BY_LETTERS = {name.replace("_", ""): name for name in (*COLUMNS, _IGNORED)}

_HYPHENATED = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_GUID = re.compile(
    rf"{_HYPHENATED}|[0-9a-f]{{32}}|\{{{_HYPHENATED}\}}|urn:uuid:{_HYPHENATED}", re.IGNORECASE
)
_TYPES: dict[str, PrincipalType] = {
    "user": "user",
    "resourceaccount": "teamsResourceAccount",
    "teamsresourceaccount": "teamsResourceAccount",
}
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Row(Model):
    """One row: whom to give access to the resource, or from whom to take it away."""

    tenant_id: str
    """The Teams tenant."""
    object_id: str
    """The user or resource account."""
    principal_type: PrincipalType | None
    """What the principal is; `None` if the row takes access away."""
    client_ids: tuple[str, ...]
    """The applications that a user may sign in through."""
    action: Literal["grant", "revoke"]
    """Whether access is given or taken away."""
    row: int
    """Where it stands: its line in a CSV file, its row in a sheet, its position from 1 in a frame."""

    @overload
    def apply(self, client: Client) -> Ensured | Revoked: ...
    @overload
    def apply(self, client: aio.Client) -> Coroutine[Any, Any, Ensured | Revoked]: ...
    def apply(self, client: Client | aio.Client) -> Any:
        """Brings about what the row asks for, and makes sure of it; to be awaited with a client for asyncio.

        Made for bulk runs: `client.bulk(rows, lambda client, row: row.apply(client))`. Safe to repeat.
        """
        if self.principal_type is None:
            return client.assignments.revoke_and_verify(self.tenant_id, self.object_id)
        return client.assignments.ensure(
            self.tenant_id, self.object_id, self.principal_type, client_ids=self.client_ids
        )


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row."""

    row: int
    """Where it stands, as `Row.row` says."""
    column: str | None
    """The column, if one is to blame."""
    message: str
    """What is wrong, and what would be right."""

    def __str__(self) -> str:
        column = "" if self.column is None else f", column {self.column}"
        return f"row {self.row}{column}: {self.message}"


class RowsError(ConfigError):
    """Rows that cannot be used; nothing was sent. Each is named with row and column in `problems`."""

    problems: tuple[RowProblem, ...]
    """What is wrong, in the order of the rows."""


class _Wrong(Exception):
    def __init__(self, column: str | None, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one row of a file as they were found, or why they cannot be told."""

    row: int
    values: Sequence[object]
    problem: str | None = None


def read(name: str, lines: Iterable[Cells]) -> list[Row]:
    """The rows below the one that names the columns; raises what is wrong with any of them."""
    found = iter(lines)
    columns = _columns(name, next(found, None))
    rows: list[Row] = []
    problems: list[RowProblem] = []
    for cells in found:
        try:
            rows.append(_row(columns, cells))
        except _Wrong as wrong:
            problems.append(RowProblem(cells.row, wrong.column, str(wrong)))
    if problems:
        raise _refusal(name, problems)
    return rows


def _columns(name: str, head: Cells | None) -> list[str]:
    if head is None:
        raise ConfigError(f"{name} is empty", {"kind": "config"})
    columns: list[str] = []
    try:
        if head.problem is not None:
            raise _Wrong(None, head.problem)
        for value in head.values:
            columns.append(_column(value, columns))
        if "object_id" not in columns:
            raise _Wrong(None, "there is no column object_id")
    except _Wrong as wrong:
        hint = f"the first row names the columns: {', '.join(COLUMNS)}"
        raise _refusal(name, [RowProblem(head.row, wrong.column, str(wrong))], hint) from None
    return columns


def _column(value: object, before: list[str]) -> str:
    """The column of a name; case, blanks, hyphens and underscores do not matter, so `tenantId` will do."""
    letters = re.sub(r"[-_ ]", "", str(value)).lower()
    column = _BY_LETTERS.get(letters)
    if column is None:
        known = ", ".join(COLUMNS)
        raise _Wrong(None, f"{_short(value)} is not a column; known are {known}")
    if column in before:
        raise _Wrong(column, f"the column {_short(value)} is there twice")
    return column


def _row(columns: list[str], cells: Cells) -> Row:
    if cells.problem is not None:
        raise _Wrong(None, cells.problem)
    if len(cells.values) != len(columns):
        count = len(cells.values)
        raise _Wrong(None, f"it has {count} fields, and the first row names {len(columns)}")
    fields = {
        column: list(_texts(column, value))
        for column, value in zip(columns, cells.values, strict=True)
        if column != _IGNORED
    }
    action = _action(fields)
    principal_type, ids = (
        (_principal_type(fields), _client_ids(fields)) if action == "grant" else (None, ())
    )
    tenant = _guid("tenant_id", _single(fields, "tenant_id"), "give the id of the Teams tenant")
    account = _guid(
        "object_id",
        _single(fields, "object_id"),
        "give the object id of the user or resource account, not its user name",
    )
    if tenant == account:
        raise _Wrong("object_id", f"it is the same GUID as tenant_id, {tenant}")
    _agree(principal_type, ids)
    return Row(tenant, account, principal_type, ids, action, cells.row)


def _texts(column: str, value: object) -> Iterator[str]:
    """The texts in a cell, without those that are empty; one, or a list of client ids."""
    if isinstance(value, (list, tuple, set, frozenset)) and column == "client_ids":
        for one in value:
            yield from _texts(column, one)
    elif isinstance(value, (str, UUID)):
        text = str(value).strip()
        if text:
            yield text
    elif value is not None:
        raise _Wrong(column, f"it is not a text but {_article(value)}: {_short(value)}")


def _single(fields: dict[str, list[str]], column: str) -> str:
    texts = fields.get(column, [])
    if not texts:
        raise _Wrong(column, "it is missing")
    return texts[0]


def _action(fields: dict[str, list[str]]) -> Literal["grant", "revoke"]:
    texts = fields.get("action", [])
    action = texts[0].lower() if texts else "grant"
    if action not in ("grant", "revoke"):
        raise _Wrong("action", f"{_short(texts[0])} is not known; give grant or revoke")
    return "grant" if action == "grant" else "revoke"


def _principal_type(fields: dict[str, list[str]]) -> PrincipalType:
    texts = fields.get("principal_type", [])
    if not texts:
        raise _Wrong("principal_type", "it is missing; give user or resource_account")
    known = _TYPES.get(re.sub(r"[-_]", "", texts[0]).lower())
    if known is None:
        raise _Wrong(
            "principal_type", f"{_short(texts[0])} is not known; give user or resource_account"
        )
    return known


def _client_ids(fields: dict[str, list[str]]) -> tuple[str, ...]:
    ids = [one for text in fields.get("client_ids", []) for one in re.split(r"[\s;,]+", text)]
    hint = "give application (client) ids"
    return tuple(_guid("client_ids", one, hint) for one in ids if one)


def _agree(principal_type: PrincipalType | None, ids: tuple[str, ...]) -> None:
    if principal_type == "user" and not ids:
        raise _Wrong(
            "client_ids", "it is empty: the user could not sign in through any application"
        )
    if principal_type == "teamsResourceAccount" and ids:
        raise _Wrong("client_ids", "it is for users; leave it empty for a resource account")


def _guid(column: str, text: str, hint: str) -> str:
    if _GUID.fullmatch(text) is None:
        raise _Wrong(column, f"{_short(text)} is not a GUID; {hint}")
    return str(UUID(text))


def _refusal(name: str, problems: list[RowProblem], hint: str | None = None) -> RowsError:
    listed = [f"\n  {problem}" for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        listed.append(f"\n  and {len(problems) - _SHOWN} more")
    many = "a row" if len(problems) == 1 else f"{len(problems)} rows"
    text = f"{name} has {many} that cannot be used{''.join(listed)}"
    return RowsError(text, {"kind": "config", "hint": hint, "problems": tuple(problems)})


def _short(value: object) -> str:
    """A value from a file, short enough for a message."""
    text = str(value)
    return repr(text if len(text) <= 64 else f"{text[:64]}..")


def _article(value: object) -> str:
    return {"int": "a number", "float": "a number", "bool": "a truth value"}.get(
        type(value).__name__, f"a {type(value).__name__}"
    )
