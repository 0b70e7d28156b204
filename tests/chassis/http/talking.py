"""A client that says byte for byte what a test wants said."""

import json
import socket
from http.client import HTTPResponse
from io import BytesIO

from werkzeug.wrappers import Request, Response

PATIENCE = 30.0


class Talk:
    """A connection to a port of this machine, and the answers that come over it."""

    def __init__(self, port, receiving=None, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family)
        if receiving is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receiving)
        self.socket.settimeout(PATIENCE)
        try:
            self.socket.connect((host, port))
        except OSError:
            self.socket.close()
            raise
        self._file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()
        self.socket.close()

    def say(self, *said):
        self.socket.sendall(
            b"".join(one if isinstance(one, bytes) else one.encode("latin-1") for one in said)
        )
        return self

    def answer(self, method="GET"):
        """The next answer, read to its end."""
        response = HTTPResponse(_Kept(self._file), method=method)
        response.begin()
        response.text = response.read()
        return response

    def ask(self, head, body=b"", method="GET"):
        """The answer to a request; lines of its head are told with or without ``Host``."""
        return self.say(head.replace("\n", "\r\n"), "\r\n\r\n", body).answer(method)

    def rest(self):
        """Whatever comes until the server closes; empty where it does so at once."""
        try:
            return self._file.read()
        except ConnectionResetError:
            return b""


class _Kept:
    """What `HTTPResponse` takes for a socket; closing it leaves the connection open."""

    def __init__(self, file):
        self._file = file

    def makefile(self, _mode):
        return self

    def close(self):
        pass

    def flush(self):
        pass

    def __getattr__(self, name):
        return getattr(self._file, name)


def get(path="/", *headers):
    """The head of a request without a body, up to the empty line."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers]) + "\r\n\r\n"


def post(body, *headers):
    return "\r\n".join(["POST / HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers]) + "\r\n\r\n"


@Request.application
def mirror(request):
    """An app that tells what it was asked."""
    body = request.environ["wsgi.input"].read()
    told = {
        name: value
        for name, value in request.environ.items()
        if isinstance(value, str) and not name.startswith("wsgi.")
    }
    told["method"] = request.method
    told["length"] = len(body)
    told["sum"] = sum(body)
    return Response(json.dumps(told))


def seen(response):
    """What `mirror` was asked."""
    return json.loads(response.text)


def kind(response):
    """Of which kind a problem is."""
    document = json.load(BytesIO(response.text))
    assert document["status"] == response.status
    assert response.headers["Content-Type"] == "application/problem+json"
    return document["type"].removeprefix("urn:bosatt:problem:")
