"""What can be read off a record, before anybody asks what its event means.

Whoever can write to a topic can write anything: nothing here is taken for granted, and whatever
is handed on fits the columns that it may be stored in.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from services.chassis.log.port import LogRecord, Partition
from services.contract.envelope import SEQUENCE_DIGITS

UNDECODABLE = "undecodable"
NOT_IN_CHAIN = "no place in the chain"

_HIGHEST_SEQUENCE = f"{2**63 - 1:0{SEQUENCE_DIGITS}d}"
_RECORDED_LENGTH = len("2024-06-21T12:00:00.000000Z")
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,100}")


class Unreadable(Exception):
    """An event that makes no sense to its reader. The text is a reason, short and without content."""


class Applied(NamedTuple):
    """An event to apply, the record and partition it came from, and what ``prepare`` made of it."""

    partition: Partition
    sequence: int
    event: dict[str, Any]
    prepared: Any
    record: LogRecord


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that its reader can make no sense of, and why.

    ``event`` is what its JSON holds, None where it is no object. ``sequence`` and ``previous``
    are None where they can't be read: such a record is not in the chain.
    """

    partition: Partition
    record: LogRecord
    reason: str
    event: dict[str, Any] | None = None
    sequence: int | None = None
    previous: int | None = None


def event_in(value: bytes | None) -> dict[str, Any]:
    """The JSON object in a record; raises `Unreadable` where there is none."""
    try:
        event = orjson.loads(value or b"")
    except ValueError:
        raise Unreadable(UNDECODABLE) from None
    if type(event) is not dict:
        raise Unreadable(UNDECODABLE)
    return event


def link_of(event: dict[str, Any]) -> tuple[int, int]:
    """The previous sequence of an event and its own; raises `Unreadable` where it names none.

    Only texts of 20 digits, as a relay writes them, that a database's numbers can hold.
    """
    try:
        before, own = event["previoussequence"], event["sequence"]
        both = before + own
        if (
            len(before) == SEQUENCE_DIGITS == len(own)
            and both.isascii()
            and both.isdigit()
            and before <= _HIGHEST_SEQUENCE
            and own <= _HIGHEST_SEQUENCE
        ):
            return int(before), int(own)
    except (KeyError, TypeError, AttributeError):
        pass
    raise Unreadable(NOT_IN_CHAIN)


def recorded_time_of(event: dict[str, Any]) -> str:
    """When an event was recorded, as text; raises `Unreadable` where it is none of ours."""
    recorded: Any = event.get("recordedtime")
    try:
        # Every event passes here. Of what the standard lets through, only our own way of writing it.
        if (
            len(recorded) == _RECORDED_LENGTH
            and recorded[4] == recorded[7] == "-"
            and recorded[10] == "T"
            and recorded[19] == "."
            and recorded[26] == "Z"
        ):
            datetime.fromisoformat(recorded)
            return str(recorded)
    except (TypeError, ValueError, KeyError):
        pass
    raise Unreadable("does not fit its schema (recordedtime)")


def stream_of(event: dict[str, Any] | None) -> str | None:
    """The subject that names an event's stream within its topic, None where it can't be read."""
    subject = None if event is None else event.get("subject")
    return subject if type(subject) is str and _NAME.fullmatch(subject) else None


def key_of(record: LogRecord) -> str:
    """A record's key as text; one that is no short text is told from others by its digest."""
    # A log may hand over null, which the port does not speak of.
    key = record.key or b""
    try:
        text = key.decode()
    except UnicodeDecodeError:
        text = ""
    return text if _NAME.fullmatch(text) else f"sha256:{hashlib.sha256(key).hexdigest()}"


def digest_of(record: LogRecord) -> str:
    """The SHA-256 digest of a record's bytes."""
    return hashlib.sha256(record.value or b"").hexdigest()
