"""A configured broker that can't be reached: events are taken, up to a cap, and passed on when it is back."""

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.running.servers import CantStart
from services.running.servers.kafka import KafkaBrokers
from services.running.servers.ports import free_ports
from tests.acceptance.one_process import OneProcess
from tests.servers.needed import give_up

CAP = 100
SETTLED = '{ region(code: "4601") { totals(year: 2025) { settled } } }'


def settled(person: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": person,
        "source": "urn:test:vendor",
        "type": "no.bosatt.person.settled.v1",
        "subject": person,
        "data": {"municipality": "4601", "settledOn": "2025-02-03"},
    }


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[KafkaBrokers]:
    """A broker whose address is known, and that was not started."""
    made = KafkaBrokers(tmp_path / "kafka")
    yield made
    made.stop()


def test_events_are_taken_up_to_the_cap_and_counted_once_the_broker_is_there(
    tmp_path: Path, brokers: KafkaBrokers
) -> None:
    system = OneProcess(
        tmp_path / "data", "run", BOSATT_KAFKA=brokers.bootstrap, BOSATT_BACKLOG_EVENTS=str(CAP)
    )
    with system, httpx.Client(base_url=system.url, timeout=30) as client:
        system.wait_until_ready()
        client.headers = httpx.Headers(
            {
                "Authorization": f"Bearer {system.token('4601')}",
                "Content-Type": "application/cloudevents+json",
            }
        )

        def post(event: dict[str, Any], **query: str) -> httpx.Response:
            return client.post("/settlements/v1/events", json=event, params=query)

        events = [settled(str(uuid.uuid4())) for _ in range(CAP + 1)]
        accepted = [post(event).status_code for event in events[:CAP]]
        refused = post(events[CAP])
        again, rehearsed = post(events[0]), post(events[CAP], dryRun="true")

        assert accepted == [201] * CAP
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:bosatt:problem:backlog")
        assert int(refused.headers["Retry-After"]) > 0
        assert (again.status_code, again.json()["status"]) == (200, "duplicate")
        assert rehearsed.status_code == 201
        # The service can do its work, so it is ready; nothing was written to a log of another kind.
        assert system.readiness() == 200
        assert not (tmp_path / "data" / "log.db").exists()
        metrics = httpx.get(f"{system.ops_url}/metrics").text
        assert f'bosatt_outbox_pending_events{{service="settlements"}} {CAP}.0' in metrics

        try:
            brokers.start()
        except CantStart as error:
            give_up("Kafka", str(error))
        deadline = time.monotonic() + 60
        while post(events[CAP]).status_code != 201:
            assert time.monotonic() < deadline, system.output
            time.sleep(0.1)
        system.wait_for(SETTLED, {"region": {"totals": {"settled": CAP + 1}}}, seconds=60)
        assert system.interrupt() == 0
    assert "Traceback" not in system.output


def test_a_service_begins_without_its_database_and_works_once_it_is_there(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    service = OneProcess(
        tmp_path / "data",
        "serve",
        "settlements",
        BOSATT_DATABASE_URL_SETTLEMENTS=f"postgresql://nobody@127.0.0.1:{port}/settlements",
    )

    with service:
        while (reason := service.why_not_ready()) != "waiting for the database of settlements":
            assert reason in (None, "starting"), reason
            assert service.process is not None
            assert service.process.poll() is None, service.output
            time.sleep(0.05)
        posted = service.post("settlements", settled(str(uuid.uuid4())), "4601")
        live = httpx.get(f"{service.ops_url}/health/live")
        service.terminate()
        code = service.ended()

    assert (posted.status_code, posted.json()["type"]) == (503, "urn:bosatt:problem:starting")
    assert live.status_code == 200
    assert code == 0
    assert "Traceback" not in service.output
