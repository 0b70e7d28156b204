"""Requests that want an answer only if it is another one than they have, or only if it still is that."""

from typing import Any

from werkzeug.http import is_resource_modified, parse_etags


def unmet(environ: dict[str, Any], tag: str, modified: str | None) -> int | None:
    """304 where the client has this very answer, 412 where it wants only another; else None.

    ``tag`` is the answer's, ``modified`` its ``Last-Modified`` if it has one (RFC 9110, 13.2.2).
    """
    if _CONDITIONS.isdisjoint(environ):
        return None
    wanted = parse_etags(environ.get("HTTP_IF_MATCH"))
    if wanted:
        # Any answer will do for ``*``, which werkzeug takes for a tag.
        return None if wanted.star_tag or wanted.is_strong(tag) else 412
    try:
        changed = is_resource_modified(environ, etag=tag, last_modified=modified)
    except OverflowError:
        # werkzeug reads years that no calendar has: such a date is none.
        return None
    return None if changed else 304


_CONDITIONS = frozenset(("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE"))
