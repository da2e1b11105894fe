"""Makes calls with one client and prints what this process used for them, warming up apart.

Arguments: the peer (a module of `peers`), its face (a function of this module and of the peer's),
the event loop (`asyncio`, `uvloop`, or `none`), the server's address, the calls in flight, how many
calls warm up, how many are measured, and after how many of those memory is looked at a first time
(0: only at the end).
"""

import importlib
import itertools
import sys
import time

from peers import IDENTITY, TOKEN_LENGTH


def memory(line):
    """A line of what the system tells about this process, in MiB; Linux does."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            for text in status:
                if text.startswith(line):
                    return int(text.split()[1]) / 1024
    except OSError:
        pass
    return None


def identities(calls, look, resident):
    """Whose tokens to issue, one for each call; looks at memory on the way."""
    if not look:
        return itertools.repeat(IDENTITY, calls)
    return watched(calls, look, resident)


def watched(calls, look, resident):
    for done in range(calls):
        if done == look:
            resident.append([done, memory("VmRSS:")])
        yield IDENTITY


def check(token):
    """What was measured must have been a token and its time of expiry."""
    assert len(token.token) == TOKEN_LENGTH, token.token
    assert token.expires_on, token


class Usage:
    """CPU time and time since its making, and the memory of the process."""

    def __init__(self):
        self.resident = []
        self.start, self.cpu = time.perf_counter(), time.process_time()

    def tell(self, calls):
        cpu, wall = time.process_time() - self.cpu, time.perf_counter() - self.start
        self.resident.append([calls, memory("VmRSS:")])
        peak = memory("VmHWM:")
        # Imported late: it is no part of what is measured.
        import json

        used = {"calls": calls, "cpu": cpu, "wall": wall, "peak": peak, "resident": self.resident}
        print(json.dumps(used))


def blocking(connect, url, in_flight, warm_up, calls, look):
    """One call after the other."""
    call = connect(url)
    for identity in identities(warm_up, 0, None):
        check(call(identity))
    usage = Usage()
    for identity in identities(calls, look, usage.resident):
        call(identity)
    usage.tell(calls)


async def asynchronous(connect, url, in_flight, warm_up, calls, look):
    """A number of tasks, each of which makes one call after the other."""
    import asyncio

    async def worker(call, todo):
        for identity in todo:
            await call(identity)

    async def all_of(call, todo):
        await asyncio.gather(*[worker(call, todo) for _ in range(in_flight)])

    async with connect(url, in_flight) as call:
        check(await call(IDENTITY))
        await all_of(call, identities(warm_up, 0, None))
        usage = Usage()
        await all_of(call, identities(calls, look, usage.resident))
        usage.tell(calls)


def bulk(connect, url, in_flight, warm_up, calls, look):
    """The client's own way to make many calls."""
    run = connect(url)
    for result in run(identities(warm_up, 0, None), in_flight):
        check(result.value)
    usage = Usage()
    for result in run(identities(calls, look, usage.resident), in_flight):
        if result.error is not None:
            raise result.error
    usage.tell(calls)


async def asynchronous_bulk(connect, url, in_flight, warm_up, calls, look):
    async with connect(url, in_flight) as run:
        async for result in run(identities(warm_up, 0, None), in_flight):
            check(result.value)
        usage = Usage()
        async for result in run(identities(calls, look, usage.resident), in_flight):
            if result.error is not None:
                raise result.error
        usage.tell(calls)


def main(peer, face, loop, url, *numbers):
    connect = getattr(importlib.import_module(f"peers.{peer}"), face)
    made = globals()[face](connect, url, *map(int, numbers))
    if loop == "uvloop":
        import uvloop

        uvloop.run(made)
    elif loop == "asyncio":
        import asyncio

        asyncio.run(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
