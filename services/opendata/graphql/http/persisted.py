"""Automatic persisted queries: a client sends a query once with its hash, and from then on the hash alone.

As Apollo's clients do it. What is forgotten, or was sent to another process, is asked for again.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError
from graphql_server.exceptions import GraphQLValidationError

from services.chassis.lately_used import LatelyUsed
from services.chassis.metrics import GRAPHQL_PERSISTED

MOST_QUERIES = 1_000
MOST_CHARACTERS = 1_000_000
"""Of all texts kept."""

VERSION = 1


class PersistedQueries:
    """Texts by their hash. Safe to share between threads."""

    def __init__(self, most: int = MOST_QUERIES, most_characters: int = MOST_CHARACTERS) -> None:
        self._longest = most_characters
        self._kept: LatelyUsed[str, str] = LatelyUsed(most, most_characters, lambda _, text: len(text))

    def find(self, sha256: str) -> str:
        """The text with a hash. Raises `GraphQLValidationError` where it is not known here."""
        text = self._kept.find(sha256)
        GRAPHQL_PERSISTED.labels("not-found" if text is None else "found").inc()
        if text is None:
            # Clients know this one by its words, too.
            raise _refused("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
        return text

    def keep(self, sha256: str, text: str) -> None:
        """Keep a text that has turned out to be a query."""
        if len(text) <= self._longest and self._kept.keep(sha256, text):
            GRAPHQL_PERSISTED.labels("kept").inc()


def hash_in(extensions: Mapping[str, Any] | None) -> str | None:
    """The hash that a request names, None where it names none. Raises `GraphQLValidationError`."""
    asked = None if extensions is None else extensions.get("persistedQuery")
    if asked is None:
        return None
    if not isinstance(asked, dict) or asked.get("version") != VERSION:
        raise _refused(f"persistedQuery needs version {VERSION}.", "PERSISTED_QUERY_NOT_SUPPORTED")
    sha256 = asked.get("sha256Hash")
    if not isinstance(sha256, str):
        raise _refused("persistedQuery needs sha256Hash, a text.", "PERSISTED_QUERY_NOT_SUPPORTED")
    return sha256.lower()


def check_hash(sha256: str, text: str) -> None:
    """Raises `GraphQLValidationError` where a hash is not that of a text."""
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != sha256:
        GRAPHQL_PERSISTED.labels("mismatch").inc()
        raise _refused("provided sha does not match query", "PERSISTED_QUERY_HASH_MISMATCH")


def _refused(message: str, code: str) -> GraphQLValidationError:
    return GraphQLValidationError([GraphQLError(message, extensions={"code": code})])
