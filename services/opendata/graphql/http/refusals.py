"""Requests to ``/graphql`` that hold no query which could be answered, as problem details."""

from services.chassis.metrics import GRAPHQL_OPERATIONS, GRAPHQL_REJECTED
from services.chassis.problems import Problem
from services.opendata.graphql.http.negotiation import JSON, STRICT


def bad_request(detail: str) -> Problem:
    return Problem(400, "bad-request", "This is not a GraphQL request", detail)


def not_by_get() -> Problem:
    return Problem(
        405,
        "method-not-allowed",
        "Only queries can be sent by GET",
        "This API has queries only; nothing can be changed through it.",
        headers={"Allow": "POST"},
    )


def unsupported_media_type() -> Problem:
    return Problem(
        415,
        "unsupported-media-type",
        "The body is of another kind",
        f"Send JSON: Content-Type: {JSON}.",
        headers={"Accept-Post": JSON},
    )


def not_acceptable() -> Problem:
    return Problem(406, "not-acceptable", "The answer can't have that form", f"Accept {STRICT} or {JSON}.")


def too_large(most: int) -> Problem:
    GRAPHQL_OPERATIONS.labels("unknown", "rejected").inc()
    GRAPHQL_REJECTED.labels("body").inc()
    return Problem(
        413,
        "too-large",
        "The query is too large",
        f"A query with its variables may have {most} bytes.",
        members={"limit": most},
    )
