"""A leader that sequences a store's events, round by round, and remembers what it claimed."""

from sqlalchemy import select

from services.chassis.clock import utc_now
from services.chassis.relay.lease import Leases
from services.chassis.relay.outbox import newest_unsequenced
from services.chassis.relay.sequencing import Sequenced, sequence_events
from services.chassis.store import EventStore
from services.chassis.store.tables import events, sequenced
from services.contract.envelope import time_text
from services.contract.topics import TopicGeneration

TOPIC = TopicGeneration("bosatt.settlements", 1, 3)


class Leader:
    def __init__(self, store: EventStore, *, most: int = 1_000) -> None:
        self.store = store
        self.claims = store.order.claims()
        self.claimed: list[tuple[str, int]] = []
        self._most = most
        self._leases = Leases(store.database, TOPIC, "leader", 3_600.0, utc_now)
        lease = self._leases.take()
        assert lease is not None
        self._lease = lease

    def round(self) -> Sequenced:
        """As a relay does it."""
        newest = newest_unsequenced(self.store, TOPIC.generation, self._most)
        self.claims.begin(newest or "")
        with self.store.database.write() as connection:
            self._lease.hold(connection, self._leases.expiry())
            done = sequence_events(connection, self._lease, TOPIC, self._most, self.store.order, self.claims)
        if done.through is not None:
            self.claimed.append((time_text(done.through), done.last_sequence))
        return done

    def sequenced(self) -> list[tuple[str, int]]:
        """Subject and version of every sequenced event, by sequence."""
        query = (
            select(events.c.subject, events.c.version)
            .join(sequenced, sequenced.c.position == events.c.position)
            .order_by(sequenced.c.sequence)
        )
        with self.store.database.read() as connection:
            return [(row.subject, row.version) for row in connection.execute(query)]

    def untrue_claims(self) -> list[tuple[str, int]]:
        """Claims that some event shows to have been false."""
        query = select(events.c.recorded_time, sequenced.c.sequence).outerjoin(
            sequenced, sequenced.c.position == events.c.position
        )
        with self.store.database.read() as connection:
            rows = connection.execute(query).all()
        return [
            (through, last)
            for through, last in self.claimed
            if any(row.recorded_time <= through and (row.sequence or last + 1) > last for row in rows)
        ]
