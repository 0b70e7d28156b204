"""What is read off a record fits where it may be stored, or is not read."""

import hashlib

import pytest

from services.chassis.consuming.records import digest_of, key_of, stream_of
from services.chassis.log.port import PlainRecord


@pytest.mark.parametrize("subject", ["0301/2024", "NO/2020", "ø", "x" * 100])
def test_a_subject_names_a_stream(subject):
    assert stream_of({"subject": subject}) == subject


@pytest.mark.parametrize(
    "subject", [None, 7, True, ["0301"], {"a": 1}, "", "x" * 101, "a\x00b", "a\nb", "\x7f", "\x85"]
)
def test_what_is_no_short_text_names_no_stream(subject):
    assert stream_of({"subject": subject}) is None


def test_an_event_without_a_subject_and_no_event_name_no_stream():
    assert (stream_of({}), stream_of(None)) == (None, None)


def test_a_key_is_told_as_the_text_that_it_is():
    assert key_of(PlainRecord(0, b"0301", b"")) == "0301"


@pytest.mark.parametrize("key", [b"", b"\xff", b"a\x00", b"x" * 101, b"\n"])
def test_a_key_that_is_no_short_text_is_told_from_others_by_its_digest(key):
    assert key_of(PlainRecord(0, key, b"")) == f"sha256:{hashlib.sha256(key).hexdigest()}"


def test_the_digest_is_of_the_bytes():
    assert digest_of(PlainRecord(0, b"0301", b"{")) == hashlib.sha256(b"{").hexdigest()
