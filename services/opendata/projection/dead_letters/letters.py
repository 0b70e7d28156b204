"""A record on its way into the totals, looked at one by one because something stands in its way."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.consuming.judging import Judged
from services.chassis.consuming.records import (
    NOT_IN_CHAIN,
    Applied,
    Unread,
    Unreadable,
    digest_of,
    event_in,
    key_of,
    link_of,
    recorded_time_of,
    stream_of,
)
from services.chassis.log.port import EventLog, LogRecord, Partition
from services.contract.facts import Facts

GONE = "gone from the log"
ANOTHER = "the log holds another record there"
READ_AT_ONCE = 500

Prepare = Callable[[dict[str, Any], Facts | None], Any]
"""Makes of an event what is to be applied, or raises `Unreadable`. The facts are those in the
totals for its stream, where they are not the ones that the event carries."""


@dataclass(slots=True)
class Letter:
    """A record, and what can be read of it.

    ``sequence`` and ``previous`` are None where it is not in the chain, ``record`` where the log
    does not hold it any more. ``fault`` is why it can't be read, as far as it was looked at.
    """

    offset: int
    sequence: int | None
    previous: int | None
    subject: str | None
    key: str
    event: dict[str, Any] | None
    record: LogRecord | None
    fault: str | None
    prepared: Any = None
    recorded_time: str = ""

    @property
    def digest(self) -> str:
        """The digest of the record's bytes."""
        assert self.record is not None
        return digest_of(self.record)

    def prepare(self, prepare: Prepare, in_totals: Facts | None) -> None:
        """Make ready to be applied; raises `Unreadable` where that can't be done."""
        if self.sequence is None or self.event is None or self.record is None:
            raise Unreadable(self.fault or NOT_IN_CHAIN)
        if in_totals is None and self.fault is not None:
            raise Unreadable(self.fault)
        if in_totals is None and self.prepared is not None:
            return
        self.recorded_time = recorded_time_of(self.event)
        self.prepared = prepared(prepare, self.event, in_totals)

    def applied(self, partition: Partition) -> Applied:
        """As an event to apply, once it is prepared."""
        assert self.sequence is not None
        assert self.record is not None
        return Applied(partition, self.sequence, self.recorded_time, self.prepared, self.record)

    def unread(self, partition: Partition, reason: str) -> Unread:
        """As one that can't be read."""
        assert self.record is not None
        return Unread(partition, self.record, reason, self.event, self.sequence, self.previous)


def prepared(prepare: Prepare, event: dict[str, Any], in_totals: Facts | None) -> Any:
    """What is made of an event; any failure but a lack of memory is the event's."""
    try:
        return prepare(event, in_totals)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise Unreadable(f"can't be prepared ({type(error).__name__})") from None


def letters_of(judged: Judged, concerned: Callable[[Applied], bool]) -> list[Letter]:
    """What could not be read in a batch of one partition and the events concerned, by their offsets."""
    found = [_letter_of(one) for one in judged.events if concerned(one)]
    found += [
        Letter(
            one.record.offset,
            one.sequence,
            one.previous,
            stream_of(one.event),
            key_of(one.record),
            one.event,
            one.record,
            one.reason,
        )
        for one in judged.unread
    ]
    return sorted(found, key=lambda letter: letter.offset)


def _letter_of(one: Applied) -> Letter:
    event = one.event
    return Letter(
        one.record.offset,
        one.sequence,
        link_of(event)[0],
        stream_of(event),
        key_of(one.record),
        event,
        one.record,
        None,
        one.prepared,
        one.recorded_time,
    )


def read_again(log: EventLog, partition: Partition, rows: Sequence[Any]) -> Iterator[Letter]:
    """The records at the places of some rows, in the order of their offsets, read from the log anew.

    Raises `LogError`.
    """
    records = _records_at(log, partition, [row.offset for row in rows])
    for row in rows:
        record = records.get(row.offset)
        letter = Letter(
            row.offset,
            row.sequence,
            row.previous_sequence,
            row.subject,
            row.key,
            None,
            record,
            GONE,
        )
        if record is not None:
            letter.fault = ANOTHER
            if digest_of(record) == row.digest:
                letter.event, letter.fault = _event_of(record)
        yield letter


def _event_of(record: LogRecord) -> tuple[dict[str, Any] | None, str | None]:
    """A record's event, or what is wrong with it before anybody asks what it means."""
    try:
        event = event_in(record.value)
        link_of(event)
    except Unreadable as error:
        return None, str(error)
    return event, None


def _records_at(log: EventLog, partition: Partition, offsets: Iterable[int]) -> dict[int, LogRecord]:
    wanted = sorted(offsets)
    places = set(wanted)
    found: dict[int, LogRecord] = {}
    at = 0
    while at < len(wanted):
        most = min(READ_AT_ONCE, wanted[-1] - wanted[at] + 1)
        records = log.read(partition.topic, partition.number, wanted[at], most)
        if not records:
            break
        found.update((record.offset, record) for record in records if record.offset in places)
        while at < len(wanted) and wanted[at] <= records[-1].offset:
            at += 1
    return found
