"""The end of the interpreter with work under way: no crash, no word, no waiting."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from support import children

if TYPE_CHECKING:
    from support.stub import Stub

REPETITIONS = 4

SCRIPTS = {
    "a daemon thread in a blocking call": """
        client = teams_phone.Client.from_connection_string(TEXT)
        threading.Thread(target=client.assignments.revoke, args=(TENANT, ACCOUNT), daemon=True).start()
        wait_for_requests(1)
    """,
    "many daemon threads that never stop calling": """
        client = teams_phone.Client.from_connection_string(TEXT)
        def work():
            while True:
                client.assignments.revoke(TENANT, ACCOUNT, timeout=0.1, retry=once)
        def guarded():
            while True:
                try:
                    work()
                except teams_phone.Error:
                    pass
        for _ in range(8):
            threading.Thread(target=guarded, daemon=True).start()
        wait_for_requests(20)
    """,
    "daemon threads in functions of Python that calls call": """
        import logging
        sys.setswitchinterval(1e-6)
        logging.getLogger("teams_phone").setLevel(logging.DEBUG)
        logging.getLogger("teams_phone").addHandler(logging.FileHandler(os.devnull))
        class Credential:
            def get_token(self, *_, **__):
                sum(range(3000))
                return Token()
        class Token:
            token = "t"
            @property
            def expires_on(self):
                return time.time() + 0.02
        client = teams_phone.Client(ANSWERING.split(";")[0].removeprefix("endpoint="), Credential())
        calls = [0]
        def work():
            while True:
                client.assignments.revoke(TENANT, ACCOUNT)
                calls[0] += 1
        for _ in range(12):
            threading.Thread(target=work, daemon=True).start()
        while calls[0] < 40:
            threading.Event().wait(0.001)
    """,
    "a daemon thread with a running loop": """
        client = aio.Client.from_connection_string(TEXT)
        async def main():
            await asyncio.gather(*(client.assignments.revoke(TENANT, ACCOUNT) for _ in range(20)))
        threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
        wait_for_requests(20)
    """,
    "a loop that was stopped and forgotten": """
        client = aio.Client.from_connection_string(TEXT)
        loop = asyncio.new_event_loop()
        async def main():
            # A task that a stopped loop forgets complains by itself; the calls alone shall be left.
            coroutines = [client.assignments.revoke(TENANT, ACCOUNT) for _ in range(20)]
            for coroutine in coroutines:
                coroutine.send(None)
            kept.extend(coroutines)
        kept = []
        loop.run_until_complete(main())
        wait_for_requests(20)
        loop.close()
    """,
    "a loop that cannot watch descriptors": """
        class Deaf(asyncio.SelectorEventLoop):
            def add_reader(self, *_):
                raise NotImplementedError
        client = aio.Client.from_connection_string(TEXT)
        loop = Deaf()
        async def main():
            kept.append(client.assignments.revoke(TENANT, ACCOUNT))
            kept[0].send(None)
        kept = []
        loop.run_until_complete(main())
        wait_for_requests(1)
        loop.close()
    """,
    "a bulk run that nobody goes on with": """
        client = teams_phone.Client.from_connection_string(ANSWERING)
        results = client.bulk(range(1000), lambda client, _: client.assignments.revoke(TENANT, ACCOUNT))
        next(results)
    """,
    "calls in an exit function": """
        import atexit
        client = teams_phone.Client.from_connection_string(ANSWERING)
        other = aio.Client.from_connection_string(ANSWERING)
        @atexit.register
        def last():
            client.assignments.revoke(TENANT, ACCOUNT)
            asyncio.run(call())
            say("called")
        async def call():
            await other.assignments.revoke(TENANT, ACCOUNT)
        asyncio.run(call())
    """,
    "an exception that ends the program": """
        client = aio.Client.from_connection_string(TEXT)
        async def main():
            asyncio.ensure_future(client.assignments.revoke(TENANT, ACCOUNT))
            await asyncio.to_thread(wait_for_requests, 1)
            raise SystemExit(0)
        asyncio.run(main())
    """,
}

PREFACE = """
import urllib.request
once = teams_phone.RetryPolicy(max_attempts=1)
TEXT, ANSWERING, COUNT = TEXT.split("|")
def wait_for_requests(count):
    # The file is a pipe of the test's, which writes how many requests came.
    while int(urllib.request.urlopen(COUNT).read()) < count:
        threading.Event().wait(0.005)
"""


class Counter:
    """Tells a child over HTTP how many requests a stub has received."""

    def __init__(self, stub: Stub) -> None:
        import http.server
        import threading

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = str(stub.received).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_interpreter_ends_in_silence(name: str, stub: Stub) -> None:
    from support.stub import Stub

    counter = Counter(stub)
    stub.hold()
    with Stub() as answering:
        texts = f"{stub.connection_string}|{answering.connection_string}|{counter.url}"
        script = PREFACE + textwrap.dedent(SCRIPTS[name])
        for _ in range(REPETITIONS):
            stub.received = 0
            said = children.run(script, texts)
            assert said == ("called\n" if "exit function" in name else "")
    counter.server.shutdown()
    counter.server.server_close()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sub-interpreters have no stable interface")
def test_another_interpreter_is_refused_with_a_reason(stub: Stub) -> None:
    module = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
    code = (
        "try:\n    import teams_phone\n"
        "except ImportError as error:\n    print('refused:', error, flush=True)"
    )
    script = f"""
    import {module} as interpreters
    other = interpreters.create()
    run = getattr(interpreters, "exec", None) or interpreters.run_string
    run(other, {code!r})
    interpreters.destroy(other)
    """
    said = children.run(script, stub.connection_string)
    assert said.startswith("refused: ")
    assert "interpreter" in said
