"""Apps that can answer some requests without waiting for anything: no lock, no server, no thread.

For those they are asked in the loop that serves all connections: to hand a request to a thread and its
answer back takes longer than to look into memory.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from services.chassis.problems import log_failure


class Answer(NamedTuple):
    """A whole answer: status, headers, body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def answered_at_once(app: object, environ: dict[str, Any]) -> Answer | None:
    """What a WSGI app's ``at_once`` says; None where it says nothing or there is none.

    It may read the body, and puts it back then.
    """
    ask: Callable[[dict[str, Any]], Answer | None] | None = getattr(app, "at_once", None)
    try:
        return None if ask is None else ask(environ)
    except Exception as error:
        # In the usual way it will go wrong once more, if it does, and be told.
        log_failure(error)
        return None
