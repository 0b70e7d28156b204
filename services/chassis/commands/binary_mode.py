"""One CloudEvent in binary mode: attributes in headers, data in the body (CloudEvents 1.0, HTTP)."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from services.chassis.problems import Problem

PREFIX = "ce-"
_NAME = re.compile(r"[a-z0-9]{1,40}")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def is_binary(headers: Iterable[tuple[str, str]]) -> bool:
    """Whether headers bear the attributes of a CloudEvent."""
    return any(name.lower() == f"{PREFIX}specversion" for name, _ in headers)


def event_of(headers: Iterable[tuple[str, str]], data: Any) -> dict[str, Any]:
    """The event as it would be in structured mode; raises `Problem` 400 for a header that can't be read."""
    event: dict[str, Any] = {}
    for name, value in headers:
        attribute = name.lower().removeprefix(PREFIX)
        if not name.lower().startswith(PREFIX) or attribute in ("data", "datacontenttype"):
            continue
        if _NAME.fullmatch(attribute) is None or attribute in event:
            raise _bad(name)
        event[attribute] = _text(name, value)
    return {**event, "datacontenttype": "application/json", "data": data}


def _text(name: str, value: str) -> str:
    quoted = _QUOTED.fullmatch(value)
    plain = value if quoted is None else re.sub(r"\\(.)", r"\1", quoted[1])
    try:
        return unquote_to_bytes(plain.encode("latin-1")).decode()
    except UnicodeError:
        raise _bad(name) from None


def _bad(name: str) -> Problem:
    known = name if _NAME.fullmatch(name.lower().replace("-", "")) else "of an attribute"
    return Problem(
        400,
        "bad-header",
        "A header can't be read",
        f"The header {known} stands twice, has another name than an attribute may have, or is not "
        "percent-encoded UTF-8.",
    )
