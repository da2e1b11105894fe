"""aiohttp, signed by hand."""

from contextlib import asynccontextmanager

import aiohttp

from peers.by_hand import Request, read


@asynccontextmanager
async def asynchronous(url, in_flight):
    connector = aiohttp.TCPConnector(limit=in_flight)
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def call(identity):
            request = Request(url, identity)
            sent = session.post(request.url, data=request.body, headers=request.headers)
            async with sent as answer:
                return read(answer.status, await answer.read())

        yield call
