"""Read a request's body within bounds, and drain what is refused."""

from collections.abc import Iterator

from flask import Request

from services.chassis.problems import Problem

MOST_DRAINED = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_READ = "bosatt.body_bytes_read"


def read_body(request: Request, most: int) -> bytes:
    """The whole body; raises `Problem` 413 where it has more than ``most`` bytes."""
    body = bytearray()
    for chunk in _chunks(request):
        body += chunk
        if len(body) > most:
            raise Problem(
                413,
                "too-large",
                "The body is too large",
                f"One request may have {most} bytes. Send fewer or smaller events.",
                members={"limit": most},
            )
    return bytes(body)


def drain(request: Request) -> None:
    """Read what is left of a refused request's body and throw it away, up to 16 MB in all.

    A client that is still sending could not get to the answer otherwise.
    """
    try:
        for _ in _chunks(request):
            if request.environ[_READ] >= MOST_DRAINED:
                return
    except OSError:
        return  # the client has gone; there is nobody to wait for


def _chunks(request: Request) -> Iterator[bytes]:
    """What has not been read yet. Not Flask's own stream, which takes a chunked body for empty."""
    stream = request.environ["wsgi.input"]
    stated = request.content_length
    read: int = request.environ.get(_READ, 0)
    while stated is None or read < stated:
        chunk = stream.read(_CHUNK if stated is None else min(_CHUNK, stated - read))
        if not chunk:
            return
        read += len(chunk)
        request.environ[_READ] = read
        yield chunk
