"""Read a request's body within bounds, and drain what is refused."""

from flask import Request

from services.chassis.problems import Problem

MOST_DRAINED = 16 * 1024 * 1024
_CHUNK = 64 * 1024


def read_body(request: Request, most: int) -> bytes:
    """The whole body; raises `Problem` 413 where it has more than ``most`` bytes.

    What is too much is read and thrown away up to 16 MB, so that the client, still sending, can
    get to the answer.
    """
    stream = request.environ["wsgi.input"]
    left = request.content_length
    read, chunks = 0, []
    while left is None or read < left:
        chunk = stream.read(_CHUNK if left is None else min(_CHUNK, left - read))
        if not chunk:
            break
        read += len(chunk)
        if read <= most:
            chunks.append(chunk)
        elif read > MOST_DRAINED:
            break
    if read > most:
        raise Problem(
            413,
            "too-large",
            "The body is too large",
            f"One request may have {most} bytes. Send fewer or smaller events.",
            members={"limit": most},
        )
    return b"".join(chunks)


def drain(request: Request) -> None:
    """Throw a refused request's body away, within bounds."""
    stream = request.environ["wsgi.input"]
    left = min(request.content_length or 0, MOST_DRAINED)
    while left > 0:
        chunk = stream.read(min(_CHUNK, left))
        if not chunk:
            return
        left -= len(chunk)
