"""Whole answers kept as they were sent, for as long as the newest release stays the newest."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from threading import Lock
from typing import Any, NamedTuple

import orjson

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
    return Answer(body, hashlib.blake2b(body, digest_size=16).hexdigest(), release)


class KeptAnswers:
    """The answers used last. Safe to share between threads."""

    def __init__(self, most: int = MOST_ANSWERS, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._release = ""
        self._kept: OrderedDict[Question, Answer] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def find(self, asked: Question, release: Release) -> Answer | None:
        """The answer to a question by a release, if it is kept."""
        with self._lock:
            kept = self._kept.get(asked) if release.id == self._release else None
            if kept is not None:
                self._kept.move_to_end(asked)
            return kept

    def keep(self, asked: Question, answer: Answer) -> None:
        """Keep an answer; those of another release are forgotten."""
        if len(answer.body) > LARGEST:
            return
        with self._lock:
            if answer.release.id != self._release:
                self._release = answer.release.id
                self._kept.clear()
                self._bytes = 0
            if asked not in self._kept:
                self._kept[asked] = answer
                self._bytes += _size(asked, answer)
            while len(self._kept) > self._most or self._bytes > self._most_bytes:
                self._bytes -= _size(*self._kept.popitem(last=False))


def _size(asked: Question, answer: Answer) -> int:
    return len(asked.text) + len(asked.variables) + len(answer.body)
