"""Errors as clients see them: each with a stable code, none with anything internal."""

import structlog
from graphql import GraphQLError, GraphQLFormattedError, GraphQLSyntaxError

log = structlog.get_logger()

BAD_USER_INPUT = "BAD_USER_INPUT"
PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
NOT_YET = "NOT_YET"
INTERNAL = "INTERNAL"


def bad_input(message: str) -> GraphQLError:
    """An argument that can't be answered; the message says what would be right."""
    return GraphQLError(message, extensions={"code": BAD_USER_INPUT})


def no_such_region(code: str) -> GraphQLError:
    """An argument that names a region which is on the map of no time."""
    return bad_input(f"There is no region with the code {code[:20]!r}, and never was.")


def not_yet(message: str) -> GraphQLError:
    """Something that the schema names and that can't be answered yet."""
    return GraphQLError(message, extensions={"code": NOT_YET})


class TooMuch(GraphQLError):
    """A document beyond a limit. ``reason`` names the limit in metrics."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, extensions={"code": f"LIMIT_{reason.upper()}"})
        self.reason = reason


def arose_in_execution(error: GraphQLError) -> bool:
    """Whether a field failed, rather than the request as a whole.

    A path alone does not say so: a mistake in the text is told with the path of its field too.
    """
    return error.path is not None and (error.extensions or {}).get("code") != VALIDATION_FAILED


def presented(error: GraphQLError) -> GraphQLFormattedError:
    """An error with its code; the text of one that nobody foresaw stays here."""
    formatted = error.formatted
    code = (error.extensions or {}).get("code") or _code_of(error)
    if code == INTERNAL:
        unforeseen = error.original_error or error
        log.error("graphql.field-failed", error=type(unforeseen).__name__)
        formatted["message"] = "Internal error"
    formatted["extensions"] = {**formatted.get("extensions", {}), "code": code}
    return formatted


def _code_of(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return PARSE_FAILED
    if error.path is None:
        # Raised before any field was resolved: a variable, or the operation's name.
        return BAD_USER_INPUT
    cause = error.original_error
    # An argument's error names the argument's place in the document; one that comes from writing
    # a resolver's value out does not, and is our fault.
    if isinstance(cause, GraphQLError) and cause.nodes:
        return BAD_USER_INPUT
    return INTERNAL
