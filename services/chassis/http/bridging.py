"""WSGI apps behind a server that never waits for a client with a thread.

A request is received whole before a thread is given to it, and of a long answer a thread makes one
piece at a time: whoever stalls, in sending or in reading, holds nobody up.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from services.chassis.http.at_once import Answer, answered_at_once
from services.chassis.http.environs import PIECE, environ_of
from services.chassis.problems import Problem, log_failure

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

MOST_BUFFERED = 64 * 1024 * 1024
"""Bytes of one body. Far above what any route takes, so that the route itself can refuse it."""

MOST_THROWN_AWAY = 4 * MOST_BUFFERED
"""Bytes of one body that are received at all, so that the client comes to read why it is refused."""

MOST_IN_MEMORY = 1024 * 1024
"""Bytes of one body that are kept in memory; longer ones lie in a file meanwhile."""

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
                length = _refused_length(scope) or await _receive_whole(receive, body)
                app = self._app if length <= MOST_BUFFERED else _too_large().as_response()
            except Gone:
                return
            except OSError as error:
                log_failure(error)
                app, length = _failed(Connection="close").as_response(), 0
            environ = environ_of(scope, body, length)
            answer = answered_at_once(app, environ) if length <= MOST_IN_MEMORY else None
            begun = _whole(answer) if answer else await self._in_thread(_begin, app, environ)
            try:
                await self._send(begun, receive, send)
            except Exception as error:
                # What the app answers is no HTTP; the connection is broken off.
                log_failure(error)
                raise

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


def _refused_length(scope: dict[str, Any]) -> int:
    """The length of a body that is too long and not sent yet, for the client asks first; else 0."""
    headers = dict(scope["headers"])
    if b"expect" not in headers:
        return 0
    length = int(headers.get(b"content-length", b"0"))
    return length if length > MOST_BUFFERED else 0


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
        if not message["more_body"] or length > MOST_THROWN_AWAY:
            body.seek(0)
            return length


def _begin(app: WSGI, environ: dict[str, Any]) -> _Begun:
    """Let an app answer, until its answer is whole or one piece of it is made; 500 where it fails before."""
    try:
        return _begun_by(app, environ)
    except Exception as error:
        log_failure(error)
        return _begun_by(_failed().as_response(), environ)


def _begun_by(app: WSGI, environ: dict[str, Any]) -> _Begun:
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None, /) -> Any:
        started.append((status, headers))

    answer = app(environ, start_response)
    close = getattr(answer, "close", _nothing)
    try:
        pieces = iter(answer)
        first, is_whole = _up_to_a_piece(pieces)
        line, headers = started[-1]
        status = int(line[:3])
        told = _encoded(headers)
    except BaseException:
        close()
        raise
    if not is_whole:
        return _Begun(status, told, first, pieces, close)
    try:
        close()
    except Exception as error:
        log_failure(error)
    if status in (204, 304):
        told, first = [header for header in told if header[0] != b"content-length"], b""
    elif environ["REQUEST_METHOD"] != "HEAD" and all(name != b"content-length" for name, _ in told):
        told.append((b"content-length", str(len(first)).encode()))
    return _Begun(status, told, first, None, _nothing)


def _whole(answer: Answer) -> _Begun:
    return _Begun(answer.status, _encoded(answer.headers), answer.body, None, _nothing)


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


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


def _too_large() -> Problem:
    return Problem(
        413,
        "too-large",
        "The body is too large",
        f"One request may have {MOST_BUFFERED} bytes. Send less at once.",
        members={"limit": MOST_BUFFERED},
        headers={"Connection": "close"},
    )


def _failed(**headers: str) -> Problem:
    return Problem(
        500,
        "internal",
        "Something went wrong here",
        "The request was not carried out. Try again; if it goes on, tell those who run this service.",
        headers=headers,
    )
