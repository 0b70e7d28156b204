"""What a connection says of itself, without an app: that it can't be served."""

from http import HTTPStatus

import orjson

from services.chassis.problems import MEDIA_TYPE, Problem


def full(most: int) -> Problem:
    """There are too many connections."""
    return Problem(
        503,
        "busy",
        "Too many connections",
        f"{most} connections are open. Try again in a moment, and use one for many requests.",
        headers={"Retry-After": "1"},
    )


def head_too_large(most: int) -> Problem:
    """A request's first line and headers have more than so many bytes."""
    return _too_large(f"Together they may have {most} bytes.", most)


def too_many_headers(most: int) -> Problem:
    """A request has more than so many headers."""
    return _too_large(f"There may be {most} headers.", most)


def _too_large(detail: str, limit: int) -> Problem:
    return Problem(
        431, "head-too-large", "The address and headers are too long", detail, members={"limit": limit}
    )


def not_http() -> Problem:
    """What was received is no request."""
    return Problem(
        400,
        "not-http",
        "This is not a request",
        "What came here can't be read as HTTP/1.1. Look at the headers and the length you gave; in the "
        "address whatever is not ASCII, such as æ, ø and å, is sent as %XX.",
    )


def as_bytes(problem: Problem) -> bytes:
    """A whole answer, after which nothing comes."""
    body = orjson.dumps(problem.as_document())
    headers = {
        **problem.headers,
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\n{lines}\r\n".encode() + body
