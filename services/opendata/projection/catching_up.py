"""Fold the log into a version that is being built, until it has caught up with what comes meanwhile."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from services.chassis.consuming.marks import Mark, Marks
from services.chassis.database import UNAVAILABLE, Database, Overtaken
from services.chassis.log.port import EventLog, LogError, Partition
from services.chassis.loops import Backoff
from services.opendata.projection import tables
from services.opendata.projection.projector import Projector
from services.opendata.projection.versions import Version

FIRST_BATCH = 1_000
SMALLEST_BATCH = 100
LARGEST_BATCH = 10_000
"""Records in one commit: memory is bounded by them too."""

COMMIT_SECONDS = 1.5
"""What a commit should take, so that also a slow one stays under five."""

SHORTEST_LAP = 1.0
"""What came in no more seconds than this may be left to the projectors of the live version."""

PATIENCE = 30.0
"""Seconds without any progress after which something is wrong."""

MOST_FAILURES = 8
WAIT = 0.1
TELL_EVERY = 0.5


T = TypeVar("T")


class StandsStill(Exception):
    """Nothing more can be folded. The text says where, or what failed, for a person."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many records to fold in one commit, told from how long the last one took."""

    most: int

    def after(self, records: int, seconds: float) -> "Pace":
        """The pace after a commit of some records; one that was not full says little."""
        if records < self.most // 2 and seconds <= COMMIT_SECONDS:
            return self
        wanted = self.most * min(2.0, COMMIT_SECONDS / max(seconds, 0.001))
        return Pace(max(SMALLEST_BATCH, min(LARGEST_BATCH, int(wanted))))


class CatchingUp:
    """Folds into one version, which nobody else writes to.

    ``tell`` is given the records folded and those on the log every now and then; what it raises
    ends the folding.
    """

    def __init__(
        self, version: Version, database: Database, log: EventLog, tell: Callable[[int, int], None]
    ) -> None:
        self._version = version
        self._log = log
        self._tell = tell
        self._tell_at = 0.0
        self._marks = Marks(database, tables.marks)
        self._pace = Pace(FIRST_BATCH)
        self._projector = Projector(
            database,
            log,
            most=self._pace.most,
            wait=WAIT,
            folded=version.topics,
            group=version.group,
        )

    def run(self, live: Callable[[], Mapping[Partition, Mark]]) -> None:
        """Fold lap by lap up to the log's end, until so little comes during a lap that it does not matter.

        Or until the version is as far as the ``live`` one, which may be behind too. Raises
        `StandsStill`.
        """
        while True:
            began = time.monotonic()
            self._lap(live)
            if time.monotonic() - began <= SHORTEST_LAP or self._is_as_far_as(live()):
                break
        self._tell_at = 0.0
        self._say(self._ends(), self._at())

    def close(self) -> None:
        self._projector.close()

    def _lap(self, live: Callable[[], Mapping[Partition, Mark]]) -> None:
        """Fold up to where the log ends now."""
        ends = self._ends()
        at = self._at()
        progress_at = time.monotonic()
        while any(at[partition].offset < end for partition, end in ends.items()):
            before = at
            self._step()
            at = self._at()
            if at != before:
                progress_at = time.monotonic()
            elif time.monotonic() - progress_at > PATIENCE:
                if self._is_as_far_as(live()):
                    # What can't be folded here can't be there either.
                    return
                raise StandsStill(_where(ends, at))
            self._say(ends, at)

    def _step(self) -> None:
        before = sum(mark.offset for mark in self._at().values())
        began = time.monotonic()
        self._persist(self._projector.step)
        took = time.monotonic() - began
        folded = sum(mark.offset for mark in self._at().values()) - before
        if folded:
            self._pace = self._pace.after(folded, took)
            self._projector.most = self._pace.most

    def _persist(self, action: Callable[[], T]) -> T:
        """What an action gives, though log or database are away for a while. Raises `StandsStill`."""
        backoff, failures = Backoff(), 0
        while True:
            try:
                return action()
            except (LogError, Overtaken, *UNAVAILABLE) as error:
                failures += 1
                if failures > MOST_FAILURES:
                    why = f"it failed again and again ({type(error).__name__})"
                    raise StandsStill(why) from error
                time.sleep(backoff.pause())

    def _say(self, ends: Mapping[Partition, int], at: Mapping[Partition, Mark]) -> None:
        if time.monotonic() >= self._tell_at:
            folded = sum(mark.offset for mark in at.values())
            self._tell(folded, max(folded, sum(ends.values())))
            self._tell_at = time.monotonic() + TELL_EVERY

    def _is_as_far_as(self, live: Mapping[Partition, Mark]) -> bool:
        at = self._at()
        return all(at[one].sequence >= mark.sequence for one, mark in live.items() if one in at)

    def _at(self) -> dict[Partition, Mark]:
        return self._persist(lambda: self._marks.read(self._version.guarded))

    def _ends(self) -> dict[Partition, int]:
        ends = {}
        for topic in {partition.topic: None for partition in self._version.guarded}:
            for number, end in enumerate(self._persist(partial(self._log.end_offsets, topic))):
                ends[Partition(topic, number)] = end
        return ends


def _where(ends: Mapping[Partition, int], at: Mapping[Partition, Mark]) -> str:
    behind = [
        f"{partition.topic.name} partition {partition.number} at offset {at[partition].offset} of {end}"
        for partition, end in ends.items()
        if at[partition].offset < end
    ]
    return f"it gets no further in {'; '.join(behind[:3])}"
