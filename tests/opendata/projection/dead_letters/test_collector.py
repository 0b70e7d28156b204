"""What scrapes tell of events that are set aside."""

import pytest

from services.chassis.database import Database
from services.chassis.metrics import REGISTRY
from services.opendata.projection.dead_letters import collector
from services.opendata.projection.dead_letters.collector import watch_dead_letters
from tests.opendata.projection.journal import person


@pytest.fixture(autouse=True)
def _watched_for_this_test_only(monkeypatch):
    monkeypatch.setattr(collector._DEAD_LETTERS, "watched", None)


def told(name="bosatt_deadletter_events", topic="bosatt.settlements"):
    return REGISTRY.get_sample_value(name, {"topic": topic})


def test_nothing_is_told_of_what_is_not_watched():
    assert told() is None


def test_parked_and_held_events_are_told_by_topic_and_dropped_ones_are_not(world, desk, mend):
    watch_dead_letters(world.projection)
    none = told(), told("bosatt_deadletter_held_events"), told(topic="bosatt.requests")
    desk.poison(person(1))
    world.journal.settle(1)
    world.journal.post("settlement.withdrawn", {}, subject=person(1))
    desk.poison(person(2))
    desk.spoil("request.issued", {"municipality": "0301", "year": 2024, "persons": 1, "issuedOn": "2024"})
    world.project()
    some = told(), told("bosatt_deadletter_held_events"), told(topic="bosatt.requests")
    mend()
    desk.retry(next(row for row in desk.rows() if row.topic == "bosatt.requests"))
    desk.drop(next(row for row in desk.rows("parked") if row.subject == person(2)))
    desk.act()

    assert none == (0, 0, 0)
    assert some == (2, 2, 1)
    assert (told(), told("bosatt_deadletter_held_events"), told(topic="bosatt.requests")) == (1, 2, 0)


def test_a_database_that_cannot_be_read_is_told_by_absence(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/none.db")
    watch_dead_letters(database)

    assert told() is None
    database.close()
