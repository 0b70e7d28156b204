"""In which form an answer is wanted, by the Accept header."""

from flask import Request
from werkzeug.datastructures import MIMEAccept

JSON = "application/json"
STRICT = "application/graphql-response+json"
"""With this form the status code says whether the query was executed."""

HTML = "text/html"


def answer_form(request: Request) -> str | None:
    """The form to answer in; None where the client takes none of ours.

    Who says nothing, or takes anything, gets plain JSON, as GraphQL over HTTP wants it for clients of
    old. Who names the newer form gets it, unless another is liked better.
    """
    wanted = _wanted(request)
    if not wanted:
        return JSON
    named = any(form == STRICT for form, _ in wanted)
    return wanted.best_match((STRICT, JSON) if named else (JSON, STRICT))


def wants_page(request: Request) -> bool:
    """Whether a person with a browser is asking."""
    return _wanted(request).best_match((JSON, STRICT, HTML)) == HTML


def _wanted(request: Request) -> MIMEAccept:
    """The Accept header without parameters: a charset makes no difference to JSON."""
    return MIMEAccept(
        [(form.partition(";")[0].strip().lower(), quality) for form, quality in request.accept_mimetypes]
    )
