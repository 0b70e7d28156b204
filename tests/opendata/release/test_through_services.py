"""From the services' own handlers over relay and log to a release, on real files throughout."""

import pytest

from services.chassis.commands.handler import CommandHandler
from services.chassis.database import Database
from services.chassis.relay.heartbeat import Heartbeats
from services.chassis.relay.relay import Relay, RelaySettings
from services.chassis.store import EventStore
from services.contract.codes import Dimension, Role
from services.contract.entitlements import Caller
from services.contract.event_types import COMMAND_SERVICES, EVENT_TYPES, PREFIX, VERSION
from services.contract.topics import HEARTBEATS, TopicGeneration
from services.decisions.service import DOMAIN as DECISIONS
from services.opendata.release.answers import DecisionStatus
from services.requests.service import DOMAIN as REQUESTS
from services.settlements.service import DOMAIN as SETTLEMENTS
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import url

DOMAINS = {"requests": REQUESTS, "decisions": DECISIONS, "settlements": SETTLEMENTS}
OSLO = {"municipality": "0301", "year": 2024}
EVENTS = [
    ("request.issued", OSLO | {"persons": 100, "issuedOn": "2023-10-24"}, None),
    ("answer.delayed", OSLO | {"expectedOn": "2024-03-01"}, None),
    (
        "quota.decided",
        OSLO | {"persons": 90, "decidedOn": "2024-02-29", "districts": [{"code": "030101", "persons": 30}]},
        None,
    ),
    ("quota.revised", OSLO | {"persons": 95, "decidedOn": "2024-03", "reasonCode": "council"}, None),
    ("person.allocated", {"municipality": "0301", "allocatedOn": "2024-01-10"}, person(1)),
    ("allocation.accepted", {"municipality": "0301", "plannedWeek": "2024-W05"}, person(1)),
    (
        "person.settled",
        {"municipality": "0301", "settledOn": "2024-02-01", "district": "030101", "age": 7},
        person(1),
    ),
    ("person.settled", {"municipality": "0301", "settledOn": "2024-05", "sex": "female"}, person(2)),
    (
        "settlement.corrected",
        {"municipality": "0301", "settledOn": "2024-05", "sex": "male", "reasonCode": "error"},
        person(2),
    ),
    ("person.settled", {"municipality": "4601", "settledOn": "2024-05-17"}, person(3)),
    ("settlement.withdrawn", {}, person(3)),
]


class Services:
    """The three command services with their relays."""

    def __init__(self, world):
        self._handlers, self._relays = {}, []
        for name in COMMAND_SERVICES:
            store = EventStore(world.closing(Database(url(world.folder, name))))
            store.migrate()
            topic = TopicGeneration(f"bosatt.{name}", 1)
            self._handlers[name] = CommandHandler(topic, DOMAINS[name], store)
            beats = Heartbeats(name, TopicGeneration(HEARTBEATS, 1))
            relay = Relay(name, store, world.log, topic, RelaySettings(holder="test"), beats)
            self._relays.append(world.closing(relay))

    def post(self, name, data, subject):
        event_type = EVENT_TYPES[f"{PREFIX}{name}.{VERSION}"]
        event = {
            "specversion": "1.0",
            "id": f"{name}/{subject}/{data}",
            "source": "urn:test",
            "type": event_type.full_name,
            "origin": "imported",
            "data": data,
        }
        caller = Caller(Role.IMPORTER)
        return self._handlers[event_type.service].handle(
            event if subject is None else event | {"subject": subject}, caller
        )

    def relay(self):
        for relay in self._relays:
            while relay.step():
                pass


@pytest.fixture
def services(world):
    return Services(world)


def test_what_the_services_accept_is_in_a_release_that_says_so(world, services):
    recorded = [services.post(*event).recorded_time for event in EVENTS]
    services.relay()

    world.publish()

    oslo, district = world.totals("0301"), world.totals("030101")
    assert (oslo.requested, oslo.decided, oslo.quota, oslo.spare_capacity) == (100, 90, 95, -5)
    assert (oslo.decision_status, oslo.answer_expected_on) == (DecisionStatus.DECIDED, None)
    assert (oslo.allocated, oslo.awaiting, oslo.settled, oslo.remaining) == (1, 0, 2, 93)
    assert (district.quota, district.settled, oslo.not_placed_in_district) == (30, 1, 1)
    assert (world.totals("4601").settled, world.totals("NO").settled) == (0, 2)
    assert world.breakdown("0301", Dimension.AGE_GROUP) == {"0-17": 1, "unknown": 1}
    assert world.breakdown("0301", Dimension.SEX) == {"male": 1, "unknown": 1}
    with world.published.open() as numbers:
        told = numbers.release.data_through.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert told >= max(recorded)


def test_what_was_not_relayed_yet_is_not_claimed(world, services):
    for event in EVENTS[:5]:
        services.post(*event)
    services.relay()
    world.publish()
    late = services.post(*EVENTS[7])

    world.releaser.step()

    with world.published.open() as numbers:
        told = numbers.release.data_through.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert told < late.recorded_time
    assert world.totals("0301").settled is None
