"""teams-phone, in each of its ways to make calls."""

from contextlib import asynccontextmanager

from peers import connection_string


def blocking(url):
    from teams_phone import Client

    client = Client.from_connection_string(connection_string(url))

    def call(identity):
        return client.identities.issue_token(identity, ["voip"])

    return call


@asynccontextmanager
async def asynchronous(url, in_flight):
    from teams_phone.aio import Client

    async with Client.from_connection_string(connection_string(url)) as client:

        async def call(identity):
            return await client.identities.issue_token(identity, ["voip"])

        yield call


def issue_token(calls, identity):
    """What a bulk run does with each item."""
    return calls.identities.issue_token(identity, ["voip"])


def bulk(url):
    from teams_phone import Client

    client = Client.from_connection_string(connection_string(url))

    def run(identities, in_flight):
        return client.bulk(identities, issue_token, concurrency=in_flight, rate_limits=None)

    return run


@asynccontextmanager
async def asynchronous_bulk(url, in_flight):
    from teams_phone.aio import Client

    async with Client.from_connection_string(connection_string(url)) as client:

        def run(identities, in_flight):
            return client.bulk(identities, issue_token, concurrency=in_flight, rate_limits=None)

        yield run
