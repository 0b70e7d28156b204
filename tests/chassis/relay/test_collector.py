"""What a scrape tells of an outbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.database import Database
from services.chassis.metrics import REGISTRY
from services.chassis.relay import collector
from services.chassis.relay.collector import watch_outbox
from tests.chassis.relay.bench import OSLO, SERVICE, Bench

NOON = 1_717_243_200.0


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    collector._OUTBOXES.watched.clear()


def scrape(service: str = SERVICE) -> tuple[float | None, float | None]:
    return (
        REGISTRY.get_sample_value("bosatt_outbox_pending_events", {"service": service}),
        REGISTRY.get_sample_value("bosatt_outbox_oldest_pending_timestamp_seconds", {"service": service}),
    )


def test_events_are_pending_from_their_recording_to_their_acknowledgement(bench: Bench) -> None:
    watch_outbox(SERVICE, bench.store.database)
    relay = bench.relay(batch=2)
    before = scrape()
    bench.append(OSLO)
    bench.clock.move(60)
    bench.append(OSLO, OSLO)

    all_wait = scrape()
    relay.step()
    one_waits = scrape()
    relay.step()

    assert before == (0, None)
    assert all_wait == (3, NOON)
    assert one_waits == (1, pytest.approx(NOON + 60))
    assert scrape() == (0, None)


def test_of_a_store_that_can_not_be_read_nothing_is_made_up(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    watch_outbox("unreadable", database)

    assert scrape("unreadable") == (None, None)
    database.close()
