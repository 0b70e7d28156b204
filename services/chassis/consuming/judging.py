"""Judge the records of one partition, in their order, before anything is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.chassis.consuming.chain import Verdict, judge
from services.chassis.consuming.marks import Mark
from services.chassis.consuming.records import (
    Applied,
    Unread,
    Unreadable,
    event_in,
    link_of,
    recorded_time_of,
)
from services.chassis.log.port import LogRecord, Partition

Prepare = Callable[[dict[str, Any]], Any]
"""Makes of an event what is to be applied; raises `Unreadable` where it makes no sense."""

Glanced = tuple[int, int, str, Any]
"""The previous sequence of an event, its own, its recorded time, and what is to be applied."""

Glance = Callable[[bytes], Glanced | None]
"""Reads the most common event from a record in one go, just as it would be read otherwise.

None for every other record, and for each of which there is any doubt.
"""


def see_nothing(_value: bytes) -> None:
    """The glance of a reader to whom no event is more common than another."""


@dataclass(slots=True)
class Judged:
    """What the records of a partition come to, and how far its mark moves with them.

    ``events`` and ``unread`` are in the order of their offsets, each for itself. Where
    ``broken``, the last record read can't be: nothing behind it was looked at.
    """

    partition: Partition
    before: Mark
    after: Mark
    events: list[Applied] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    repeats: int = 0
    holes: int = 0
    broken: bool = False


def judge_records(
    partition: Partition,
    records: Sequence[LogRecord],
    before: Mark,
    prepare: Prepare,
    glance: Glance = see_nothing,
) -> Judged:
    """What is to become of each record, seen by a glance or prepared.

    A record whose event can't be read moves the mark where it says its place in the chain and
    follows; one that does not say it is no part of the chain and is passed by its offset alone.
    """
    judged = Judged(partition, before, before)
    judge_on(judged, records, prepare, glance)
    return judged


def judge_on(
    judged: Judged, records: Sequence[LogRecord], prepare: Prepare, glance: Glance = see_nothing
) -> None:
    """Go on with the records behind those that were judged; not behind one that broke the chain."""
    if judged.broken:
        return
    partition, at = judged.partition, judged.after
    sequence, recorded, offset = at.sequence, at.recorded_time, at.offset
    for record in records:
        event: dict[str, Any] | None = None
        glanced = glance(record.value)
        if glanced is not None:
            previous, found, at_glance, prepared = glanced
        else:
            try:
                event = event_in(record.value)
                previous, found = link_of(event)
            except Unreadable as error:
                judged.unread.append(Unread(partition, record, str(error), event))
                offset = record.offset + 1
                continue
        verdict = judge(sequence, previous, found)
        if verdict is Verdict.APPLY:
            try:
                if event is None:
                    recorded = at_glance
                else:
                    recorded = recorded_time_of(event)
                    prepared = prepare(event)
                judged.events.append(Applied(partition, found, recorded, prepared, record))
            except MemoryError:
                raise
            except Exception as error:
                reason = (
                    str(error)
                    if isinstance(error, Unreadable)
                    else f"can't be prepared ({type(error).__name__})"
                )
                judged.unread.append(Unread(partition, record, reason, event, found, previous))
            sequence = found
        elif verdict is Verdict.REPEAT:
            judged.repeats += 1
        elif verdict is Verdict.HOLE:
            judged.holes += 1
        else:
            judged.broken = True
            break
        offset = record.offset + 1
    judged.after = Mark(sequence, offset, recorded)
