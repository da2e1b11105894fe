"""Runs the official identity SDK, as published, against a server and asserts what it gets.

The server comes from the environment: EMULATOR_CONNECTION_STRING names it, REQUESTS_CA_BUNDLE and SSL_CERT_FILE make
the SDK's two HTTP libraries trust it. Prints one line per case that passed; the first one that fails ends the run with
its traceback.
"""

import asyncio
import base64
import json
import os
import time
import uuid
from datetime import datetime, timedelta, timezone

from azure.communication.identity import (
    CommunicationIdentityClient,
    CommunicationTokenScope,
    CommunicationUserIdentifier,
)
from azure.communication.identity.aio import CommunicationIdentityClient as AsyncClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

CONNECTION_STRING = os.environ["EMULATOR_CONNECTION_STRING"]
ENDPOINT = CONNECTION_STRING.split(";")[0].removeprefix("endpoint=").rstrip("/")
WRONG_KEY = base64.b64encode(b"not the key of this resource").decode()

APPLICATION = str(uuid.uuid4())
USER = str(uuid.uuid4())


def part(value):
    """One part of a JSON web token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def entra_token(lives_for):
    """What Entra gives a Teams user, without a signature; the server is told to believe it."""
    claims = {
        "aud": "https://auth.msft.communication.azure.com",
        "scp": "Teams.ManageCalls Teams.ManageChats",
        "exp": int(time.time() + lives_for),
        "appid": APPLICATION,
        "oid": USER,
        "tid": str(uuid.uuid4()),
    }
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.{part('unsigned')}"


def expiry(token):
    """The moment of expiry; this SDK hands out the service's text."""
    return datetime.fromisoformat(token.expires_on.replace("Z", "+00:00")[:26] + "+00:00")


def assert_token(token, minutes):
    assert token.token.count(".") == 2, "a token has three parts"
    left = expiry(token) - datetime.now(timezone.utc)
    assert abs(left - timedelta(minutes=minutes)) < timedelta(minutes=5), f"{left} is not {minutes} min"


def assert_refused(error, kind, status, code):
    assert isinstance(error, kind), repr(error)
    assert error.status_code == status, repr(error)
    assert error.error is not None and error.error.code == code, repr(error)


async def refusal(call):
    """The error of a call that must fail."""
    try:
        await call
    except HttpResponseError as error:
        return error
    raise AssertionError("the call was not refused")


class Sync:
    """The synchronous client in the clothes of the other one, so that each case is written once."""

    def __init__(self, client):
        self.client = client

    def __getattr__(self, name):
        method = getattr(self.client, name)

        async def call(*args, **kwargs):
            return method(*args, **kwargs)

        return call

    async def close(self):
        """The synchronous client of this version cannot be closed."""


async def creates_identities(make):
    client = make()
    users = [await client.create_user() for _ in range(2)]
    ids = [user.properties["id"] for user in users]
    assert ids[0] != ids[1] and all(id.startswith("8:acs:") for id in ids), ids
    for user in users:
        await client.delete_user(user)
    await client.close()


async def creates_identities_with_tokens(make):
    client = make()
    for hours, minutes in [(None, 1440), (timedelta(hours=1), 60), (timedelta(hours=24), 1440)]:
        user, token = await client.create_user_and_token(
            [CommunicationTokenScope.CHAT, CommunicationTokenScope.VOIP], token_expires_in=hours
        )
        assert user.properties["id"].startswith("8:acs:")
        assert_token(token, minutes)
    await client.close()


async def issues_and_revokes_tokens(make):
    client = make()
    user = await client.create_user()
    scopes = list(CommunicationTokenScope)
    assert_token(await client.get_token(user, scopes), 1440)
    assert_token(await client.get_token(user, scopes, token_expires_in=timedelta(hours=2)), 120)
    assert await client.revoke_tokens(user) is None
    assert_token(await client.get_token(user, [CommunicationTokenScope.VOIP]), 1440)
    await client.close()


async def exchanges_tokens_of_teams_users(make):
    client = make()
    token = await client.get_token_for_teams_user(entra_token(3600), APPLICATION, USER)
    assert_token(token, 60)
    error = await refusal(client.get_token_for_teams_user(entra_token(-10), APPLICATION, USER))
    assert_refused(error, ClientAuthenticationError, 401, "InvalidAccessToken")
    error = await refusal(client.get_token_for_teams_user(entra_token(3600), "no guid", USER))
    assert_refused(error, HttpResponseError, 400, "ValidationError")
    assert error.error.target == "appId", repr(error)
    error = await refusal(client.get_token_for_teams_user(entra_token(3600), APPLICATION, ""))
    assert_refused(error, HttpResponseError, 400, "ValidationError")
    await client.close()


async def refuses_a_token_for_ten_minutes(make):
    client = make()
    error = await refusal(client.create_user_and_token(["chat"], token_expires_in=timedelta(minutes=10)))
    assert_refused(error, HttpResponseError, 400, "ValidationError")
    assert error.error.target == "ExpiresInMinutes", repr(error)
    await client.close()


async def a_deleted_identity_is_not_owned(make):
    client = make()
    user = await client.create_user()
    assert await client.delete_user(user) is None
    calls = [client.delete_user(user), client.revoke_tokens(user), client.get_token(user, ["chat"])]
    for call in calls:
        assert_refused(await refusal(call), ClientAuthenticationError, 401, "IdentityNotOwned")
    await client.close()


async def an_unknown_identity_is_not_owned(make):
    client = make()
    user = CommunicationUserIdentifier("8:acs:nobody")
    error = await refusal(client.get_token(user, ["chat"]))
    assert_refused(error, ClientAuthenticationError, 401, "IdentityNotOwned")
    await client.close()


async def a_wrong_key_is_refused_and_explained(make):
    client = make(WRONG_KEY)
    error = await refusal(client.create_user())
    assert_refused(error, ClientAuthenticationError, 401, "Denied")
    assert WRONG_KEY not in str(error)
    await client.close()


async def older_versions_are_served(make):
    for version in ["2021-03-07", "2022-06-01", "2022-10-01", "2023-10-01"]:
        client = make(api_version=version)
        user = await client.create_user()
        assert_token(await client.get_token(user, [CommunicationTokenScope.CHAT]), 1440)
        await client.close()


CASES = [
    creates_identities,
    creates_identities_with_tokens,
    issues_and_revokes_tokens,
    exchanges_tokens_of_teams_users,
    refuses_a_token_for_ten_minutes,
    a_deleted_identity_is_not_owned,
    an_unknown_identity_is_not_owned,
    a_wrong_key_is_refused_and_explained,
    older_versions_are_served,
]

def make_sync(key=None, **settings):
    if key is None:
        return Sync(CommunicationIdentityClient.from_connection_string(CONNECTION_STRING, **settings))
    return Sync(CommunicationIdentityClient(ENDPOINT, AzureKeyCredential(key), **settings))


def make_async(key=None, **settings):
    if key is None:
        return AsyncClient.from_connection_string(CONNECTION_STRING, **settings)
    return AsyncClient(ENDPOINT, AzureKeyCredential(key), **settings)


async def main():
    for name, make in [("sync", make_sync), ("async", make_async)]:
        for case in CASES:
            await case(make)
            print(f"ok {name} {case.__name__}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
