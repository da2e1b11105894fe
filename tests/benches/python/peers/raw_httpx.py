"""httpx, signed by hand."""

from contextlib import asynccontextmanager

import httpx

from peers.by_hand import Request, read


def blocking(url):
    client = httpx.Client(timeout=30)

    def call(identity):
        request = Request(url, identity)
        answer = client.post(request.url, content=request.body, headers=request.headers)
        return read(answer.status_code, answer.content)

    return call


@asynccontextmanager
async def asynchronous(url, in_flight):
    limits = httpx.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
    async with httpx.AsyncClient(timeout=30, limits=limits) as client:

        async def call(identity):
            request = Request(url, identity)
            answer = await client.post(request.url, content=request.body, headers=request.headers)
            return read(answer.status_code, answer.content)

        yield call
