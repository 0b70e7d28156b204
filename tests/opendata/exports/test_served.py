"""The server gives every file back, whoever reads it, stops reading or goes away."""

import socket
import time

import httpx
import pytest

from services.opendata.exports.making import Making
from tests.opendata.exports.downloading import Downloading
from tests.opendata.graphql.numbers import NumbersInMemory, Person
from tests.servers.faces import served

pytestmark = pytest.mark.sockets

NUMBERS = NumbersInMemory([Person("0301", year) for year in range(1960, 2025)])


def downloads(making):
    return served(Downloading(NUMBERS.opened, making=making).app, sending=16_384)


def given_back(making):
    """Whether nothing is lent any more, in a moment."""
    until = time.monotonic() + 30
    while making._lending.bytes and time.monotonic() < until:
        time.sleep(0.01)
    return making._lending.bytes == 0


def test_what_is_read_to_its_end_is_given_back_though_the_client_stays():
    making = Making(most_lent=1)
    names = ("totals.csv", "totals.parquet", "totals.json?year=2024")
    with downloads(making) as port, httpx.Client(timeout=30) as client:
        for name in names:
            assert client.get(f"http://127.0.0.1:{port}/data/{name}").status_code == 200
            assert given_back(making)


def test_what_is_not_read_is_given_back_when_the_client_goes():
    making = Making()
    with downloads(making) as port:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client.sendall(b"GET /data/totals.csv HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
        lent = making._lending.bytes
        client.close()

        assert lent > 1_000_000
        assert given_back(making)
