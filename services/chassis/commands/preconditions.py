"""``If-Match``: store only if nobody else has changed the stream meanwhile (RFC 9110, 13.1.1)."""

import re
from dataclasses import dataclass

from services.chassis.problems import Problem

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*')


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The versions of which the stream must have one; None: it must exist, whatever its version."""

    versions: frozenset[str] | None

    def holds(self, version: int | None) -> bool:
        """Whether it holds for a stream at a version, None where there is no such stream."""
        if version is None:
            return False
        return self.versions is None or str(version) in self.versions


def read_if_match(header: str | None) -> IfMatch | None:
    """The condition that a header states, None where there is none; raises `Problem` 400."""
    if header is None:
        return None
    if header.strip() == "*":
        return IfMatch(None)
    tags = [_TAG.fullmatch(part) for part in header.split(",")]
    if None in tags:
        raise Problem(
            400,
            "bad-if-match",
            "If-Match can't be read",
            'Send the ETag of an earlier answer as it was, such as If-Match: "3", or If-Match: *.',
        )
    # A weak tag never matches: two versions of a stream are never as good as equal.
    return IfMatch(frozenset(tag[2] for tag in tags if tag is not None and tag[1] is None))
