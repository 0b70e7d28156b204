"""One relay leader per service, by a lease with a token that only rises."""

import contextlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, select, update

from services.chassis.clock import Clock
from services.chassis.database import Database, Overtaken
from services.chassis.relay.generations import begin
from services.chassis.store.tables import Standing, relays
from services.contract.envelope import time_text
from services.contract.topics import TopicGeneration


class LeaseLost(Exception):
    """Another relay has taken the lease: stop at once and change nothing."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to relay one topic generation, until somebody with a higher token has it."""

    generation: int
    holder: str
    token: int

    def hold(self, connection: Connection, expires: str) -> None:
        """Make sure, inside a writing transaction, that the lease still stands, and prolong it.

        An expired lease that nobody has taken is still ours. Raises `LeaseLost` otherwise, also
        where somebody is just taking it, or filling the store from the log.
        """
        try:
            held = connection.execute(
                update(relays)
                .where(relays.c.generation == self.generation, relays.c.token == self.token)
                .values(expires=expires)
            )
        except Overtaken:
            raise LeaseLost(self.holder) from None
        if held.rowcount != 1:
            raise LeaseLost(self.holder)


class Leases:
    """Takes leases from a store's database."""

    def __init__(
        self, database: Database, topic: TopicGeneration, holder: str, seconds: float, clock: Clock
    ) -> None:
        self._database = database
        self._topic = topic
        self._holder = holder
        self._length = timedelta(seconds=seconds)
        self._clock = clock

    def expiry(self) -> str:
        """When a lease taken or prolonged now will expire."""
        return time_text(self._clock() + self._length)

    def take(self) -> Lease | None:
        """The lease with a new token, or None while another relay holds it or is just taking it."""
        if self._held_by_another():
            return None
        try:
            return self._take()
        except Overtaken:
            return None

    def _take(self) -> Lease | None:
        generation = self._topic.generation
        with self._database.write() as connection:
            # Of two that begin a generation at once, one is overtaken.
            begin(connection, self._database, self._topic, Standing.IN_FORCE)
            row = connection.execute(
                select(relays.c.token, relays.c.expires, relays.c.holder).where(
                    relays.c.generation == generation
                )
            ).one()
            if row.holder not in ("", self._holder) and row.expires > time_text(self._clock()):
                return None
            token: int = row.token + 1
            connection.execute(
                update(relays)
                .where(relays.c.generation == generation)
                .values(holder=self._holder, token=token, expires=self.expiry())
            )
            return Lease(generation, self._holder, token)

    def give_back(self, lease: Lease) -> None:
        """Let another relay take the lease at once; nothing happens where it is lost already."""
        with contextlib.suppress(Overtaken), self._database.write() as connection:
            connection.execute(
                update(relays)
                .where(relays.c.generation == lease.generation, relays.c.token == lease.token)
                .values(holder="", expires="")
            )

    def _held_by_another(self) -> bool:
        with self._database.read() as connection:
            row = connection.execute(
                select(relays.c.expires, relays.c.holder).where(relays.c.generation == self._topic.generation)
            ).one_or_none()
        return (
            row is not None
            and row.holder not in ("", self._holder)
            and row.expires > time_text(self._clock())
        )
