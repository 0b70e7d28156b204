"""Whole answers kept as they were sent, for as long as the newest release stays the newest."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import orjson

from services.chassis.lately_used import LatelyUsed
from services.opendata.release.answers import Release

MOST_ANSWERS = 2_000
MOST_BYTES = 64 * 1024 * 1024
"""Of all that is kept, questions included."""

LARGEST = 4 * 1024 * 1024
"""Bytes of one answer; a larger one is worked out anew."""


class Question(NamedTuple):
    """What an answer depends on, apart from the release."""

    text: str
    operation: str | None
    variables: bytes
    today: date


def question(text: str, operation: str | None, variables: Mapping[str, Any] | None, today: date) -> Question:
    """The same question for variables in any order."""
    return Question(text, operation, orjson.dumps(variables or {}, option=orjson.OPT_SORT_KEYS), today)


class Answer(NamedTuple):
    """The body of an answer without errors, a tag that changes with it, and the release that it is of."""

    body: bytes
    tag: str
    release: Release


def answer_of(data: Any, release: Release, **beside: Any) -> Answer:
    """The answer that consists of some data and what is told beside them."""
    body = orjson.dumps({"data": data, **beside})
    return Answer(body, hashlib.sha256(body).hexdigest()[:32], release)


class KeptAnswers:
    """The answers used last, as a rule all of one release. Safe to share between threads."""

    def __init__(self, most: int = MOST_ANSWERS, most_bytes: int = MOST_BYTES) -> None:
        self._kept: LatelyUsed[tuple[str, Question], Answer] = LatelyUsed(most, most_bytes, _size)
        self._release = ""

    @property
    def is_empty(self) -> bool:
        return len(self._kept) == 0

    def find(self, asked: Question, release: str) -> Answer | None:
        """The answer to a question by a release, if it is kept."""
        return self._kept.find((release, asked))

    def keep(self, asked: Question, answer: Answer) -> None:
        """Keep an answer; those of a release before it are forgotten."""
        if len(answer.body) > LARGEST:
            return
        release = answer.release.id
        if release != self._release:
            self._release = release
            self._kept.forget()
        self._kept.keep((release, asked), answer)


def _size(key: tuple[str, Question], answer: Answer) -> int:
    _, asked = key
    return len(asked.text) + len(asked.variables) + len(answer.body)
