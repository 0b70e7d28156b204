"""How stale the projection is, asked at each scrape."""

import pytest
from prometheus_client import generate_latest

from services.chassis.clock import utc_now
from services.chassis.metrics import REGISTRY
from services.contract.envelope import read_time
from services.opendata.projection import staleness
from services.opendata.projection.live import Live
from services.opendata.projection.staleness import oldest_unread, watch_projection


@pytest.fixture(autouse=True)
def _watch_nothing_afterwards(monkeypatch):
    monkeypatch.setattr(staleness._STALENESS, "watched", None)


def scraped():
    lines = generate_latest(REGISTRY).decode().splitlines()
    values = [line for line in lines if line.startswith("bosatt_projection_staleness_seconds ")]
    return [float(line.split()[1]) for line in values]


def test_nothing_is_unread_where_all_is_projected(world):
    world.journal.settle(1)
    world.project()

    assert oldest_unread(Live(world.projection).now(), world.log) is None


def test_the_oldest_of_all_partitions_that_is_not_projected_counts(world):
    world.journal.settle(1, "0301")
    world.project()
    oldest = world.journal.settle(2, "4601")
    world.journal.settle(3, "0301")

    assert oldest_unread(Live(world.projection).now(), world.log) == oldest["recordedtime"]


def test_a_scrape_tells_its_age(world):
    event = world.journal.settle(1)
    watch_projection(world.projection, world.log)

    (age,) = scraped()

    assert age == pytest.approx((utc_now() - read_time(event["recordedtime"])).total_seconds(), abs=5)


def test_a_scrape_tells_nought_where_all_is_projected(world):
    watch_projection(world.projection, world.log)

    assert scraped() == [0.0]


def test_where_it_can_not_be_told_there_is_no_series(world):
    world.log.close()
    watch_projection(world.projection, world.log)

    assert scraped() == []


def test_a_process_that_projects_nothing_tells_nothing():
    assert scraped() == []
