"""What an operator sees of events that can't be counted, and does about them, in a test."""

from sqlalchemy import select

from services.contract.event_types import EVENT_TYPES
from services.opendata.projection.dead_letters.places import Place
from services.opendata.projection.dead_letters.tables import dead_letters, operations
from tests.opendata.projection.journal import person

SETTLEMENTS = "bosatt.settlements"
POISON = {"type": "no.bosatt.person.vanished.v1", "data": {}}
TOLD = {"origin": "reported", "recordedtime": "2024-06-21T12:00:00.000000Z"}


class Desk:
    """Of one world. Places are named by the offset where there is one partition in question."""

    def __init__(self, world):
        self.world = world
        self.journal = world.journal

    def rows(self, state=None, projection=None):
        """Dead letters in the order of their places."""
        with (projection or self.world.projection).read() as connection:
            rows = connection.execute(
                select(dead_letters).order_by(
                    dead_letters.c.topic, dead_letters.c.partition, dead_letters.c.offset
                )
            ).all()
        return [row for row in rows if state in (None, row.state)]

    def states(self):
        return [(row.offset, row.state) for row in self.rows()]

    def operations(self):
        with self.world.projection.read() as connection:
            return connection.execute(select(operations).order_by(operations.c.sequence)).all()

    def poison(self, subject=None, key="0301", **event):
        """An event in its place in the chain that nobody can count."""
        named = {} if subject is None else {"subject": subject}
        self.journal.append_value(SETTLEMENTS, key, POISON | TOLD | named | event)

    def garbage(self, value=b"{", key="0301"):
        """Bytes that are in no chain."""
        self.journal.append_bytes(SETTLEMENTS, key, value)

    def spoil(self, name, data, subject=None, wrong=None):
        """A real event of a stream, made so that it can't be counted: unless told else, of version 2."""
        event = self.journal.compose(name, data, subject=subject)
        spoilt = event | (wrong or {"type": event["type"].replace(".v1", ".v2")})
        topic = EVENT_TYPES[event["type"]].topic
        self.journal.append_value(topic, event["partitionkey"], spoilt)

    def retry(self, row, **changes):
        self._operate("deadletter.retried", row, changes)

    def drop(self, row, last_applied=None, **changes):
        more = {"lastApplied": last_applied, "fault": row.reason or "unknown type", "cause": "unusable"}
        self._operate("deadletter.dropped", row, more | changes)

    def _operate(self, name, row, more):
        place = Place(row.topic, row.generation, row.partition, row.offset)
        data = {**place._asdict(), "digest": row.digest, **more}
        self.journal.post(name, data, subject=str(place))

    def act(self):
        """Let the projector take in what the operator did."""
        self.world.projector.step()

    def settled(self, code="0301", year=2024):
        """How many are settled as the projection stands, None where nothing was reported."""
        self.world.project()
        self.act()
        self.world.releaser.step()
        return self.world.totals(code, year).settled

    def spoil_correction(self, number, municipality="0301", settled_on="2024-05-17", **facts):
        data = {"municipality": municipality, "settledOn": settled_on, **facts}
        self.spoil("settlement.corrected", data, person(number))

    def correct(self, number, municipality="0301", settled_on="2024-05-17", **facts):
        data = {"municipality": municipality, "settledOn": settled_on, **facts}
        self.journal.post("settlement.corrected", data, subject=person(number))

    def withdraw(self, number):
        self.journal.post("settlement.withdrawn", {}, subject=person(number))
