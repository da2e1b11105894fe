"""Runs the official Entra and identity SDKs, as published, against a server and asserts what they get.

The server comes from the environment: EMULATOR_URL, AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET name it
and who signs in; REQUESTS_CA_BUNDLE and SSL_CERT_FILE make the SDKs' two HTTP libraries trust it. Prints one line per
case that passed; the first one that fails ends the run with its traceback.
"""

import asyncio
import base64
import json
import os

from azure.communication.identity import CommunicationIdentityClient
from azure.communication.identity.aio import CommunicationIdentityClient as AsyncClient
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncCredential

URL = os.environ["EMULATOR_URL"]
TENANT = os.environ["AZURE_TENANT_ID"]
CLIENT = os.environ["AZURE_CLIENT_ID"]
SECRET = os.environ["AZURE_CLIENT_SECRET"]
SCOPE = "https://communication.azure.com//.default"


class Sync:
    """A synchronous object in the clothes of an asynchronous one, so that each case is written once."""

    def __init__(self, wrapped):
        self.wrapped = wrapped

    def __getattr__(self, name):
        method = getattr(self.wrapped, name)

        async def call(*args, **kwargs):
            return method(*args, **kwargs)

        return call

    async def close(self):
        """Not every synchronous object can be closed."""


class Kind:
    """The credential and the client of one of the two kinds."""

    def __init__(self, credential, client, dress):
        self.make_credential = credential
        self.make_client = client
        self.dress = dress

    def credential(self, tenant=TENANT, client=CLIENT, secret=SECRET):
        return self.make_credential(tenant, client, secret, authority=URL, disable_instance_discovery=True)

    def client(self, credential):
        return self.dress(self.make_client(URL, credential))


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


async def refusal(call):
    """The error of a call that must fail."""
    try:
        await call
    except ClientAuthenticationError as error:
        return error
    raise AssertionError("the call was not refused")


async def gets_a_token_for_the_resource(kind):
    credential = kind.dress(kind.credential())
    token = await credential.get_token(SCOPE)
    found = claims(token.token)
    wanted = {"aud": "https://communication.azure.com/", "tid": TENANT, "appid": CLIENT, "idtyp": "app"}
    assert {name: found[name] for name in wanted} == wanted, found
    assert abs(found["exp"] - token.expires_on) < 60, found
    again = await credential.get_token(SCOPE)
    assert again.token == token.token, "the SDK keeps tokens"
    await credential.close()


async def calls_the_service_with_a_token(kind):
    credential = kind.credential()
    client = kind.client(credential)
    user = await client.create_user()
    assert user.properties["id"].startswith("8:acs:")
    token = await client.get_token(user, ["chat", "voip"])
    assert token.token.count(".") == 2
    assert await client.revoke_tokens(user) is None
    assert await client.delete_user(user) is None
    error = await refusal(client.get_token(user, ["chat"]))
    assert error.error.code == "IdentityNotOwned", repr(error)
    await client.close()
    await kind.dress(credential).close()


async def a_wrong_secret_is_refused(kind):
    credential = kind.dress(kind.credential(secret="not the secret"))
    error = await refusal(credential.get_token(SCOPE))
    assert "AADSTS7000215" in str(error), str(error)
    assert "not the secret" not in str(error)
    await credential.close()


async def an_unknown_application_is_refused(kind):
    credential = kind.dress(kind.credential(client="a0000000-0000-4000-8000-00000000ffff"))
    error = await refusal(credential.get_token(SCOPE))
    assert "AADSTS700016" in str(error), str(error)
    await credential.close()


async def a_token_for_another_resource_is_refused(kind):
    class Elsewhere:
        """A credential that asks for something else than it is asked for."""

        def __init__(self, credential):
            self.credential = credential

        def get_token(self, *_, **options):
            return self.credential.get_token("https://graph.microsoft.com/.default", **options)

    credential = kind.credential()
    client = kind.client(Elsewhere(credential))
    error = await refusal(client.create_user())
    assert (error.status_code, error.error.code) == (401, "Denied"), repr(error)
    await client.close()
    await kind.dress(credential).close()


CASES = [
    gets_a_token_for_the_resource,
    calls_the_service_with_a_token,
    a_wrong_secret_is_refused,
    an_unknown_application_is_refused,
    a_token_for_another_resource_is_refused,
]

KINDS = {
    "sync": Kind(ClientSecretCredential, CommunicationIdentityClient, Sync),
    "async": Kind(AsyncCredential, AsyncClient, lambda wrapped: wrapped),
}


async def main():
    for name, kind in KINDS.items():
        for case in CASES:
            await case(kind)
            print(f"ok {name} {case.__name__}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
