"""How much may wait for the log before a service takes no more: a cap on its outbox."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from services.chassis.relay.outbox import Backlog
from services.chassis.settings import BACKLOG_BYTES, BACKLOG_EVENTS

MEASURED_EVERY = 1.0
MEASURED_WHEN_FULL = 0.1
"""Seconds between two measurements, at least."""

COST_SHARE = 20
"""A measurement that took a second is not repeated for so many."""


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be stored and not known to stand on the log."""

    events: int
    bytes: int


DEFAULT_CAP = Cap(BACKLOG_EVENTS, BACKLOG_BYTES)


class Room:
    """What a service may still store: its cap less what was last measured and taken since.

    Measured by whoever posts, from time to time and before anything is refused, so that a service
    opens again by itself and a measurement that has grown old refuses nobody. For many threads.
    """

    def __init__(
        self, measure: Callable[[], Backlog], cap: Cap, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._measure = measure
        self._cap = cap
        self._clock = clock
        self._counting = threading.Lock()
        self._measuring = threading.Lock()
        self._events = 0
        self._bytes = 0
        self._measured_at = float("-inf")
        self._cost = 0.0

    def look(self) -> None:
        """Measure what waits, where that is due. Call it outside of any transaction.

        Where the store can't be asked, what was counted stands.
        """
        if not self._is_due():
            return
        # While there is room nobody waits for another's measurement.
        if self._measuring.acquire(blocking=self.is_full):
            try:
                if self._is_due():
                    self._measure_now()
            finally:
                self._measuring.release()

    def take(self, size: int) -> bool:
        """Take room for one event of so many bytes; False where there is none."""
        with self._counting:
            if self.is_full:
                return False
            self._events += 1
            self._bytes += size
            return True

    def give_back_all(self, sizes: Sequence[int]) -> None:
        """Let others have the room that was taken for events which were not stored after all."""
        with self._counting:
            self._events -= len(sizes)
            self._bytes -= sum(sizes)

    @property
    def is_full(self) -> bool:
        """Whether the cap is reached, as far as was measured and counted."""
        return self._events >= self._cap.events or self._bytes >= self._cap.bytes

    def _is_due(self) -> bool:
        shortest = MEASURED_WHEN_FULL if self.is_full else MEASURED_EVERY
        return self._clock() - self._measured_at >= max(shortest, COST_SHARE * self._cost)

    def _measure_now(self) -> None:
        began = self._clock()
        events, size = self._events, self._bytes
        try:
            found = self._measure()
        except SQLAlchemyError:
            self._measured_at = began
            return
        with self._counting:
            # What was taken meanwhile may be counted twice until the next time, and is never missed.
            self._events += found.events - events
            self._bytes += found.bytes - size
            self._measured_at = self._clock()
            self._cost = self._measured_at - began
