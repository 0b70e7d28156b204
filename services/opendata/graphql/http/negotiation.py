"""In which form an answer is wanted, by the Accept header."""

from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

JSON = "application/json"
STRICT = "application/graphql-response+json"
"""With this form the status code says whether the query was executed."""

HTML = "text/html"


def answer_form(accept: str) -> str | None:
    """The form to answer in, by an Accept header; None where the client takes none of ours.

    Who says nothing, or takes anything, gets plain JSON, as GraphQL over HTTP wants it for clients of
    old. Who names the newer form gets it, unless another is liked better.
    """
    return _known_form(accept) if len(accept) <= _USUAL_LENGTH else _form(accept)


def _form(accept: str) -> str | None:
    wanted = _wanted(accept)
    if not wanted:
        return JSON
    named = any(form == STRICT for form, _ in wanted)
    return wanted.best_match((STRICT, JSON) if named else (JSON, STRICT))


_USUAL_LENGTH = 500
_known_form = lru_cache(maxsize=1_000)(_form)


def wants_page(accept: str) -> bool:
    """Whether a person with a browser is asking."""
    return _wanted(accept).best_match((JSON, STRICT, HTML)) == HTML


def _wanted(accept: str) -> MIMEAccept:
    """The Accept header without parameters: a charset makes no difference to JSON."""
    return MIMEAccept(
        [
            (form.partition(";")[0].strip().lower(), quality)
            for form, quality in parse_accept_header(accept, MIMEAccept)
        ]
    )
