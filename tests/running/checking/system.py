"""A whole system without processes: services, relays, projector and releaser, each moved when told to."""

from contextlib import closing

import orjson
from sqlalchemy import select

from services.chassis.commands.handler import CommandHandler
from services.chassis.relay.heartbeat import Heartbeats
from services.chassis.relay.relay import Relay, RelaySettings
from services.chassis.store.tables import events
from services.contract.codes import Role
from services.contract.entitlements import Caller
from services.contract.event_types import COMMAND_SERVICES, EVENT_TYPES, PREFIX, VERSION
from services.contract.topics import HEARTBEATS, TopicGeneration, topic_of
from services.decisions.service import DOMAIN as DECISIONS
from services.opendata.projection.dead_letters.listing import letters_in
from services.opendata.projection.dead_letters.tables import LetterState
from services.opendata.projection.live import Live
from services.opendata.projection.live_projector import LiveProjector
from services.opendata.projection.storage import migrate_projection
from services.opendata.release.announcing import Announcer
from services.opendata.release.releaser import Releaser, migrate_releases
from services.requests.service import DOMAIN as REQUESTS
from services.running.checking.checks import CHECKS, Run
from services.running.checking.sources import STORES, sources_of
from services.running.opened import Opened
from services.settlements.service import DOMAIN as SETTLEMENTS
from tests.opendata.projection.journal import ensure_topics, person

DOMAINS = {"requests": REQUESTS, "decisions": DECISIONS, "settlements": SETTLEMENTS}
OSLO = {"municipality": "0301", "year": 2024}
SETTLED = {"municipality": "0301", "settledOn": "2024-05-17"}


