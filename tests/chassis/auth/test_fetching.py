"""The document of an issuer's keys, over HTTP."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from services.chassis.auth.fetching import MOST_BYTES, CantFetch, fetch
from services.chassis.auth.port import KeysAway
from services.chassis.auth.signing_keys import SigningKeys
from tests.chassis.auth.issuing import key_of, key_set

pytestmark = pytest.mark.sockets


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = {
            "/jwks": (200, key_set("one")),
            "/moved": (302, b""),
            "/large": (200, b" " * (MOST_BYTES + 1)),
            "/html": (200, b"<html>"),
        }.get(self.path, (404, b"nothing"))
        self.send_response(status)
        self.send_header("Location", "/jwks")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        pass


@pytest.fixture
def url():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_keys_come_over_http(url):
    keys = SigningKeys("test", lambda: fetch(f"{url}/jwks"), 30.0)

    assert keys.key("one").public == key_of("one").public_key()


@pytest.mark.parametrize("path", ["/none", "/moved", "/large"])
def test_what_is_no_document_is_not_taken_for_one(url, path):
    with pytest.raises(CantFetch):
        fetch(url + path)


@pytest.mark.parametrize("path", ["/none", "/moved", "/large", "/html"])
def test_without_a_key_set_the_keys_are_away(url, path):
    with pytest.raises(KeysAway):
        SigningKeys("test", lambda: fetch(url + path), 30.0).key("one")


def test_where_nobody_listens_the_keys_are_away(url):
    # Nothing listens on port 1.
    with pytest.raises(KeysAway):
        SigningKeys("test", lambda: fetch("http://127.0.0.1:1/jwks"), 30.0).key("one")
