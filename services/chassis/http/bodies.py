"""Read a request's body within bounds, packed or not, and drain what is refused."""

import zlib
from collections.abc import Iterator

from flask import Request

from services.chassis.problems import Problem

MOST_DRAINED = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_READ = "bosatt.body_bytes_read"


def read_body(request: Request, most: int) -> bytes:
    """The whole body, unpacked; raises `Problem` 413 where it has more than ``most`` bytes."""
    return b"".join(body_chunks(request, most))


def body_chunks(request: Request, most: int) -> Iterator[bytes]:
    """The body in pieces, unpacked as they come.

    Raises `Problem` 413 where it has more than ``most`` bytes, 415 where it is packed in a way that
    is not known and 400 where it is not what it says.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        chunks = _unpacked(_chunks(request), most)
    elif encoding in ("identity", ""):
        chunks = _chunks(request)
    else:
        raise Problem(
            415,
            "content-encoding",
            "The body is packed in a way that is not known here",
            "Send the body as it is, or packed with gzip.",
            headers={"Accept-Encoding": "gzip, identity"},
        )
    read = 0
    for chunk in chunks:
        read += len(chunk)
        if read > most:
            raise Problem(
                413,
                "too-large",
                "The body is too large",
                f"One request may have {most} bytes, unpacked. Send fewer or smaller events.",
                members={"limit": most},
            )
        yield chunk


def _unpacked(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Unpack gzip without ever holding more than a piece of what it comes to."""
    packed = zlib.decompressobj(_GZIP)
    try:
        for given in chunks:
            rest = given
            while rest:
                if packed.eof:
                    # Members may follow one another.
                    packed = zlib.decompressobj(_GZIP)
                yield packed.decompress(rest, min(_CHUNK * 16, most + 1))
                rest = packed.unconsumed_tail or packed.unused_data
    except zlib.error:
        raise _not_gzip("The body is not gzip, or is damaged.") from None
    if not packed.eof:
        raise _not_gzip("The packed body breaks off.")


def _not_gzip(detail: str) -> Problem:
    return Problem(400, "bad-encoding", "The body can't be unpacked", f"{detail} Send it again.")


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
