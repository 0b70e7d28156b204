"""Kill -9 in the middle of the first load, again and again: nothing lost, nothing doubled."""

import random
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.running import RunningSystem

KILLS = 20


def stored(data: Path) -> dict[str, int]:
    """How many events each service holds, and how many of them different; read while it is down."""
    counts = {}
    for service in ("requests", "decisions", "settlements"):
        file = data / f"{service}.db"
        if not file.exists():
            continue
        with sqlite3.connect(file) as connection:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
                every, different = connection.execute(
                    "SELECT count(*), count(DISTINCT source || ' ' || event_id) FROM events"
                ).fetchone()
                assert every == different
                counts[service] = every
        connection.close()
    return counts


@pytest.mark.timeout(600)
def test_twenty_kills_during_the_first_load_lose_and_double_nothing(tmp_path: Path) -> None:
    system = RunningSystem(tmp_path / "data")
    chance = random.Random()
    seed = chance.randrange(2**32)
    chance.seed(seed)
    held: dict[str, int] = {}
    ledger = Ledger(system)

    for _ in range(KILLS):
        system.start()
        while system.readiness() is None:
            assert system.process is not None
            assert system.process.poll() is None, system.output
            time.sleep(0.02)
        with ledger.posting():
            time.sleep(chance.uniform(0.0, 0.6))
            system.kill()
        # What was acknowledged before is never fewer afterwards.
        now = stored(tmp_path / "data")
        assert all(now.get(service, 0) >= count for service, count in held.items()), f"seed {seed}"
        held = now

    system.start().wait_until_ready()
    ledger.settle_the_unknown()
    system.wait_for(
        '{ region(code: "4601") { totals(year: 2025) { settled } } }',
        {"region": {"totals": {"settled": len(ledger.acknowledged) or None}}},
    )
    assert_equal_to_the_published_figures(system)
    system.kill()
    assert sum(stored(tmp_path / "data").values()) == events_of_a_clean_load() + len(ledger.acknowledged)
    assert ledger.acknowledged <= ids_stored(tmp_path / "data")


def ids_stored(data: Path) -> set[str]:
    with sqlite3.connect(data / "settlements.db") as connection:
        found = {row[0] for row in connection.execute("SELECT event_id FROM events")}
    connection.close()
    return found


class Ledger:
    """A client of its own that posts while the system is killed, and knows what was acknowledged."""

    def __init__(self, system: RunningSystem) -> None:
        self.system = system
        self.acknowledged: set[str] = set()
        self.unknown: list[dict[str, Any]] = []
        system.token("4601")

    @contextmanager
    def posting(self) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=self._post_until, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(60)

    def settle_the_unknown(self) -> None:
        """Post what got no answer again, as a client must."""
        for event in self.unknown:
            answer = self.system.post("settlements", event, "4601")
            assert answer.status_code in (200, 201), answer.text
            self.acknowledged.add(event["id"])

    def _post_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            person = str(uuid.uuid4())
            event = {
                "specversion": "1.0",
                "id": person,
                "source": "urn:test:ledger",
                "type": "no.bosatt.person.settled.v1",
                "subject": person,
                "data": {"municipality": "4601", "settledOn": "2025-02-03"},
            }
            try:
                answer = self.system.post("settlements", event, "4601")
            except httpx.TransportError:
                self.unknown.append(event)
                return
            assert answer.status_code == 201, answer.text
            self.acknowledged.add(person)


def events_of_a_clean_load() -> int:
    from services.seeding.events import seed_events

    return sum(1 for _ in seed_events())


def assert_equal_to_the_published_figures(system: RunningSystem) -> None:
    assert system.ask(
        '{ region(code: "0301") { totals(year: 2024) { settled quota remaining notPlacedInDistrict } '
        "breakdown(year: 2024, by: [SEX]) { persons } } "
        'country: region(code: "NO") { totals(year: 2024) { settled } '
        "need: totals(year: 2020) { announced announcedOriginally } published(year: 2016) { persons } } }"
    ) == {
        "region": {
            "totals": {"settled": 849, "quota": 1650, "remaining": 801, "notPlacedInDistrict": 0},
            "breakdown": [{"persons": 416}, {"persons": 433}],
        },
        "country": {
            "totals": {"settled": 849},
            "need": {"announced": 3600, "announcedOriginally": 5120},
            "published": [{"persons": 15291}],
        },
    }


def test_started_again_it_loads_nothing_twice_and_ctrl_c_stops_it_cleanly(tmp_path: Path) -> None:
    system = RunningSystem(tmp_path / "data").start().wait_until_ready()
    assert system.interrupt() == 0
    first = stored(tmp_path / "data")

    system.start().wait_until_ready()
    assert_equal_to_the_published_figures(system)
    assert system.interrupt() == 0

    assert stored(tmp_path / "data") == first
    assert system.output.count("Bosatt is running at") == 2
    assert system.output.count("Loading the published figures") == 1
    assert system.output.rstrip().endswith("Stopped.")
    assert "Traceback" not in system.output
