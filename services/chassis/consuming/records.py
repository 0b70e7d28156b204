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
    """An event to apply: what was made of it, and the record and partition it came from."""

    partition: Partition
    sequence: int
    recorded_time: str
    prepared: Any
    record: LogRecord

    @property
    def event(self) -> dict[str, Any]:
        """The event, read from its record anew: kept for each of a batch it would cost more."""
        return event_in(self.record.value)


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
    """The previous sequence of an event and its own; raises `Unreadable` where it names none."""
    try:
        return link_between(event["previoussequence"], event["sequence"])
    except KeyError:
        raise Unreadable(NOT_IN_CHAIN) from None


def link_between(before: Any, own: Any) -> tuple[int, int]:
    """The sequences in two texts of 20 digits, as a relay writes them, that a database's numbers can hold.

    Raises `Unreadable` for anything else.
    """
    try:
        both = before + own
        if (
            len(before) == SEQUENCE_DIGITS == len(own)
            and both.isascii()
            and both.isdigit()
            and before <= _HIGHEST_SEQUENCE
            and own <= _HIGHEST_SEQUENCE
        ):
            return int(before), int(own)
    except (TypeError, AttributeError):
        pass
    raise Unreadable(NOT_IN_CHAIN)


def recorded_time_of(event: dict[str, Any]) -> str:
    """When an event was recorded, as text; raises `Unreadable` where it is none of ours."""
    return recorded_time_in(event.get("recordedtime"))


def recorded_time_in(recorded: Any) -> str:
    """A recorded time; of what the standard lets through, only our own way of writing it.

    Raises `Unreadable` for anything else. Every event passes here.
    """
    try:
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
