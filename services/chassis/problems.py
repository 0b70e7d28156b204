"""Problem details (RFC 9457): errors that a person can act on, and nothing internal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from services.contract.faults import Fault

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

_KINDS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 500: "internal"}


@dataclass
class Problem(Exception):
    """An answer other than success.

    ``kind`` is the stable part of its ``type``; ``detail`` says what to do about it.
    """

    status: int
    kind: str
    title: str
    detail: str
    faults: Sequence[Fault] = ()
    members: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return f"urn:bosatt:problem:{self.kind}"

    def as_document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }
        if self.faults:
            document["errors"] = [
                {"pointer": fault.pointer, "rule": fault.rule, "detail": fault.message}
                for fault in self.faults
            ]
        return document

    def as_response(self) -> Response:
        return Response(
            orjson.dumps(self.as_document()),
            status=self.status,
            content_type=MEDIA_TYPE,
            headers=self.headers,
        )


def answer_problems(app: Flask) -> None:
    """Let an app answer every error as problem details."""

    @app.errorhandler(Problem)
    def _problem(problem: Problem) -> Response:
        return problem.as_response()

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = error.code or 500
        title = error.name
        headers = dict(error.get_headers()) if status == 405 else {}
        headers.pop("Content-Type", None)
        return Problem(
            status, _kind_of(status), title, error.description or title, headers=headers
        ).as_response()

    @app.errorhandler(Exception)
    def _unforeseen(error: Exception) -> Response:
        log_failure(error)
        return Problem(
            500,
            "internal",
            "Something went wrong here",
            "The request was not carried out. Try again; if it goes on, tell those who run this service.",
        ).as_response()


def log_failure(error: BaseException) -> None:
    """Tell operators of an unforeseen error: its kind only, for its text may hold what somebody sent."""
    log.error("request.failed", error=type(error).__name__, where=_where(error))


def _kind_of(status: int) -> str:
    return _KINDS.get(status, f"http-{status}")


def _where(error: BaseException) -> str:
    """File and line of the innermost frame, which hold no data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
