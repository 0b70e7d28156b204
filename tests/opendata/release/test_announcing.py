"""Releases told on the log: at most one a second, the last one never lost, each once."""

from types import SimpleNamespace

import orjson
import pytest
from sqlalchemy import select

from services.chassis.store.tables import events
from services.contract.event_types import EVENT_TYPES
from services.opendata.release import announcing


@pytest.fixture
def clock(monkeypatch):
    """Seconds that stand still until they are moved."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(announcing, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def announced(world):
    with world.own_store.database.read() as connection:
        rows = connection.scalars(select(events.c.content).order_by(events.c.position))
        return [orjson.loads(content) for content in rows]


def settle_and_publish(world, number):
    world.journal.settle(number)
    world.publish()


def numbers(world):
    return [event["data"]["release"] for event in announced(world)]


@pytest.fixture(autouse=True)
def _own_store_has_tables(world):
    world.own_store.migrate()


def test_a_release_is_an_event_with_the_marks_that_it_contains(world, clock):
    settle_and_publish(world, 1)
    world.journal.heartbeats(world.journal.last_recorded)

    world.releaser.step()
    clock.now += 1
    world.releaser.step()

    first, second = announced(world)
    assert (first["type"], first["subject"], first["id"]) == ("no.bosatt.release.published.v1", "1", "1")
    assert first["data"]["dataThrough"] is None
    assert second["data"]["dataThrough"] == world.journal.last_recorded
    assert (second["data"]["policy"], second["data"]["release"]) == ("exact", "2")
    told = {
        (one["topic"], one["generation"], one["partition"]): one["sequence"] for one in first["data"]["marks"]
    }
    assert told == {
        (partition.topic.topic, partition.topic.generation, partition.number): mark.sequence
        for partition, mark in world.marks_of_a_release().items()
    }


def test_the_event_fits_its_schema(world, clock):
    settle_and_publish(world, 1)

    (event,) = announced(world)

    assert EVENT_TYPES[event["type"]].loader.validate(event["data"]) == {}


def test_at_most_one_a_second_is_announced_and_the_last_one_always(world, clock):
    for number in range(5):
        settle_and_publish(world, number)
        clock.now += 0.3
    in_the_burst = numbers(world)
    clock.now += 1

    world.releaser.step()

    # After 0 s and after 1.2 s; then the last, though nothing new was released.
    assert in_the_burst == ["1", "5"]
    assert numbers(world) == ["1", "5"]


def test_the_last_release_of_a_burst_is_announced_once_the_second_is_over(world, clock):
    for number in range(3):
        settle_and_publish(world, number)
    before = numbers(world)
    clock.now += 1

    released = world.releaser.step()

    assert (before, released, numbers(world)) == (["1"], False, ["1", "3"])


def test_what_is_announced_is_announced_once(world, clock):
    settle_and_publish(world, 1)

    for _ in range(3):
        clock.now += 2
        world.releaser.step()

    assert numbers(world) == ["1"]


def test_after_a_crash_between_release_and_announcement_it_is_announced(world, clock):
    settle_and_publish(world, 1)
    settle_and_publish(world, 2)

    restarted = world.new_releaser()
    restarted.step()

    assert numbers(world) == ["1", "2"]


def test_after_a_crash_behind_the_announcement_it_is_not_announced_again(world, clock):
    settle_and_publish(world, 1)

    for _ in range(2):
        world.new_releaser().step()

    assert numbers(world) == ["1"]


def test_without_a_release_there_is_nothing_to_announce(world, clock):
    announcing.Announcer(world.released, world.own_store).announce_due()

    assert numbers(world) == []
