"""The official SDK.

Its constructor takes an address of plain HTTP as it is; its connection strings insist on TLS.
"""

from contextlib import asynccontextmanager

from azure.core.credentials import AzureKeyCredential

from peers import KEY


def blocking(url):
    from azure.communication.identity import (
        CommunicationIdentityClient,
        CommunicationUserIdentifier,
    )

    client = CommunicationIdentityClient(url, AzureKeyCredential(KEY))

    def call(identity):
        return client.get_token(CommunicationUserIdentifier(identity), ["voip"])

    return call


@asynccontextmanager
async def asynchronous(url, in_flight):
    from azure.communication.identity import CommunicationUserIdentifier
    from azure.communication.identity.aio import CommunicationIdentityClient

    async with CommunicationIdentityClient(url, AzureKeyCredential(KEY)) as client:

        async def call(identity):
            return await client.get_token(CommunicationUserIdentifier(identity), ["voip"])

        yield call
