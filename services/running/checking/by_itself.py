"""Checks that a system makes by itself: one after the other, when they are due, with long rests between."""

import random
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from services.chassis.clock import Clock, utc_now
from services.chassis.database import UNAVAILABLE, Database, Overtaken
from services.contract.envelope import time_text
from services.running.checking.checks import CHECKS, Run
from services.running.checking.outcome import Check, Progress
from services.running.checking.sources import Sources
from services.running.checking.standing import Standing, begin, finish, give_up, standing_of

log = structlog.get_logger()

FIRST_AFTER = 30.0
"""Seconds after the start, and up to twice as many, in which others have more to do."""

REST = 4.0
LONGEST_REST = 0.25
"""A piece of work is followed by a rest of so many times as long, up to so many seconds: others go first."""


class ChecksByItself:
    """Makes each check about once in ``interval`` seconds, wherever it was last made. For a loop.

    Of several processes one at a time makes a check. ``sources`` is asked anew for each.
    """

    def __init__(
        self,
        base: Database,
        sources: Callable[[], Sources],
        interval: float,
        *,
        first_after: float = FIRST_AFTER,
        clock: Clock = utc_now,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = base
        self._sources = sources
        self._interval = interval
        self._clock = clock
        self._rest = rest
        self._not_before = time.monotonic() + _spread(min(first_after, interval), 1.0, 2.0)
        self._due_after = self._next_interval()
        self._run: Run | None = None
        self._pieces: Generator[Progress] = _nothing()
        self._begun: tuple[Check, Standing | None] = (Check.VERSIONS, None)

    def step(self) -> bool:
        """One piece of work and the rest after it; False where nothing is due."""
        if self._run is None and not self._begin():
            return False
        assert self._run is not None
        began = time.monotonic()
        try:
            progress = next(self._pieces, None)
        except BaseException:
            # It is begun anew when patience has come to its end.
            self._run = None
            raise
        if progress is None:
            self._finish(self._run)
        elif not progress.hurries:
            self._rest(min(LONGEST_REST, REST * (time.monotonic() - began)))
        return True

    def close(self) -> None:
        """Give up what is under way, for whoever comes next; no transaction stays open."""
        self._pieces.close()
        if self._run is not None:
            self._run = None
            with suppress(Overtaken, *UNAVAILABLE):
                give_up(self._base, *self._begun)

    def _begin(self) -> bool:
        if time.monotonic() < self._not_before:
            return False
        now, standing = self._clock(), standing_of(self._base)
        due = [one for one in CHECKS if one not in standing or standing[one].is_due(now, self._due_after)]
        # The one made longest ago first, so that none waits for ever where the interval is short.
        due.sort(key=lambda one: time_text(standing[one].begun_at) if one in standing else "")
        return any(self._begin_one(check, standing.get(check), now) for check in due)

    def _begin_one(self, check: Check, before: Standing | None, now: datetime) -> bool:
        try:
            begun = begin(self._base, check, before, now)
        except Overtaken:
            begun = False
        if begun:
            self._begun = (check, before)
            self._run = Run(self._sources(), [check])
            self._pieces = self._run.pieces()
        return begun

    def _finish(self, run: Run) -> None:
        self._run = None
        self._due_after = self._next_interval()
        for outcome in run.outcomes:
            finish(self._base, outcome, self._clock())
            if not outcome.is_well:
                log.error("check.differences", check=outcome.check.value, differences=outcome.differences)

    def _next_interval(self) -> timedelta:
        return timedelta(seconds=_spread(self._interval, 0.9, 1.1))


def _nothing() -> Generator[Progress]:
    yield from ()


def _spread(seconds: float, least: float, most: float) -> float:
    """So that many processes do not begin at once."""
    return seconds * random.uniform(least, most)  # noqa: S311 - spread, not secrecy
