"""The country's totals as a metric: what is released, and nothing that is not known."""

import pytest
from prometheus_client import generate_latest

from services.chassis.metrics import REGISTRY
from services.opendata.release import country_metric


@pytest.fixture(autouse=True)
def _watch_nothing_afterwards(monkeypatch):
    monkeypatch.setattr(country_metric._COUNTRY, "watched", None)


def scraped():
    lines = generate_latest(REGISTRY).decode().splitlines()
    return {line for line in lines if line.startswith("bosatt_country_persons{")}


def test_a_scrape_tells_what_is_released_and_known(world):
    country_metric.watch_country(world.published)
    request = {"municipality": "0301", "year": 2024, "persons": 10, "issuedOn": "2024"}
    world.journal.post("request.issued", request)
    world.journal.settle(1)
    world.publish()
    world.journal.settle(2)
    world.project()

    assert scraped() == {
        'bosatt_country_persons{measure="requested",year="2024"} 10.0',
        'bosatt_country_persons{measure="settled",year="2024"} 1.0',
    }


def test_before_the_first_release_and_where_nothing_is_watched_there_is_no_series(world):
    unwatched = scraped()
    country_metric.watch_country(world.published)

    assert (unwatched, scraped()) == (set(), set())
