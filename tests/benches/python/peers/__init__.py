"""The clients that are compared: each makes the same call, issuing a token, in the ways it has."""

#: The key of the server, which looks at no signature.
KEY = "YSBrZXkgdGhhdCBtdXN0IG5vdCBiZSBzZWVu"

#: Whose tokens are issued.
IDENTITY = "8:acs:5f8f9a2b-1c3d-4e5f-8a9b-0c1d2e3f4a5b_00000018-ad81-9d10-28c5-593a0d00f08f"

#: The length of the server's token.
TOKEN_LENGTH = 920


def connection_string(url):
    """What a client of the server is made from."""
    return f"endpoint={url}/;accesskey={KEY}"
