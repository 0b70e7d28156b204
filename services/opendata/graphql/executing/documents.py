"""Documents read, checked and kept, so that a query asked often is parsed and validated once."""

from collections.abc import Callable

from graphql import DocumentNode, GraphQLError, GraphQLSchema, GraphQLSyntaxError, parse, validate
from graphql_server.exceptions import GraphQLValidationError

from services.chassis.lately_used import LatelyUsed
from services.opendata.graphql.errors import VALIDATION_FAILED, TooMuch
from services.opendata.graphql.executing.error_paths import paths_to
from services.opendata.graphql.limits.pairs import check_pairs
from services.opendata.graphql.limits.size import MOST_BODY_BYTES, MOST_TOKENS, check_limits
from services.opendata.graphql.limits.tokens import has_more_tokens

MOST_ERRORS = 10
"""Mistakes that are told of at once: to look for what was meant by each takes its time."""

MOST_DOCUMENTS = 1_000
MOST_CHARACTERS = 250_000
"""Of all texts kept: a parsed document takes some two hundred times the memory of its text."""


def read_document(schema: GraphQLSchema, text: str) -> DocumentNode:
    """Parse and validate a text; raises `GraphQLValidationError` with all that is wrong with it."""
    try:
        document = _parsed(text)
        check_limits(document)
        check_pairs(document)
        errors = validate(schema, document, max_errors=MOST_ERRORS)
    except GraphQLError as error:
        raise GraphQLValidationError([error]) from None
    if errors:
        raise GraphQLValidationError(_told_where(document, errors))
    return document


def _told_where(document: DocumentNode, errors: list[GraphQLError]) -> list[GraphQLError]:
    """Validation's errors with a code, and with the path of the field where there is one."""
    firsts = [error.nodes[0] for error in errors if error.nodes]
    paths = paths_to(document, firsts)
    return [
        GraphQLError(
            error.message,
            error.nodes,
            path=paths.get(id(error.nodes[0])) if error.nodes else None,
            extensions={**(error.extensions or {}), "code": VALIDATION_FAILED},
        )
        for error in errors
    ]


def _parsed(text: str) -> DocumentNode:
    if has_more_tokens(text, MOST_TOKENS):
        raise _too_many_tokens()
    try:
        return parse(text, max_tokens=MOST_TOKENS, max_source_length=MOST_BODY_BYTES)
    except GraphQLSyntaxError as error:
        # The parser tells its limits from mistakes in the text by these words alone.
        if not error.message.endswith("Parsing aborted."):
            raise
        if "nested" in error.message:
            raise TooMuch("depth", "The document is nested too deeply.") from None
    raise _too_many_tokens()


def _too_many_tokens() -> TooMuch:
    return TooMuch("tokens", f"A document may have {MOST_TOKENS} tokens: names, brackets, values.")


class Documents:
    """The documents used last, by their text. Safe to share between threads."""

    def __init__(self, read: Callable[[str], DocumentNode]) -> None:
        self._read = read
        self._kept: LatelyUsed[str, DocumentNode] = LatelyUsed(
            MOST_DOCUMENTS, MOST_CHARACTERS, lambda text, _: len(text)
        )

    def find(self, text: str) -> DocumentNode | None:
        """The document of a text, if it is kept."""
        return self._kept.find(text)

    def get(self, text: str) -> DocumentNode:
        """The document of a text, from what is kept or newly read. What is wrong is not kept."""
        document = self.find(text)
        if document is None:
            # Two threads may read the same text at once; that costs time, a lock would cost everybody's.
            document = self._read(text)
            self._kept.keep(text, document)
        return document
