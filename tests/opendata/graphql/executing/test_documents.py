"""Documents are read once and kept within bounds."""

from threading import Barrier, Thread

import pytest
from graphql import parse

from services.opendata.graphql.executing import documents
from services.opendata.graphql.executing.documents import Documents


class Reader:
    """Reads a document and remembers the texts it was given."""

    def __init__(self):
        self.texts = []

    def __call__(self, text):
        self.texts.append(text)
        return parse(text)


def test_a_text_is_read_once():
    read = Reader()
    kept = Documents(read)

    first, second = kept.get("{ a }"), kept.get("{ a }")

    assert first is second
    assert read.texts == ["{ a }"]


def test_what_is_wrong_is_not_kept():
    read = Reader()
    kept = Documents(read)

    for _ in range(2):
        with pytest.raises(Exception, match="Syntax"):
            kept.get("{")

    assert read.texts == ["{", "{"]


def test_the_text_used_longest_ago_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(documents, "MOST_DOCUMENTS", 2)
    read = Reader()
    kept = Documents(read)

    for text in ("{ a }", "{ b }", "{ a }", "{ c }", "{ a }", "{ b }"):
        kept.get(text)

    assert read.texts == ["{ a }", "{ b }", "{ c }", "{ b }"]


def test_long_texts_are_kept_by_their_length(monkeypatch):
    monkeypatch.setattr(documents, "MOST_CHARACTERS", 12)
    read = Reader()
    kept = Documents(read)

    for text in ("{ a }", "{ b }", "{ ccccccc }", "{ a }", "{ " + "d" * 20 + " }", "{ a }", "{ a }"):
        kept.get(text)

    assert read.texts == ["{ a }", "{ b }", "{ ccccccc }", "{ a }", "{ " + "d" * 20 + " }", "{ a }"]


def test_a_text_read_by_two_threads_at_once_is_kept_once(monkeypatch):
    both_read = Barrier(2)

    def read(text):
        both_read.wait(timeout=10)
        return parse(text)

    monkeypatch.setattr(documents, "MOST_CHARACTERS", 5)
    kept = Documents(read)
    found = []
    threads = [Thread(target=lambda: found.append(kept.get("{ a }"))) for _ in range(2)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 2
    assert any(kept.get("{ a }") is document for document in found)
