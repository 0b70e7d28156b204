"""Whether each stream's versions and each service's sequences are without holes."""

from collections.abc import Iterator, Sequence

from sqlalchemy import and_, func, not_, select

from services.chassis.database import Database
from services.chassis.relay.outbox import sequenced_up_to
from services.chassis.store.order import behind
from services.chassis.store.tables import chains, events, relays, sequenced
from services.running.checking.outcome import Check, Difference, Outcome, Progress, Where
from services.running.checking.sources import STORES, Sources
from services.running.checking.streams import Placed, heads_without_events, places

SEQUENCES_AT_ONCE = 2_000


def check_versions(sources: Sources, outcome: Outcome) -> Iterator[Progress]:
    """Look through every store. Yields after each piece of work, outside transactions."""
    missing = sources.missing_stores(STORES)
    if missing:
        outcome.note(f"Not looked at: {', '.join(missing)} can't be reached from here.")
    done = 0
    for service, database in sources.stores.items():
        for piece in _pieces(service, database, outcome):
            done += piece
            yield Progress(Check.VERSIONS, done)


def _pieces(service: str, database: Database, outcome: Outcome) -> Iterator[int]:
    streams = _Streams(service, outcome)
    for piece in places(database):
        for placed in piece:
            streams.meet(placed)
        yield len(piece)
    streams.end()
    for empty in heads_without_events(database):
        for kind, subject in empty:
            where: Where = {"service": service, "kind": kind, "stream": subject}
            outcome.differ(Difference("stream without its first event", where, None, 1))
        yield 0
    with database.read() as connection:
        generations = connection.scalars(select(relays.c.generation).order_by(relays.c.generation)).all()
    for generation in generations:
        yield from _check_sequences(service, database, generation, outcome)


class _Streams:
    """Versions of a stream are 1, 2, … up to that of its head."""

    def __init__(self, service: str, outcome: Outcome) -> None:
        self._service = service
        self._outcome = outcome
        self._last: Placed | None = None

    def meet(self, placed: Placed) -> None:
        last = self._last
        if last is None or (last.kind, last.subject) != (placed.kind, placed.subject):
            self.end()
            expected = 1
        else:
            expected = last.version + 1
        self._outcome.compared += 1
        if placed.version != expected:
            self._differ("version in a stream", placed, placed.version, expected)
        self._last = placed

    def end(self) -> None:
        last, self._last = self._last, None
        if last is not None and last.head != last.version:
            self._differ("head of a stream", last, last.head, last.version)

    def _differ(self, what: str, placed: Placed, found: int | None, expected: int) -> None:
        where: Where = {"service": self._service, "kind": placed.kind, "stream": placed.subject}
        self._outcome.differ(Difference(what, where, found, expected))


def _check_sequences(service: str, database: Database, generation: int, outcome: Outcome) -> Iterator[int]:
    """Sequences are 1, 2, … up to the last one given, each knows the one before it in its partition."""
    with database.read() as connection:
        upto, cursor = connection.execute(
            select(relays.c.last_sequence, relays.c.cursor).where(relays.c.generation == generation)
        ).one()
        ends = dict(
            connection.execute(
                select(chains.c.partition, chains.c.last_sequence).where(chains.c.generation == generation)
            ).all()
        )
        # Else an event that the relay has passed over would never be seen by anybody.
        passed = select(func.count()).select_from(events)
        passed = passed.where(not_(behind(connection, sequenced_up_to(connection, generation))))
        given = connection.scalar(passed) or 0
    here: Where = {"service": service, "generation": generation}
    outcome.compare("events up to the last sequence", here, given, upto)
    at, last = 0, dict.fromkeys(ends, 0)
    while rows := _sequences(database, generation, at, upto):
        for sequence, partition, previous, position in rows:
            outcome.compared += 1
            if sequence != at + 1:
                outcome.differ(Difference("sequence", here, sequence, at + 1))
            if previous != last.get(partition, 0):
                there: Where = {**here, "sequence": sequence, "partition": partition}
                outcome.differ(Difference("sequence before", there, previous, last.get(partition, 0)))
            if position is None:
                outcome.differ(
                    Difference("event of a sequence", {**here, "sequence": sequence}, None, sequence)
                )
            at, last[partition] = sequence, sequence
        yield len(rows)
    outcome.compare("last sequence", here, at, upto)
    if cursor > upto:
        outcome.differ(Difference("cursor beyond the last sequence", here, cursor, upto))
    for partition in sorted(last):
        where: Where = {**here, "partition": partition}
        outcome.compare("last sequence of a partition", where, last[partition], ends.get(partition, 0))


def _sequences(
    database: Database, generation: int, after: int, upto: int
) -> Sequence[tuple[int, int, int, int | None]]:
    query = (
        select(sequenced.c.sequence, sequenced.c.partition, sequenced.c.previous_sequence, events.c.position)
        .select_from(sequenced.outerjoin(events, events.c.position == sequenced.c.position))
        .where(
            and_(
                sequenced.c.generation == generation,
                sequenced.c.sequence > after,
                sequenced.c.sequence <= upto,
            )
        )
        .order_by(sequenced.c.sequence)
        .limit(SEQUENCES_AT_ONCE)
    )
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]
