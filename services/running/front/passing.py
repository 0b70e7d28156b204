"""Hand a request on to the process that answers it, over a connection of its own.

A connection per request costs little on one machine, and none is ever found stale: where handing
on fails, something is really wrong behind. What fails is answered as problem details, and whether
the request may have been carried out is said.
"""

import http.client
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from services.chassis.http.serving import WSGI
from services.chassis.problems import Problem

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 60.0
"""Longer than any answer takes that is worth waiting for."""

READ_WHOLE = 1024 * 1024
"""Bytes of an answer up to which it is read before anything of it is passed on."""

_CHUNK = 64 * 1024

_HOP_BY_HOP = {
    "connection",
    # The body has been received whole already; nobody need be asked whether it is wanted.
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


def pass_on(name: str, url: str, *, marked: bool) -> WSGI:
    """An app that lets a process at a URL answer. ``marked``: tell it that a proxy stands between.

    Where only this machine can reach us nothing is added, because those behind believe tokens of
    the local issuer for as long as no proxy is named.
    """
    address = urlsplit(url)
    host, port = address.hostname or "", address.port or 80

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
        except OSError:
            return away(name).as_response()(environ, start_response)
        answer: http.client.HTTPResponse | None = None
        try:
            connection.sock.settimeout(ANSWER_SECONDS)
            _send(connection, environ, marked)
            answer = connection.getresponse()
            whole = _read_if_short(answer)
        except http.client.InvalidURL:
            _close(connection, answer)
            return _bad_address().as_response()(environ, start_response)
        except TimeoutError:
            _close(connection, answer)
            return _silent(name).as_response()(environ, start_response)
        except (OSError, http.client.HTTPException):
            _close(connection, answer)
            return _broken_off(name).as_response()(environ, start_response)
        start_response(f"{answer.status} {_reason(answer)}", _headers_back(answer))
        if whole is None:
            return _Parts(connection, answer)
        _close(connection, answer)
        # Without a part in it, no length is made up for a HEAD that was answered with none.
        return [whole] if whole else []

    return app


def away(name: str) -> Problem:
    """Nobody listens there: nothing was sent, and trying again is safe."""
    return Problem(
        503,
        "away",
        "A part of the system is away",
        f"{name} does not answer; it is being started again. Nothing was done. Send the request again.",
        headers={"Retry-After": "1"},
    )


def _broken_off(name: str) -> Problem:
    return Problem(
        502,
        "broken-off",
        "The answer broke off",
        f"{name} ended while it worked on the request; nobody knows whether it was carried out. Send it "
        "again: however often an event is sent, it is stored once.",
        headers={"Retry-After": "1"},
    )


def _silent(name: str) -> Problem:
    return Problem(
        504,
        "silent",
        "No answer in time",
        f"{name} did not answer within {ANSWER_SECONDS:.0f} seconds; nobody knows whether the request was "
        "carried out. Send it again: however often an event is sent, it is stored once.",
        headers={"Retry-After": "5"},
    )


def _bad_address() -> Problem:
    return Problem(400, "bad-address", "Bad address", "The request's address can't be passed on.")


def _send(connection: http.client.HTTPConnection, environ: dict[str, Any], marked: bool) -> None:
    connection.putrequest(
        environ["REQUEST_METHOD"], _target(environ), skip_host=True, skip_accept_encoding=True
    )
    named = {one.strip().lower() for one in environ.get("HTTP_CONNECTION", "").split(",")}
    for name, value in _headers_of(environ):
        if name.lower() not in _HOP_BY_HOP | named and not (marked and name.lower() == "x-forwarded-for"):
            connection.putheader(name, value)
    if marked:
        connection.putheader("Via", "1.1 bosatt")
        connection.putheader("X-Forwarded-For", _way(environ))
    connection.putheader("Connection", "close")
    connection.endheaders()
    body = environ["wsgi.input"]
    while chunk := body.read(_CHUNK):
        connection.send(chunk)


def _way(environ: dict[str, Any]) -> str:
    """The addresses by which the request came here, whoever asked us last."""
    before = environ.get("HTTP_X_FORWARDED_FOR")
    asked_by: str = environ.get("REMOTE_ADDR", "")
    return f"{before}, {asked_by}" if before else asked_by


def _target(environ: dict[str, Any]) -> str:
    """Path and query as they were sent."""
    target: str = environ["REQUEST_URI"]
    if target.startswith("/"):
        return target
    address = urlsplit(target)
    return (address.path or "/") + (f"?{address.query}" if address.query else "")


def _headers_of(environ: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "CONTENT_TYPE" in environ:
        yield "Content-Type", environ["CONTENT_TYPE"]
    # The server in front of us has received the body whole, and says how long it is.
    if environ.get("CONTENT_LENGTH"):
        yield "Content-Length", environ["CONTENT_LENGTH"]
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            yield key.removeprefix("HTTP_").replace("_", "-").title(), value


def _read_if_short(answer: http.client.HTTPResponse) -> bytes | None:
    """The whole body, or None where it is long and to be passed on as it comes.

    Raises `IncompleteRead` where the answer does not say where it ends: nobody could tell then
    whether it broke off.
    """
    if answer.length is None and not answer.chunked:
        raise http.client.IncompleteRead(b"")
    if answer.length is None or answer.length > READ_WHOLE:
        return None
    return answer.read()


def _close(connection: http.client.HTTPConnection, answer: http.client.HTTPResponse | None) -> None:
    if answer is not None:
        answer.close()
    connection.close()


def _headers_back(answer: http.client.HTTPResponse) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]


def _reason(answer: http.client.HTTPResponse) -> str:
    if answer.reason:
        return answer.reason
    try:
        return HTTPStatus(answer.status).phrase
    except ValueError:
        return "Unknown"


class _Parts:
    """A long answer, as it comes. One that breaks off breaks the client's connection off, too."""

    def __init__(self, connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> None:
        self._connection = connection
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._answer.read1(_CHUNK):
            yield chunk
        if self._answer.length:
            raise http.client.IncompleteRead(b"", self._answer.length)

    def close(self) -> None:
        _close(self._connection, self._answer)
