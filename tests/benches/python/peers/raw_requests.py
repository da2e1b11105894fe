"""requests, signed by hand."""

import requests

from peers.by_hand import Request, read


def blocking(url):
    session = requests.Session()

    def call(identity):
        request = Request(url, identity)
        answer = session.post(request.url, data=request.body, headers=request.headers, timeout=30)
        return read(answer.status_code, answer.content)

    return call
