"""JSON documents in the bodies of requests: whole, in UTF-8, and no deeper than can be followed."""

from typing import Any

import orjson

from services.chassis.problems import Problem

MOST_DEEP = 32


def parse_json(body: bytes, line: int = 1) -> Any:
    """The JSON document in a body that begins in a ``line``; `Problem` 400 says where it breaks off.

    Whoever follows it into its depth has to `check_depth` before.
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _not_utf_8(body, line) or _malformed(
            "breaks off", line - 1 + error.lineno, error.colno
        ) from None
    return document


def check_depth(document: Any) -> None:
    """`Problem` 400 for a document nested deeper than functions that call themselves should follow."""
    level = [document]
    for _ in range(MOST_DEEP + 1):
        level = [
            member
            for outer in level
            if isinstance(outer, dict | list)
            for member in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise Problem(
        400,
        "too-deep",
        "The document is nested too deeply",
        f"Objects and arrays may stand in each other {MOST_DEEP} times.",
    )


def _malformed(what: str, line: int, column: int) -> Problem:
    return Problem(
        400,
        "malformed-json",
        "The body is not JSON",
        f"The JSON document {what} in line {line}, column {column}.",
        members={"line": line, "column": column},
    )


def _not_utf_8(body: bytes, line: int) -> Problem | None:
    """Where a body is no UTF-8, of which orjson tells no place."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        lines = body[: error.start].decode().split("\n")
        return _malformed("is not UTF-8", line - 1 + len(lines), len(lines[-1]) + 1)
    return None
