"""Whether the running totals are what the services' stores come to, up to the projection's marks.

Events in flight make no difference: what has a sequence up to a mark never changes, so the stores
may be read after the projection, in many short transactions, while everything goes on.
"""

from collections.abc import Generator, Iterator
from typing import Any

import orjson

from services.chassis.database import Database
from services.chassis.log.port import Partition
from services.contract.event_types import COMMAND_SERVICES, EVENT_TYPES
from services.contract.facts import Facts, facts_after
from services.contract.topics import TopicGeneration
from services.opendata.projection.live import Live
from services.running.checking.counts import compare
from services.running.checking.outcome import UNREADABLE, Check, Difference, Outcome, Progress, Where
from services.running.checking.projected import Projected, read_projected
from services.running.checking.recount import Recount
from services.running.checking.sources import Sources
from services.running.checking.streams import Stored, in_streams, last_sequence


def check_stores(sources: Sources, outcome: Outcome) -> Iterator[Progress]:
    """Recount what is in the stores and compare. Yields after each piece of work, outside transactions."""
    missing = sources.missing_stores(COMMAND_SERVICES)
    if missing or sources.projection is None:
        what = ", ".join([*missing, *(["projection"] if sources.projection is None else [])])
        outcome.skip(f"Not compared: {what} can't be reached from here.")
        return
    live = Live(sources.projection)
    try:
        opened = live.now()
        folded = {topic.topic.removeprefix("bosatt."): topic for topic in opened.version.topics}
        projected = yield from _hurrying(outcome.check, read_projected(opened))
    finally:
        live.close()
    most = sum(_how_many(sources, folded))
    done = 0
    recount = Recount()
    for service, topic in folded.items():
        database = sources.stores[service]
        walk = Walk(service, topic, projected, recount, outcome)
        for piece in in_streams(database, topic.generation):
            for event in piece:
                walk.meet(event)
            done += len(piece)
            yield Progress(outcome.check, done, max(done, most))
        walk.end()
        _check_reach(service, topic, projected, database, outcome)
    compare(outcome, projected.counts, recount.summed_up())
    if projected.parked:
        outcome.note(
            f"{projected.parked} events are parked or held, and are in no total: bosatt deadletters list."
        )


def _hurrying(
    check: Check, reading: Generator[None, None, Projected]
) -> Generator[Progress, None, Projected]:
    while True:
        try:
            next(reading)
        except StopIteration as end:
            found: Projected = end.value
            return found
        yield Progress(check, hurries=True)


def _how_many(sources: Sources, folded: dict[str, TopicGeneration]) -> Iterator[int]:
    """About how many events each store holds."""
    for service, topic in folded.items():
        with sources.stores[service].read() as connection:
            yield last_sequence(connection, topic.generation)


class Walk:
    """Goes through one store's streams, each from its beginning, and has counted where it has come to."""

    def __init__(
        self, service: str, topic: TopicGeneration, projected: Projected, recount: Recount, outcome: Outcome
    ) -> None:
        self._service = service
        self._partitions = [Partition(topic, number) for number in range(topic.partitions)]
        self._projected = projected
        self._recount = recount
        self._outcome = outcome
        self._stream: tuple[str, str] | None = None
        self._facts: Facts | None = None
        self._in_force: Facts | None = None

    def meet(self, event: Stored) -> None:
        """Take the next event of a stream, or the first of the next one."""
        if self._stream != (event.kind, event.subject):
            self.end()
            self._stream = (event.kind, event.subject)
        if event.sequence is None or event.partition is None or event.partition >= len(self._partitions):
            return
        partition = self._partitions[event.partition]
        if event.sequence > self._projected.marks[partition]:
            return
        counted = self._projected.counted(partition, event.sequence)
        try:
            told = orjson.loads(event.content)
            self._compare_place(event, told)
            data, facts = self._followed(told)
            if counted:
                self._recount.reported(event.kind, facts)
                if event.kind == "figures":
                    self._recount.published(data)
        except UNREADABLE:
            # What follows says itself what was in force before it.
            self._facts = None
            if counted:
                self._differ(event.subject, event.version)
            return
        self._facts = facts
        if counted:
            self._in_force = facts

    def end(self) -> None:
        """The stream has ended: what its last event that was counted left in force, counts."""
        if self._stream is not None and self._in_force is not None:
            kind, subject = self._stream
            try:
                self._recount.ended(kind, self._in_force)
            except UNREADABLE:
                self._differ(subject, None)
        self._stream = self._facts = self._in_force = None

    def _compare_place(self, event: Stored, told: dict[str, Any]) -> None:
        """Whether an event says of its place in its stream, and of its partition, what its row says."""
        topic = self._partitions[0].topic
        says = (told["subject"], told["streamversion"], topic.partition_of(told["partitionkey"]))
        if says != (event.subject, event.version, event.partition):
            where: Where = {"service": self._service, "stream": event.subject, "version": event.version}
            found = "/".join(map(str, says))
            expected = f"{event.subject}/{event.version}/{event.partition}"
            self._outcome.differ(Difference("place that an event tells", where, found, expected))

    def _differ(self, subject: str, version: int | None) -> None:
        where: Where = {"service": self._service, "stream": subject}
        if version is not None:
            where = {**where, "version": version}
        self._outcome.differ(Difference("event counted that can't be read", where, None, None))

    def _followed(self, event: dict[str, Any]) -> tuple[dict[str, Any], Facts]:
        """What an event says, and the facts in force after it."""
        data = event["data"]
        before = data.get("previous") if self._facts is None else self._facts
        name = EVENT_TYPES[event["type"]].name
        known = event.get("knowntime") or ""
        return data, facts_after(name, before, data, event["origin"], known)


def _check_reach(
    service: str, topic: TopicGeneration, projected: Projected, database: Database, outcome: Outcome
) -> None:
    """A mark beyond the last sequence that was ever given tells of a store older than the totals."""
    with database.read() as connection:
        last = last_sequence(connection, topic.generation)
    for partition, mark in projected.marks.items():
        if partition.topic == topic:
            outcome.compared += 1
            if mark > last:
                where: Where = {"service": service, "partition": partition.number}
                outcome.differ(Difference("mark beyond the store's last sequence", where, mark, last))
