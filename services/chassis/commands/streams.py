"""Read streams from a store: a page of a list, and one with its events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Select, and_, literal, select, tuple_, union_all

from services.chassis.commands.seen import seen
from services.chassis.commands.worklist import Told, WorkList
from services.chassis.store.tables import events, streams
from services.contract.concerns import NO_YEAR
from services.contract.entitlements import Extent
from services.contract.facts import Facts
from services.contract.states import STATES_OF

MOST_LOOKED_AT = 5_000
"""Rows looked at for one page. Where a filter lets few through a page may be short, and another follows."""

_LOOKED_AT_ONCE = 500


class Place(NamedTuple):
    """Where a stream stands in a list. Only a change of its year moves it."""

    year: int
    begun: str
    subject: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is of. ``states`` are names of states or of the service's views; () is all."""

    extent: Extent
    year: int | None
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream as it stands."""

    kind: str
    subject: str
    state: str
    version: int
    municipality: str
    year: int | None
    recorded_time: str
    facts: Facts
    partition_key: str

    def as_document(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "kind": self.kind,
            "state": self.state,
            "version": self.version,
            "municipality": self.municipality,
            "year": self.year,
            "recordedTime": self.recorded_time,
            "facts": {name: value for name, value in self.facts.items() if name != "state"},
        }


@dataclass(frozen=True, slots=True)
class Page:
    """Some streams with what is told of each, and the place of the last where more may follow."""

    rows: Sequence[tuple[Stream, Told]]
    after: Place | None


def page_of(
    connection: Connection, worklist: WorkList, wanted: Wanted, after: Place | None, first: int, today: date
) -> Page:
    """A page of a list. Its cost is bounded by the page, however much the store holds."""
    found: list[tuple[Stream, Told]] = []
    looked_at = 0
    at = after
    at_once = first + 1 if not _is_sifted(worklist, wanted) else max(first + 1, _LOOKED_AT_ONCE)
    while True:
        rows = connection.execute(_list(worklist, wanted, at, at_once)).all()
        for row in rows:
            if len(found) == first:
                return Page(found, at)
            stream = _stream_of(row)
            told = worklist.told(stream.kind, stream.facts, _seen_in(row), today)
            at = Place(row.year, row.begun, row.subject)
            if _is_wanted(worklist, wanted, stream, told):
                found.append((stream, told))
        looked_at += len(rows)
        if len(rows) < at_once:
            return Page(found, None)
        if looked_at >= MOST_LOOKED_AT:
            return Page(found, at)


def find(connection: Connection, kinds: Sequence[str], subject: str) -> Stream | None:
    """The stream of a subject; the kinds of one service never share a subject."""
    row = connection.execute(
        select(*_COLUMNS).where(streams.c.kind.in_(kinds), streams.c.subject == subject)
    ).first()
    return None if row is None else _stream_of(row)


def events_of(
    connection: Connection, stream: Stream, after: int, most: int
) -> list[tuple[int, dict[str, Any]]]:
    """The next events of a stream after a version, as they are stored."""
    query = (
        select(events.c.version, events.c.content)
        .where(
            events.c.kind == stream.kind,
            events.c.subject == stream.subject,
            events.c.version > after,
            events.c.version <= stream.version,
        )
        .order_by(events.c.version)
        .limit(most)
    )
    return [(row.version, orjson.loads(row.content)) for row in connection.execute(query)]


def every_event_of(connection: Connection, stream: Stream) -> Iterator[tuple[int, dict[str, Any]]]:
    """All events of a stream, a few at a time."""
    after = 0
    while some := events_of(connection, stream, after, _LOOKED_AT_ONCE):
        yield from some
        after = some[-1][0]


_COLUMNS = tuple(
    streams.c[name]
    for name in (
        "kind",
        "subject",
        "version",
        "partition_key",
        "recorded_time",
        "facts",
        "municipality",
        "year",
        "state",
        "begun",
    )
)


def _list(worklist: WorkList, wanted: Wanted, after: Place | None, most: int) -> Select[Any]:
    """The next rows in order. One part per state, because each is a stretch of an index."""
    parts = [_stretch(wanted, state, after, most) for state in _states_of(worklist, wanted)]
    together = union_all(*(select(part) for part in parts)).subquery("together")
    noted = and_(
        seen.c.kind == literal(worklist.seen),
        seen.c.region == together.c.municipality,
        seen.c.year == together.c.year,
    )
    columns: list[Any] = [*together.c]
    source: Any = together
    if worklist.seen is not None:
        columns.append(seen.c.facts.label("seen"))
        source = together.outerjoin(seen, noted)
    order = (together.c.year, together.c.begun, together.c.subject)
    return select(*columns).select_from(source).order_by(*order).limit(most)


def _stretch(wanted: Wanted, state: str, after: tuple[Any, ...] | None, most: int) -> Any:
    conditions = [streams.c.state == state]
    if wanted.extent.municipality is not None:
        conditions.append(streams.c.municipality == wanted.extent.municipality)
    if wanted.extent.district is not None:
        conditions.append(streams.c.district == wanted.extent.district)
    order = (streams.c.year, streams.c.begun, streams.c.subject)
    place: tuple[Any, ...] = order
    if wanted.year is not None:
        conditions.append(streams.c.year == wanted.year)
        # A comparison that begins with the year would not lead an index past what was seen of it.
        place, after = place[1:], None if after is None else after[1:]
    if after is not None:
        conditions.append(tuple_(*place) > tuple_(*after))
    return select(*_COLUMNS).where(*conditions).order_by(*order).limit(most).subquery()


def states_in(worklist: WorkList) -> tuple[str, ...]:
    """The states in which the streams of a service can be."""
    return tuple(dict.fromkeys(str(state) for kind in worklist.kinds for state in STATES_OF[kind]))


def _states_of(worklist: WorkList, wanted: Wanted) -> list[str]:
    asked: dict[str, None] = {}
    for name in wanted.states or states_in(worklist):
        view = worklist.views.get(name)
        asked |= dict.fromkeys([name] if view is None else map(str, view.states))
    return list(asked)


def _is_sifted(worklist: WorkList, wanted: Wanted) -> bool:
    """Whether a filter asks for more than states."""
    views = (worklist.views.get(name) for name in wanted.states)
    return any(view is not None and view.holds is not None for view in views)


def _is_wanted(worklist: WorkList, wanted: Wanted, stream: Stream, told: Told) -> bool:
    for name in wanted.states:
        view = worklist.views.get(name)
        if view is None and stream.state == name:
            return True
        if view is not None and stream.state in view.states and (view.holds is None or view.holds(told)):
            return True
    return not wanted.states


def _stream_of(row: Any) -> Stream:
    return Stream(
        row.kind,
        row.subject,
        row.state,
        row.version,
        row.municipality,
        None if row.year == NO_YEAR else row.year,
        row.recorded_time,
        orjson.loads(row.facts),
        row.partition_key,
    )


def _seen_in(row: Any) -> dict[str, Any] | None:
    facts = getattr(row, "seen", None)
    return None if facts is None else orjson.loads(facts)