class System:
    """Events go in by `post`; nothing else happens until somebody calls `settle` or a part of it."""

    def __init__(self, settings, stack):
        self.settings = settings
        self.opened = Opened(settings)
        stack.callback(self.opened.close)
        ensure_topics(self.opened.log)
        for name in STORES:
            self.opened.store(name).migrate()
        migrate_projection(self.projection)
        migrate_releases(self.released)
        self.handlers, self.relays = {}, []
        for name in COMMAND_SERVICES:
            store, topic = self.opened.store(name), TopicGeneration(f"bosatt.{name}", 1)
            self.handlers[name] = CommandHandler(topic, DOMAINS[name], store)
            self.relays.append(self._relay(stack, name, topic))
        self.relays.append(self._relay(stack, "operations", topic_of("operations")))
        self.announcer = Announcer(self.released, self.opened.store("opendata"))
        self.projector = LiveProjector(self.projection, self.opened.log, wait=0.0, look_every=0.0)
        stack.callback(self.projector.close)
        self._posted = 0

    def _relay(self, stack, name, topic):
        beats = Heartbeats(name, TopicGeneration(HEARTBEATS, 1))
        relay = Relay(
            name, self.opened.store(name), self.opened.log, topic, RelaySettings(holder="test"), beats
        )
        stack.callback(relay.close)
        return relay

    @property
    def projection(self):
        return self.opened.database("projection")

    @property
    def released(self):
        return self.opened.database("releases")

    def store(self, name):
        return self.opened.database(name)

    def post(self, name, data, subject=None, origin="reported"):
        event_type = EVENT_TYPES[f"{PREFIX}{name}.{VERSION}"]
        self._posted += 1
        event = {
            "specversion": "1.0",
            "id": str(self._posted),
            "source": "urn:test",
            "type": event_type.full_name,
            "origin": origin,
            "data": data,
            **({} if subject is None else {"subject": subject}),
        }
        return self.handlers[event_type.service].handle(event, Caller(Role.IMPORTER))

    def settle_person(self, number, **facts):
        return self.post("person.settled", SETTLED | facts, person(number))

    def relay(self):
        for relay in self.relays:
            while relay.step():
                pass

    def project(self):
        for _ in range(4):
            self.projector.step()

    def settle(self):
        """Relay, project and release everything."""
        self.relay()
        self.project()
        self.release()

    def release(self):
        """Release what there is. A new releaser each time: it sees at once which version is live."""
        with closing(Releaser(self.projection, self.released, self.opened.log, self.announcer)) as releaser:
            while releaser.step():
                pass

    def tell_a_story(self):
        """A little of everything: all kinds of events, corrected, withdrawn, erased, in several places."""
        self.post(
            "need.announced", {"year": 2024, "persons": 500, "announcedOn": "2023-10", "status": "issued"}
        )
        for code, persons in (("0301", 100), ("4601", 40), ("1103", 7)):
            place = {"municipality": code, "year": 2024}
            self.post(
                "request.issued",
                place | {"persons": persons, "issuedOn": "2023-10-24", "unaccompaniedMinors": 2},
            )
        self.post(
            "request.revised", OSLO | {"persons": 120, "revisedOn": "2024-01", "answerBy": "2024-03-01"}
        )
        self.post("request.withdrawn", {"municipality": "1103", "year": 2024, "withdrawnOn": "2024-02"})
        self.post("answer.delayed", {"municipality": "4601", "year": 2024, "expectedOn": "2024-06-01"})
        shares = [{"code": "030101", "persons": 30}, {"code": "030102", "persons": 20}]
        self.post("quota.decided", OSLO | {"persons": 90, "decidedOn": "2024-02-29", "districts": shares})
        self.post("quota.revised", OSLO | {"persons": 95, "decidedOn": "2024-03", "districts": shares[:1]})
        for number, sex in enumerate(("female", "male", "unknown", "female"), 1):
            self.settle_person(number, sex=sex, district="030101", ageGroup="0-17")
        self.settle_person(5, municipality="4601", settledOn="2024-05", housing="agreed_self_settlement")
        self.settle_person(6, municipality="9999", settledOn="2024")
        for number in (7, 8):
            allocated = {"municipality": "4601", "allocatedOn": "2024-01-10", "unaccompaniedMinor": True}
            self.post("person.allocated", allocated, person(number))
            self.post("allocation.accepted", {"municipality": "4601"}, person(number))
        self.settle_person(7, municipality="4601", unaccompaniedMinor=True, countryOfOrigin="SYR")
        self.post("settlement.corrected", SETTLED | {"sex": "male", "district": "030102"}, person(2))
        self.post("settlement.withdrawn", {}, person(3))
        self.post("settlement.attributes-erased", {}, person(4))
        figure = {"publishedOn": "2024-12-01", "sourceName": "IMDi", "measure": "settled", "year": 2024}
        self.post("figure.published", figure | {"region": "3401", "status": "suppressed"})
        self.post("figure.published", figure | {"region": "3403", "status": "exact", "persons": 0})
        self.settle()

    def spoil_on_the_log(self):
        """Have the last event stored of settlements come out on the log as one of a later version."""
        # The store keeps what was posted; the record is what a relay of newer code would send.
        with self.store("settlements").write() as connection:
            row = connection.execute(
                select(events.c.position, events.c.content).order_by(events.c.position.desc()).limit(1)
            ).one()
            wrong = orjson.loads(row.content)
            spoilt = orjson.dumps(wrong | {"type": wrong["type"].replace(".v1", ".v2")})
            connection.execute(
                events.update().where(events.c.position == row.position).values(content=spoilt)
            )
        self.relay()
        with self.store("settlements").write() as connection:
            connection.execute(
                events.update().where(events.c.position == row.position).values(content=row.content)
            )
        self.project()

    def letters(self, *states):
        following = Live(self.projection)
        with following.now().database.read() as connection:
            found = letters_in(connection, states or (LetterState.PARKED,))
        following.close()
        return found

    def check(self, *wanted):
        """The outcomes by check."""
        run = Run(sources_of(self.settings, self.opened.database), wanted or tuple(CHECKS))
        for _ in run.pieces():
            pass
        return {outcome.check.value: outcome for outcome in run.outcomes}

    def execute(self, database, statement):
        """Change something behind everybody's back; how many rows were."""
        with database.write() as connection:
            return connection.execute(statement).rowcount


def differences(outcome):
    return {(one.what, *one.where.values(), one.found, one.expected) for one in outcome.listed}


def wrong(outcomes):
    """The checks that say that something is wrong here."""
    return {name for name, outcome in outcomes.items() if not outcome.is_well}
