"""Tables in and out of bulk runs: rows from CSV, Excel and data frames, and data frames of results.

Needs pandas: `pip install "teams-phone[pandas]"`. The rows are those of the command `teams-phone assignment apply`,
so that one file serves both.

>>> import io
>>> from teams_phone.pandas import read_rows, to_frame
>>> from teams_phone.testing import Emulator
>>> rows = read_rows(io.StringIO('''tenant_id,object_id,principal_type
... 87d349ed-44d7-43e1-9a83-5f2406dee5bd,e5b7f628-ea94-4fdc-b3d9-1af1fe231111,resource_account
... 87d349ed-44d7-43e1-9a83-5f2406dee5bd,e5b7f628-ea94-4fdc-b3d9-1af1fe232222,resource_account
... '''))
>>> with Emulator() as emulator, emulator.client() as client:
...     frame = to_frame(client.bulk(rows, lambda client, row: row.apply(client)))
>>> frame.sort_index()[["action", "ok", "value.outcome"]]
    action    ok value.outcome
row                           
2    grant  True       created
3    grant  True       created
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ._rows import Cells, Row, RowProblem, RowsError, read
from .errors import ConfigError
from .models.base import Model
from .models.bulk import BulkResult

try:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]
except ModuleNotFoundError as _missing:
    if _missing.name != "pandas":
        raise
    raise ImportError(
        'teams_phone.pandas needs pandas; it comes with `pip install "teams-phone[pandas]"`',
        name="pandas",
    ) from _missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

__all__ = ["Row", "RowProblem", "RowsError", "read_rows", "to_frame"]

_SEPARATORS = (",", ";", "\t")
# How the files of Excel begin, the newer and the older.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_ERROR_FIELDS = ("kind", "status", "code", "request_id", "hint")
# The columns of a bulk run that has come to nothing.
_NONE = {"ok": pd.Series(dtype=bool)} | dict.fromkeys(
    ("error", *(f"error.{name}" for name in _ERROR_FIELDS)), pd.Series(dtype=object)
)


def read_rows(
    source: str | os.PathLike[str] | IO[str] | IO[bytes] | pd.DataFrame, *, sheet: int | str = 0
) -> list[Row]:
    """Reads rows to give or take access, and checks them all.

    - `source`: the path of a CSV file or an Excel workbook, an open file of either, or a data frame. CSV is UTF-8,
      its fields separated by commas, semicolons or tabs. The first row names the columns, in any order and case:
      `tenant_id`, `object_id`, `principal_type` (`user` or `resource_account`), `client_ids` (several separated by
      blanks, commas or semicolons), `action` (`grant`, which is the default, or `revoke`).
    - `sheet`: the sheet of a workbook, by position from 0 or by name.

    Raises `RowsError` if something is wrong, with all problems by row and column; `OSError` if a file cannot be
    read.

    >>> import pandas
    >>> try:
    ...     read_rows(pandas.DataFrame([{"object_id": "ivr@contoso.com", "principal_type": "bot"}]))
    ... except RowsError as error:
    ...     print(error)
    the frame has a row that cannot be used
      row 1, column principal_type: 'bot' is not known; give user or resource_account
    """
    if isinstance(source, pd.DataFrame):
        return read("the frame", _of_frame(source))
    name = _name(source)
    content = _content(source)
    if isinstance(content, bytes) and content.startswith(_WORKBOOKS):
        return read(name, _of_workbook(content, sheet))
    return read(name, _of_csv(content))


def to_frame(results: Iterable[object]) -> pd.DataFrame:
    """Makes a data frame of results: of a bulk run, of a list such as `graph.numbers.list()`, or of rows.

    Fields are columns, those of results within results with a dot between: `assignment.tenant_id`. Of a bulk run
    there are the columns of the item (or `item`), `ok`, those of the value as `value...`, and `error` with
    `error.kind`, `error.status`, `error.code`, `error.request_id` and `error.hint`. Rows that `read_rows` has read
    keep their numbers as the index, and lists of ids are texts with blanks between, so that
    `frame.to_csv(file, index=False)` of rows can be read again. Of nothing there are the columns that every bulk run
    has.

    >>> to_frame([{"a": 1}, {"a": 2, "b": 3}]).shape
    (2, 2)
    """
    records, of_rows = [], True
    for result in results:
        records.append(_record(result))
        of_rows &= isinstance(_item(result), Row)
    frame: pd.DataFrame = pd.DataFrame(records if records else _NONE)
    if records and of_rows:
        frame = frame.set_index("row")
    if "error.status" in frame:
        frame["error.status"] = frame["error.status"].astype("Int64")
    return frame


def _name(source: object) -> str:
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    named = getattr(source, "name", None)
    return named if isinstance(named, str) else "the file"


def _content(source: str | os.PathLike[str] | IO[str] | IO[bytes]) -> str | bytes:
    if isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            return file.read()
    if not hasattr(source, "read"):
        kind = type(source).__name__
        raise TypeError(f"source must be a path, an open file or a data frame, not {kind}")
    return source.read()


def _of_csv(content: str | bytes) -> Iterator[Cells]:
    """The lines of a CSV file that are not blank; no field goes on in the next line."""
    whole = content if isinstance(content, bytes) else content.encode()
    separator = None
    for number, line in enumerate(whole.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            text = line.decode().rstrip("\r")
        except UnicodeDecodeError:
            yield Cells(number, (), "it is not UTF-8 text; save the file as CSV UTF-8")
            continue
        if text.strip():
            separator = separator or next((one for one in _SEPARATORS if one in text), ",")
            yield _of_line(number, text, separator)


def _of_line(number: int, text: str, separator: str) -> Cells:
    if "\r" in text:
        return Cells(number, (), "there is a carriage return within the line")
    try:
        (values,) = csv.reader([text], delimiter=separator)
    except csv.Error as error:
        return Cells(number, (), f"it cannot be taken apart: {error}")
    return Cells(number, values)


def _of_workbook(content: bytes, sheet: int | str) -> Iterator[Cells]:
    try:
        table = pd.read_excel(
            io.BytesIO(content), sheet_name=sheet, header=None, dtype=object, keep_default_na=False
        )
    except ImportError as missing:
        text = f'reading Excel needs more packages: pip install "teams-phone[pandas]" ({missing})'
        raise ImportError(text, name=missing.name) from missing
    except Exception as refusal:
        # Whatever the reader stumbles over in a file that somebody else made.
        text = f"the workbook cannot be read: {refusal}"
        raise ConfigError(text, {"kind": "config"}) from refusal
    yield from _filled(table, first=1)


def _of_frame(frame: pd.DataFrame) -> Iterator[Cells]:
    yield Cells(0, [str(column) for column in frame.columns])
    yield from _filled(frame, first=1)


def _filled(table: pd.DataFrame, *, first: int) -> Iterator[Cells]:
    """The rows that are not blank."""
    for number, values in enumerate(table.itertuples(index=False, name=None), first):
        cells = [_cell(value) for value in values]
        if any(cell not in (None, "") for cell in cells):
            yield Cells(number, cells)


def _cell(value: Any) -> object:
    """The value, or nothing where pandas has one of its signs for nothing."""
    if isinstance(value, (str, list, tuple, set, frozenset)):
        return value
    return None if pd.isna(value) else value


def _item(result: object) -> object:
    """The item of a bulk result; anything else stands for itself."""
    return result.item if isinstance(result, BulkResult) else result


def _record(result: object) -> dict[str, object]:
    if not isinstance(result, BulkResult):
        return _flat(result, "item")
    error = result.error
    record = {**_flat(result.item, "item"), "ok": result.ok}
    if result.ok:
        record.update(_flat(result.value, "value", "value."))
    record["error"] = None if error is None else str(error)
    return record | {f"error.{name}": getattr(error, name, None) for name in _ERROR_FIELDS}


def _flat(value: object, alone: str, prefix: str = "") -> dict[str, object]:
    """The fields of a value by their column, or the value as the column `alone`."""
    if isinstance(value, Model):
        value = value.to_dict()
    if not isinstance(value, Mapping):
        return {alone: _joined(value)}
    flat: dict[str, object] = {}
    for name, inner in value.items():
        flat.update(_flat(inner, f"{prefix}{name}", f"{prefix}{name}."))
    return flat


def _joined(value: object) -> object:
    """A list of texts as one text; anything else as it is."""
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    return value
