"""The relay of one store: the generation in force, and beside it the one that is being filled."""

import time
from collections.abc import Callable

from services.chassis.relay.generations import relayed
from services.chassis.relay.relay import Relay
from services.chassis.store import EventStore
from services.contract.topics import TopicGeneration

LOOK_EVERY = 1.0
"""Seconds between two looks which generations there are."""


class Relays:
    """A `Relay` for each generation that is relayed, made by ``make``. For one thread."""

    def __init__(
        self, store: EventStore, first: TopicGeneration, make: Callable[[TopicGeneration], Relay]
    ) -> None:
        self._store = store
        self._first = first
        self._make = make
        self._relays: dict[int, Relay] = {}
        self._look_at = 0.0

    def step(self) -> bool:
        """A round of each; True when there may be more to do at once. Raises what a round raises."""
        self._look()
        more = False
        for relay in self._relays.values():
            more = relay.step() or more
        return more

    def look_now(self) -> None:
        """Look in the next round which generations there are."""
        self._look_at = 0.0

    def close(self) -> None:
        """Give the leases back."""
        for relay in self._relays.values():
            relay.close()
        self._relays.clear()

    def _look(self) -> None:
        if time.monotonic() < self._look_at:
            return
        with self._store.database.read() as connection:
            topics = relayed(connection, self._first)
        self._look_at = time.monotonic() + LOOK_EVERY
        for generation in self._relays.keys() - {topic.generation for topic in topics}:
            self._relays.pop(generation).close()
        for topic in topics:
            if topic.generation not in self._relays:
                self._relays[topic.generation] = self._make(topic)
