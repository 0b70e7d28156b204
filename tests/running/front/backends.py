"""Processes behind the front, as they answer and as they fail."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, and keeps it for a test to look at."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str, dict[str, str], bytes]]
    status = 200
    answer = b"{}"
    headers_back: dict[str, str]

    def do_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        named = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append((self.command, self.path, named, body))
        self.send_response(self.status)
        for name, value in {"Content-Length": str(len(self.answer)), **self.headers_back}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(self.answer)

    do_GET = do_POST = do_HEAD = do_any  # noqa: N815 - named by the library

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


@contextmanager
def echoing(**changes: object) -> Iterator[tuple[str, type[Echo]]]:
    """A process that answers; its URL, and the class that holds what it has seen."""
    handler = type("Handler", (Echo,), {"seen": [], "headers_back": {}, **changes})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", handler
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def saying(said: bytes | None) -> Iterator[str]:
    """A process that reads a request, says some bytes and hangs up; None: it says nothing and stays."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def answer() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            client.recv(65_536)
            if said is None:
                held.append(client)
                continue
            client.sendall(said)
            client.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for client in held:
            client.close()


def nobody() -> str:
    """A URL where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
