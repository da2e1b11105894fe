"""The request and the answer as somebody writes them who has no SDK."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from datetime import datetime
from typing import NamedTuple

from peers import KEY

_KEY = base64.b64decode(KEY)


class AccessToken(NamedTuple):
    """What the call gives."""

    token: str
    expires_on: datetime


class Request:
    """A request to issue a token, signed when it is made."""

    __slots__ = ("body", "headers", "url")

    def __init__(self, url, identity):
        host = url.partition("://")[2]
        target = f"/identities/{identity}/:issueAccessToken?api-version=2025-06-30"
        self.url = url + target
        self.body = json.dumps({"scopes": ["voip"]}).encode()
        digest = base64.b64encode(hashlib.sha256(self.body).digest()).decode()
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
        text = f"POST\n{target}\n{date};{host};{digest}"
        signature = base64.b64encode(hmac.digest(_KEY, text.encode(), "sha256")).decode()
        self.headers = {
            "accept": "application/json",
            "content-type": "application/json",
            "x-ms-client-request-id": str(uuid.uuid4()),
            "x-ms-date": date,
            "x-ms-content-sha256": digest,
            "authorization": "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256"
            f"&Signature={signature}",
        }


def read(status, body):
    """The token of an answer."""
    if status != 200:
        raise RuntimeError(f"status {status}")
    answer = json.loads(body)
    return AccessToken(answer["token"], datetime.fromisoformat(answer["expiresOn"]))
