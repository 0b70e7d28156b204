"""WSGI apps behind a server that never waits for a client with a thread.

A request is received whole before a thread is given to it, and of a long answer a thread makes one
piece at a time: whoever stalls, in sending or in reading, holds nobody up.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from werkzeug.wsgi import FileWrapper

from services.chassis.problems import Problem, log_failure

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

MOST_BUFFERED = 64 * 1024 * 1024
"""Bytes of one body. Far above what any route takes, so that the route itself can refuse it."""

MOST_IN_MEMORY = 1024 * 1024
"""Bytes of one body that are kept in memory; longer ones lie in a file meanwhile."""

PIECE = 256 * 1024
"""Bytes of an answer that are made before any is sent, and about what is made at once after that."""

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Gone(Exception):
    """The client went away before its request was whole."""


@dataclass(slots=True)
class _Begun:
    """An answer of which the first piece is made; ``rest`` is None where that is all."""

    status: int
    headers: list[tuple[bytes, bytes]]
    first: bytes
    rest: Iterator[bytes] | None
    close: Callable[[], None]


class Bridge:
    """An ASGI app that lets a WSGI app answer, in the threads of a pool."""

    def __init__(self, app: WSGI, pool: Executor) -> None:
        self._app = app
        self._pool = pool

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        with SpooledTemporaryFile(MOST_IN_MEMORY) as body:
            try:
                length = await _receive_whole(receive, body)
            except Gone:
                return
            app = self._app if length <= MOST_BUFFERED else _too_large().as_response()
            environ = _environ(scope, body, length)
            begun = await self._in_thread(_begin, app, environ)
            if begun is not None:
                await self._send(begun, receive, send)

    async def _send(self, begun: _Begun, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": begun.status, "headers": begun.headers}
        body = {"type": "http.response.body", "body": begun.first, "more_body": begun.rest is not None}
        if begun.rest is None:
            await send(start)
            await send(body)
            return
        gone = asyncio.ensure_future(receive())
        try:
            await send(start)
            await send(body)
            while not gone.done():
                piece = await self._in_thread(_next, begun.rest)
                if piece is None:
                    # Without its end the server breaks the connection off, which tells the client.
                    return
                await send({"type": "http.response.body", "body": piece, "more_body": bool(piece)})
                if not piece:
                    return
        finally:
            gone.cancel()
            await self._in_thread(begun.close)

    async def _in_thread(self, work: Callable[..., Any], *given: Any) -> Any:
        """What some work comes to; None, and a line in the log, where it failed."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)
        except Exception as error:
            log_failure(error)
            return None


async def _receive_whole(receive: Receive, body: IO[bytes]) -> int:
    """Put a request's body in a file and return its length; what is beyond the limit is thrown away."""
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        length += len(message["body"])
        if length <= MOST_BUFFERED:
            body.write(message["body"])
        if not message["more_body"]:
            body.seek(0)
            return length


def _begin(app: WSGI, environ: dict[str, Any]) -> _Begun:
    """Let an app answer, until its answer is whole or one piece of it is made."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None, /) -> Any:
        started.append((status, headers))

    try:
        answer = app(environ, start_response)
    except Exception as error:
        log_failure(error)
        answer = _failed().as_response()(environ, start_response)
    close = getattr(answer, "close", _nothing)
    try:
        pieces = iter(answer)
        first, is_whole = _up_to_a_piece(pieces)
        status, headers = started[-1]
        told = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    except BaseException:
        close()
        raise
    if is_whole:
        close()
        if not any(name == b"content-length" for name, _ in told):
            told.append((b"content-length", str(len(first)).encode()))
    return _Begun(int(status[:3]), told, first, None if is_whole else pieces, close)


def _up_to_a_piece(pieces: Iterator[bytes]) -> tuple[bytes, bool]:
    """The beginning of an answer, and whether that is all of it."""
    made: list[bytes] = []
    length = 0
    for one in pieces:
        made.append(one)
        length += len(one)
        if length >= PIECE:
            return b"".join(made), False
    return made[0] if len(made) == 1 else b"".join(made), True


def _next(pieces: Iterator[bytes]) -> bytes:
    """The next piece, empty at the end."""
    return _up_to_a_piece(pieces)[0]


def _nothing() -> None:
    pass


def _environ(scope: dict[str, Any], body: IO[bytes], length: int) -> dict[str, Any]:
    """A request as WSGI has it (PEP 3333)."""
    query = scope["query_string"].decode("latin-1")
    host, port = scope["server"]
    path = scope["raw_path"]
    target = path.decode("latin-1")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": f"{target}?{query}" if query else target,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _wrapped,
    }
    for name, value in scope["headers"]:
        key = _KEYS.get(name) or _key_of(name)
        if key is not None:
            text = value.decode("latin-1")
            between = "; " if key == "HTTP_COOKIE" else ", "
            environ[key] = f"{environ[key]}{between}{text}" if key in environ else text
    return environ


def _key_of(name: bytes) -> str | None:
    """What WSGI calls a header; None for one that is not told, or could be taken for another."""
    if b"_" in name or name in (b"content-length", b"transfer-encoding"):
        return None
    return f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"


_KEYS = {
    b"content-type": "CONTENT_TYPE",
    **{
        name: f"HTTP_{name.decode().upper().replace('-', '_')}"
        for name in (b"host", b"accept", b"user-agent", b"accept-encoding", b"connection", b"authorization")
    },
}
"""The headers that almost every request has."""


def _wrapped(file: Any, _size: int = 0) -> FileWrapper:
    return FileWrapper(file, PIECE)


def _too_large() -> Problem:
    return Problem(
        413,
        "too-large",
        "The body is too large",
        f"One request may have {MOST_BUFFERED} bytes. Send less at once.",
        members={"limit": MOST_BUFFERED},
    )


def _failed() -> Problem:
    return Problem(500, "internal", "Something went wrong", "Try again; if it goes on, tell who runs this.")
