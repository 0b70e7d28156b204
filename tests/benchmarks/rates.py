"""How many requests a second a server answers, from one client with several connections.

The client does as little as can be, so that what is measured is the server: one process, sockets of its
own, answers read to their end and thrown away.
"""

import selectors
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

CONNECTIONS = 4
_BUFFER = bytearray(1024 * 1024)


@dataclass(frozen=True)
class Asked:
    """A query at the address of a GraphQL server."""

    url: str
    query: str

    @property
    def request(self) -> bytes:
        """The bytes of a POST."""
        address = urlsplit(self.url)
        body = orjson.dumps({"query": self.query})
        head = (
            f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
            f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class _Connection:
    def __init__(self, asked: Asked) -> None:
        address = urlsplit(asked.url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = asked.request
        self._head = b""
        self._left = -1

    def ask(self) -> None:
        self._head, self._left = b"", -1
        self.socket.sendall(self._request)

    def read(self) -> bool:
        """Read what is there; whether that was the end of an answer. Raises where it is not 200."""
        count = self.socket.recv_into(_BUFFER)
        if not count:
            raise ConnectionError("the server closed the connection")
        if self._left < 0:
            self._head += bytes(_BUFFER[:count])
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return False
            if not self._head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"not answered: {self._head[:200]!r}")
            lines = self._head[:end].lower().split(b"\r\n")
            length = next(line for line in lines if line.startswith(b"content-length:"))
            self._left = int(length.partition(b":")[2]) - (len(self._head) - end - 4)
        else:
            self._left -= count
        return self._left == 0


def rate(asked: Asked, seconds: float, connections: int = CONNECTIONS) -> float:
    """Answers a second over some seconds, each connection asking again as soon as it is answered."""
    selector = selectors.DefaultSelector()
    opened = [_Connection(asked) for _ in range(connections)]
    for one in opened:
        selector.register(one.socket, selectors.EVENT_READ, one)
        one.ask()
    answered = 0
    began = time.perf_counter()
    while (took := time.perf_counter() - began) < seconds:
        for key, _ in selector.select(60):
            if key.data.read():
                answered += 1
                key.data.ask()
    for one in opened:
        one.socket.close()
    return answered / took
