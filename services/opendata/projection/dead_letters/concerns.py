"""Which events of a batch are concerned by what stands aside in their partition: usually very few."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from services.chassis.consuming.judging import Judged
from services.chassis.consuming.records import Applied, Unread, key_of, stream_of
from services.opendata.projection.dead_letters.standing import in_partition
from services.opendata.projection.dead_letters.tables import LetterState, dead_letters

MOST_NAMES = 1_000
"""Streams or keys that are known by name; where there are more, every event is looked at."""

_row = dead_letters.c


def concerned_by(
    connection: Connection, judged: Judged, waiting: Collection[int]
) -> Callable[[Applied], bool]:
    """Tells of an event of a batch whether it is to be looked at: its stream or key is named.

    Named by what stands aside, or in the batch itself by what could not be read and by events for
    whose offsets operations are ``waiting``. All others can be counted as they are.
    """
    here = in_partition(dead_letters, judged.partition)
    streams = _names(
        connection, select(_row.subject).where(here, or_(_row.open, _row.state == LetterState.HELD))
    )
    keys = _names(connection, select(_row.key).where(here, _row.open, _row.subject.is_(None)))
    if streams is None or keys is None:
        return lambda _event: True
    first: list[Applied | Unread] = [one for one in judged.events if waiting and one.record.offset in waiting]
    for found in (*first, *judged.unread):
        subject = stream_of(found.event)
        if subject is None:
            keys.add(key_of(found.record))
        else:
            streams.add(subject)

    def concerned(one: Applied) -> bool:
        subject = one.event.get("subject")
        return (type(subject) is str and subject in streams) or (bool(keys) and key_of(one.record) in keys)

    return concerned


def _names(connection: Connection, query: Select[Any]) -> set[str] | None:
    """The different names that a query finds, None where there are too many."""
    found = {row[0] for row in connection.execute(query.distinct().limit(MOST_NAMES + 1)).all()}
    return None if len(found) > MOST_NAMES else found
