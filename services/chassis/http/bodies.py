"""Read a request's body within bounds, and drain what is refused."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Request

from services.chassis.problems import Problem

MOST_DRAINED = 16 * 1024 * 1024
LONGEST_WAIT = 10.0
"""Seconds in which a body must have come."""

_CHUNK = 64 * 1024
_READ = "bosatt.body_bytes_read"
_GIVEN_UP = "bosatt.body_given_up"


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a request sends, for threads that know nothing of the request itself."""

    environ: dict[str, Any]
    stated: int | None


def read_body(request: Request, most: int) -> bytes:
    """The whole body.

    Raises `Problem` 413 where it has more than ``most`` bytes, told at once where its length is
    stated, and 408 where it does not come within ten seconds.
    """
    if request.content_length is not None and request.content_length > most:
        raise _too_large(most)
    sent = _Sent(request.environ, request.content_length)
    body = _within_time(sent, lambda: _read(sent, most))
    if body is None:
        raise Problem(
            408,
            "timeout",
            "The body did not come",
            f"A body must come within {LONGEST_WAIT:.0f} seconds. Send it again.",
            headers={"Connection": "close"},
        )
    if len(body) > most:
        raise _too_large(most)
    return body


def drain(request: Request) -> None:
    """Read what is left of a refused request's body and throw it away, up to 16 MB in all.

    A client that is still sending could not get to the answer otherwise. One that does not go on
    sending is waited for ten seconds.
    """
    sent = _Sent(request.environ, request.content_length)
    _within_time(sent, lambda: _throw_away(sent))


def _read(sent: _Sent, most: int) -> bytes:
    body = bytearray()
    for chunk in _chunks(sent):
        body += chunk
        if len(body) > most:
            break
    return bytes(body)


def _throw_away(sent: _Sent) -> bytes:
    with contextlib.suppress(OSError):  # the client has gone; there is nobody to wait for
        for _ in _chunks(sent):
            if sent.environ[_READ] >= MOST_DRAINED:
                break
    return b""


def _too_large(most: int) -> Problem:
    return Problem(
        413,
        "too-large",
        "The body is too large",
        f"One request may have {most} bytes. Send fewer or smaller events.",
        members={"limit": most},
    )


def _within_time(sent: _Sent, work: Callable[[], bytes]) -> bytes | None:
    """The result of reading, or None where the client keeps it waiting too long.

    A client that stops in the middle would hold the thread that answers, and eight of them would
    be the whole service; so the waiting is done in a thread that nobody waits for.
    """
    if sent.environ.get(_GIVEN_UP):
        return None
    done: list[bytes | BaseException] = []

    def keep() -> None:
        try:
            done.append(work())
        except BaseException as error:
            done.append(error)

    reader = threading.Thread(target=keep, name="body", daemon=True)
    reader.start()
    reader.join(LONGEST_WAIT)
    if not done:
        sent.environ[_GIVEN_UP] = True
        return None
    if isinstance(done[0], BaseException):
        raise done[0]
    return done[0]


def _chunks(sent: _Sent) -> Iterator[bytes]:
    """What has not been read yet. Not Flask's own stream, which takes a chunked body for empty."""
    stream = sent.environ["wsgi.input"]
    read: int = sent.environ.get(_READ, 0)
    while sent.stated is None or read < sent.stated:
        chunk = stream.read(_CHUNK if sent.stated is None else min(_CHUNK, sent.stated - read))
        if not chunk:
            return
        read += len(chunk)
        sent.environ[_READ] = read
        yield chunk
