"""Times programs from their start to their end: imports, and a first answer of the server.

Arguments: how many rounds, the server's address, and a part of the names of what is wanted. Each
round runs every program once, beside an interpreter that does nothing; prints for each its seconds,
passed and used, per round.
"""

import json
import os
import sys
import time

from peers import IDENTITY, KEY, connection_string

#: What everything is compared with.
BARE = "bare interpreter"

IMPORTS = {
    "import/teams_phone": "import teams_phone",
    "import/teams_phone, with Client": "from teams_phone import Client",
    "import/teams_phone, with aio.Client": "from teams_phone.aio import Client",
    "import/asyncio, of the standard library": "import asyncio",
    "import/azure.communication.identity": "import azure.communication.identity",
    "import/azure.communication.identity.aio": "import azure.communication.identity.aio",
    "import/aiohttp": "import aiohttp",
    "import/httpx": "import httpx",
    "import/requests": "import requests",
}

FIRST_ANSWERS = {
    "first answer/teams-phone": """
from teams_phone import Client
client = Client.from_connection_string({connection_string!r})
assert client.identities.issue_token({identity!r}, ["voip"]).token
""",
    "first answer/teams-phone, asyncio": """
import asyncio
from teams_phone.aio import Client

async def main():
    async with Client.from_connection_string({connection_string!r}) as client:
        assert (await client.identities.issue_token({identity!r}, ["voip"])).token

asyncio.run(main())
""",
    "first answer/azure-communication-identity": """
from azure.communication.identity import CommunicationIdentityClient, CommunicationUserIdentifier
from azure.core.credentials import AzureKeyCredential
client = CommunicationIdentityClient({url!r}, AzureKeyCredential({key!r}))
assert client.get_token(CommunicationUserIdentifier({identity!r}), ["voip"]).token
""",
}


def run(program):
    """Seconds passed and CPU seconds used by an interpreter that runs a program."""
    start = time.perf_counter()
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", program], os.environ)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    if status != 0:
        raise SystemExit(f"failed with status {status}:\n{program}")
    return wall, usage.ru_utime + usage.ru_stime


def main(rounds, url, wanted=""):
    values = {
        "connection_string": connection_string(url),
        "identity": IDENTITY,
        "key": KEY,
        "url": url,
    }
    programs = {name: text.format(**values) for name, text in (IMPORTS | FIRST_ANSWERS).items()}
    programs = {name: text for name, text in programs.items() if wanted in name}
    if not programs:
        print("{}")
        return
    programs[BARE] = "pass"
    for program in programs.values():
        run(program)  # Compiles what it imports.
    used = {name: {"wall": [], "cpu": []} for name in programs}
    for _ in range(int(rounds)):
        for name, program in programs.items():
            wall, cpu = run(program)
            used[name]["wall"].append(wall)
            used[name]["cpu"].append(cpu)
    print(json.dumps(used))


if __name__ == "__main__":
    main(*sys.argv[1:])
