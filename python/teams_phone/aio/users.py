"""Owns users and resource accounts as the directory has them: what an assignment of a number depends on."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from uuid import UUID

    from typing_extensions import Unpack

    from .. import _native
    from ..models.users import (
        AssignedLicense,
        LicenseDetails,
        SubscribedSku,
        User,
        UserConfiguration,
    )
    from ..types import CallOptions, Duration
    from .items import Items
    from .runner import Runner


class Users:
    """Users and resource accounts: usage location, licences, Teams settings; got from `GraphClient.users`.

    A user is named by object id or by user principal name, the name to sign in with.
    """

    def __init__(self, native: _native.GraphClient, run: Runner) -> None:
        self._native = native
        self._run = run

    async def get(self, user: str | UUID, **options: Unpack[CallOptions]) -> User:
        """Reads a user or resource account.

        Raises `NotFoundError` if the directory has no such account; one that was created lately may take a
        minute to appear. `PermissionDeniedError` if the token lacks `User.Read.All`. `ConfigError` if it is
        neither id nor name; then nothing was sent.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> (await graph.users.get("ivr@teams-phone-emulator.invalid")).usage_location
        'US'

        Source: `user.GetUser`, specs/graph-teams/v1.0.
        """
        return await self._run(self._native.users_get(str(user), options or None))

    async def resolve(self, user: str | UUID, **options: Unpack[CallOptions]) -> str:
        """Finds the object id of a user or resource account; nothing is sent for one that is known by it.

        Raises as `get`. Safe to repeat; repeated by itself.

        >>> await graph.users.resolve("ivr@teams-phone-emulator.invalid")
        'c0000000-0000-4000-8000-000000000001'

        Source: `user.GetUser`, specs/graph-teams/v1.0.
        """
        return await self._run(self._native.users_resolve(str(user), options or None))

    async def set_usage_location(
        self, user: str | UUID, country: str, **options: Unpack[CallOptions]
    ) -> None:
        """Sets the country in which an account uses services; licences need one.

        - `country`: two letters of ISO 3166-1, such as `US`.

        Raises `PermissionDeniedError` if the token lacks `User.ReadWrite.All`, `ConfigError` if the country is
        not two letters; then nothing was sent.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> await graph.users.set_usage_location("ivr@teams-phone-emulator.invalid", "DE")
        >>> (await graph.users.get("ivr@teams-phone-emulator.invalid")).usage_location
        'DE'

        Source: `user.UpdateUser`, specs/graph-teams/v1.0.
        """
        return await self._run(
            self._native.users_set_usage_location(str(user), country, options or None)
        )

    async def subscribed_skus(self, **options: Unpack[CallOptions]) -> tuple[SubscribedSku, ...]:
        """Lists the products that the tenant has, with the licences that are free.

        Raises `PermissionDeniedError` if the token lacks `LicenseAssignment.Read.All`.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> for sku in await graph.users.subscribed_skus():
        ...     print(sku.sku_part_number, sku.available_units)
        PHONESYSTEM_VIRTUALUSER 24

        Source: `subscribedSkus.subscribedSku.ListSubscribedSku`, specs/graph-teams/v1.0.
        """
        return await self._run(self._native.users_subscribed_skus(options or None))

    async def license_details(
        self, user: str | UUID, **options: Unpack[CallOptions]
    ) -> tuple[LicenseDetails, ...]:
        """Lists the licences of an account, with the services in them.

        Raises as `get`. Safe to repeat; repeated by itself.

        >>> licenses = await graph.users.license_details("ivr@teams-phone-emulator.invalid")
        >>> [license.sku_part_number for license in licenses]
        ['PHONESYSTEM_VIRTUALUSER']

        Source: `users.ListLicenseDetails`, specs/graph-teams/v1.0.
        """
        return await self._run(self._native.users_license_details(str(user), options or None))

    async def assign_license(
        self,
        user: str | UUID,
        sku: str | UUID,
        *,
        within: Duration | None = None,
        **options: Unpack[CallOptions],
    ) -> AssignedLicense:
        """Gives an account a licence, and tries again while the directory does not know a new account yet.

        - `sku`: the product's part number, such as `PHONESYSTEM_VIRTUALUSER`, or its id.
        - `within`: how long to try again; give some minutes for an account that was created a moment ago.
          Default: 60 s for an account that can be read and not be given a licence yet, and no time for one that
          cannot be read, whose name may be mistyped.

        Raises `NotFoundError` if the tenant has no such product, or no such account after all. `ConflictError`
        if the account has no usage location, or no licence is free. `PermissionDeniedError` if the token lacks
        `LicenseAssignment.ReadWrite.All`, or `User.Read.All`.

        Safe to repeat: an account that has the licence is left as it is.

        >>> user = "ivr@teams-phone-emulator.invalid"
        >>> (await graph.users.assign_license(user, "PHONESYSTEM_VIRTUALUSER")).changed
        False

        Source: `users.user.assignLicense`, specs/graph-teams/v1.0.
        """
        return await self._run(
            self._native.users_assign_license(str(user), str(sku), within, options or None)
        )

    async def configuration(
        self, user: str | UUID, **options: Unpack[CallOptions]
    ) -> UserConfiguration:
        """Reads the Teams settings of a user: numbers, policies, entitlements.

        Resource accounts have none here, whatever the documentation says; see `GraphClient.resource_accounts`.

        Raises `NotFoundError` if Teams has no such user, `PermissionDeniedError` if the token lacks
        `TeamsUserConfiguration.Read.All`.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> (await graph.users.configuration("alex@teams-phone-emulator.invalid")).telephone_numbers
        ()

        Source: `admin.teams.GetUserConfigurations`, specs/graph-teams/v1.0.
        """
        return await self._run(self._native.users_configuration(str(user), options or None))

    def configurations(
        self,
        *,
        odata: str | None = None,
        page_size: int | None = None,
        **options: Unpack[CallOptions],
    ) -> Items[UserConfiguration]:
        """Lists the Teams settings of all users.

        - `odata`: a condition in OData's own words, sent as it is; which ones work is not documented.
        - `page_size`: how many users a page has at most; default: as the service likes.

        Raises, while the list is gone through, `PermissionDeniedError` if the token lacks
        `TeamsUserConfiguration.Read.All`.

        Safe to repeat. Repeated by itself after timeouts and failures of the service.

        >>> async for settings in graph.users.configurations():
        ...     print(settings.user_principal_name)
        alex@teams-phone-emulator.invalid

        Source: `admin.teams.ListUserConfigurations`, specs/graph-teams/v1.0.
        """
        from .items import Items

        pages = self._native.users_configurations(odata, page_size, options or None)
        return Items(self._run, pages, self._native)
