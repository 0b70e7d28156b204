"""The seed events at the doors of the services: all accepted, once, and released as published."""

from collections import Counter

import pytest

from services.chassis.commands.handler import CommandHandler
from services.chassis.commands.receipts import Outcome
from services.chassis.database import Database
from services.chassis.store import EventStore
from services.contract.codes import Dimension, Role
from services.contract.entitlements import Caller
from services.contract.event_types import COMMAND_SERVICES
from services.contract.topics import TopicGeneration
from services.decisions.service import DOMAIN as DECISIONS
from services.requests.service import DOMAIN as REQUESTS
from services.seeding.events import seed_events, service_of
from services.settlements.service import DOMAIN as SETTLEMENTS
from tests.opendata.projection.worlds import url

DOMAINS = {"requests": REQUESTS, "decisions": DECISIONS, "settlements": SETTLEMENTS}
IMPORTER = Caller(Role.IMPORTER)


@pytest.fixture
def handlers(world):
    found = {}
    for name in COMMAND_SERVICES:
        store = EventStore(world.closing(Database(url(world.folder, name))))
        store.migrate()
        found[name] = CommandHandler(TopicGeneration(f"bosatt.{name}", 1), DOMAINS[name], store)
    return found


def test_every_event_is_accepted_once_and_a_second_time_a_duplicate(handlers):
    first = [handlers[service_of(event)].handle(event, IMPORTER) for event in seed_events()]

    second = [handlers[service_of(event)].handle(event, IMPORTER) for event in seed_events()]

    assert {receipt.status for receipt in first} == {Outcome.ACCEPTED}
    assert {receipt.status for receipt in second} == {Outcome.DUPLICATE}
    assert [receipt.recorded_time for receipt in second] == [receipt.recorded_time for receipt in first]


def test_the_only_warnings_are_of_what_a_service_has_not_seen_of_the_others(handlers):
    """A service that has read nothing of the log knows of no request and no decision."""
    warnings = Counter(
        (service_of(event), warning["code"])
        for event in seed_events()
        for warning in handlers[service_of(event)].handle(event, IMPORTER).warnings
    )

    assert warnings == {("decisions", "no-request"): 3, ("settlements", "no-decision"): 849}


def test_what_is_released_is_what_was_published(world):
    for event in seed_events():
        name = event["type"].removeprefix("no.bosatt.").removesuffix(".v1")
        data = event["data"]
        subject = event.get("subject")
        if name == "need.announced":
            subject = f"NO/{data['year']}"
        world.journal.append([world.journal.compose(name, data, origin=event["origin"], subject=subject)])
    world.publish()

    oslo = world.totals("0301", 2024)
    assert (oslo.settled, oslo.quota, oslo.remaining, oslo.requested) == (849, 1650, 801, 1650)
    assert (oslo.requested_originally, oslo.not_placed_in_district) == (None, 0)
    assert world.breakdown("0301", Dimension.SEX) == {"female": 416, "male": 433}
    assert world.breakdown("NO", Dimension.COUNTRY_OF_ORIGIN) == {"UKR": 638, "XXX": 211}
    country = world.totals("NO", 2020)
    assert (country.announced, country.announced_originally) == (3600, 5120)
    assert world.totals("0301", 2020).spare_capacity == 73
    assert [figure.persons for figure in world.figures("NO", 2016)] == [15291]
    assert world.totals("NO", 2016).settled is None
