"""Owns the emulated Microsoft Graph as tests see it: its tenant, tokens for it, what becomes of operations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ._documents import camel, members, one_or_more, text
from ._entra import Entra
from ._plans import OperationPlan

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping

    from .._native import Emulator as Native

_SCOPE = "https://graph.microsoft.com/.default"


class Graph:
    """The Microsoft Graph of an emulator. Members of documents are written as in JSON or as in Python.

    >>> from teams_phone.testing import Emulator
    >>> with Emulator(graph_tenant="demo") as emulator:
    ...     account = emulator.graph.add_resource_account(
    ...         "ivr@contoso.com", usage_location="US", licences=["PHONESYSTEM_VIRTUALUSER"]
    ...     )
    ...     _ = emulator.graph.add_number("+12065550199", assigned_to="ivr@contoso.com")
    ...     emulator.graph.number("+12065550199")["assignmentTargetId"] == account
    True
    """

    __slots__ = ("_native",)

    def __init__(self, native: Native) -> None:
        self._native = native

    @property
    def url(self) -> str:
        """The base URL of version 1.0."""
        return f"{self._native.url}/v1.0"

    @property
    def beta_url(self) -> str:
        """The base URL of the beta version."""
        return f"{self._native.url}/beta"

    def app_token(self) -> str:
        """A token of the standard application with every permission it has."""
        return Entra(self._native).app_token(_SCOPE)

    def token_with(self, permissions: Iterable[str]) -> str:
        """A token of the standard application with these permissions and no others."""
        entra = Entra(self._native)
        roles = one_or_more("permissions", permissions)
        return entra.sign({**entra.app_claims(_SCOPE), "roles": roles})

    def user_token_with(self, permissions: Iterable[str]) -> str:
        """A token of the standard user with these permissions and no others."""
        entra = Entra(self._native)
        scopes = " ".join(one_or_more("permissions", permissions))
        return entra.sign({**entra.user_claims(_SCOPE), "scp": scopes})

    def add_resource_account(
        self,
        user_principal_name: str,
        *,
        id: str | uuid.UUID | None = None,
        display_name: str | None = None,
        app_id: str | uuid.UUID | None = None,
        acs_resource_id: str | uuid.UUID | None = None,
        usage_location: str | None = None,
        licences: Iterable[str] = (),
    ) -> str:
        """Makes a resource account, as PowerShell does, and returns its object id.

        Others learn of it as the setting ``propagation`` says.
        """
        return self._add(
            "resource_account",
            user_principal_name=user_principal_name,
            id=id,
            display_name=display_name,
            app_id=app_id,
            acs_resource_id=acs_resource_id,
            usage_location=usage_location,
            licences=one_or_more("licences", licences),
        )

    def add_user(
        self,
        user_principal_name: str,
        *,
        id: str | uuid.UUID | None = None,
        display_name: str | None = None,
        usage_location: str | None = None,
        licences: Iterable[str] = (),
    ) -> str:
        """Adds a user and returns the object id."""
        return self._add(
            "user",
            user_principal_name=user_principal_name,
            id=id,
            display_name=display_name,
            usage_location=usage_location,
            licences=one_or_more("licences", licences),
        )

    def add_number(
        self,
        telephone_number: str,
        *,
        capabilities: Iterable[str] | None = None,
        number_type: str | None = None,
        assigned_to: str | None = None,
        **members: object,
    ) -> str:
        """Adds a number to the inventory, or replaces it, and returns the id that Graph gives it.

        ``members`` are further properties that Graph shows, ``city`` or ``assignment_status`` for two.
        """
        given = None if capabilities is None else one_or_more("capabilities", capabilities)
        return self._add(
            "number",
            telephone_number=telephone_number,
            capabilities=given,
            number_type=number_type,
            assigned_to=assigned_to,
            **members,
        )

    def add_sku(
        self,
        sku_part_number: str,
        *,
        units: int | None = None,
        service_plans: Iterable[object] | None = None,
    ) -> str:
        """Adds a licence and returns its id."""
        plans = None if service_plans is None else one_or_more("service_plans", service_plans)
        return self._add(
            "sku", sku_part_number=sku_part_number, units=units, service_plans=plans
        )

    def add(self, document: Mapping[str, object]) -> None:
        """Adds what a tenant document holds; nothing of it if something in it is wrong."""
        self._native.graph_add("tenant", text(camel(dict(document))))

    def tenant(self) -> dict[str, Any]:
        """The tenant as a document."""
        tenant: dict[str, Any] = json.loads(self._native.graph_tenant())
        return tenant

    def number(self, telephone_number: str) -> dict[str, Any] | None:
        """A number of the inventory, with or without its plus sign."""
        wanted = telephone_number.lstrip("+")
        numbers: list[dict[str, Any]] = self.tenant()["numbers"]
        return next((one for one in numbers if one["telephoneNumber"].lstrip("+") == wanted), None)

    def operation_status(self, id: str) -> str | None:
        """The status of an operation, without counting as a read; ``None`` if there is none with this id."""
        return self._native.graph_operation_status(id)

    def plan(self, *plans: OperationPlan | Mapping[str, object]) -> None:
        """Says what becomes of the next operations that have no plan yet, one plan each."""
        listed = [
            plan.to_dict() if isinstance(plan, OperationPlan) else dict(plan) for plan in plans
        ]
        self._native.graph_plan(text(listed))

    def configure(self, **settings: object) -> None:
        """Changes how Graph answers, from the next request on.

        - ``errors``: ``"plain"`` or ``"nested"``; ``envelope``: ``"bare"`` or ``"wrapped"``; ``lists``: ``"array"``
          or ``"object"``; ``location``: ``"key"``, ``"segment"``, ``"relative"``, ``"missing"`` or
          ``{"foreign": origin}``
        - ``next_link``, ``early_checks``: switches; ``page_size``: items; ``retry_after``: whole seconds
        - ``operations``: ``{"polls": 3}`` or ``{"milliseconds": 500}``; ``propagation``: the same for ``users``,
          ``resource_accounts`` and ``licences``
        """
        self._native.graph_configure(text(camel(settings)))

    def _add(self, what: str, **given: object) -> str:
        return self._native.graph_add(what, text(camel(members(**given))))

    def __repr__(self) -> str:
        return f"Graph(url={self.url!r})"
