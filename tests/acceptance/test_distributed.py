"""The topology on one machine: Kafka, two PostgreSQL servers, and eleven processes of ours."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.distributed import (
    EVERYTHING,
    SERVICES,
    DistributedSystem,
    need_servers,
    says_ready,
    wait_until_gone,
)
from tests.acceptance.ledger import Ledger

OSLO = '{ region(code: "0301") { totals(year: 2024) { settled quota remaining } } }'
PUBLISHED = {"region": {"totals": {"settled": 849, "quota": 1650, "remaining": 801}}}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DistributedSystem]:
    need_servers()
    with DistributedSystem(tmp_path_factory.mktemp("distributed") / "data") as running:
        yield running.wait_until_ready()
        running.interrupt()


def test_the_published_figures_are_loaded_and_answered(system: DistributedSystem) -> None:
    assert system.ask(OSLO) == PUBLISHED
    assert set(system.pids()) == set(EVERYTHING)


@pytest.mark.timeout(900)
def test_a_kill_of_each_process_in_turn_loses_and_doubles_nothing(system: DistributedSystem) -> None:
    before = {service: system.stored(service)[0] for service in SERVICES}
    ledger = Ledger(system)

    with ledger.posting():
        for name in EVERYTHING:
            system.kill_one(name)

    assert ledger.total() > 0
    assert ledger.retries > 0
    system.wait_for(ledger.query(), ledger.expected(), seconds=120)
    for service in SERVICES:
        every, different = system.stored(service)
        assert every == different == before[service] + ledger.posted[service]
    assert system.ask(OSLO) == PUBLISHED
    checked = system.command_on_its_servers("check")
    assert checked.returncode == 0, checked.stdout
    assert "request.failed" not in system.everything_said()
    assert "Traceback" not in system.output


def test_the_front_tells_of_the_whole(system: DistributedSystem) -> None:
    system.wait_until_ready()

    assert says_ready(system)["status"] == "ready"
    assert httpx.get(f"{system.url}/health/live").json() == {"status": "live"}
    assert "bosatt_build_info" in httpx.get(f"{system.url}/metrics").text


@pytest.mark.timeout(600)
def test_after_a_kill_of_the_whole_nothing_is_left_and_it_starts_again(tmp_path: Path) -> None:
    need_servers()
    with DistributedSystem(tmp_path / "data", seeds=False) as system:
        system.wait_until_ready()
        ledger = Ledger(system)
        with ledger.posting(threads=2):
            while ledger.total() < 30:
                time.sleep(0.1)
            pids = list(system.pids().values())
            system.kill()
            wait_until_gone(pids)
            system.start().wait_until_ready()

        system.wait_for(ledger.query(), ledger.expected(), seconds=60)
        pids = list(system.pids().values())
        assert system.interrupt() == 0
        wait_until_gone(pids, seconds=1)
        assert system.output.rstrip().endswith("Stopped.")
