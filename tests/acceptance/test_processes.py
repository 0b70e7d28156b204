"""Services, relays and projectors as processes of their own, as an orchestrator meets them."""

import time
import uuid
from pathlib import Path

import httpx
import pytest

from tests.acceptance.one_process import OneProcess
from tests.acceptance.test_broker_away import settled


def test_told_to_stop_a_service_is_first_not_ready_and_still_answers(tmp_path: Path) -> None:
    with OneProcess(tmp_path / "data", "serve", "settlements", BOSATT_DRAIN_SECONDS="3") as service:
        service.wait_until_ready()
        service.token("4601")

        service.terminate()
        while service.why_not_ready() != "stopping":
            time.sleep(0.01)
        posted = service.post("settlements", settled(str(uuid.uuid4())), "4601")

        assert posted.status_code == 201
        assert service.ended() == 0
        assert "Traceback" not in service.output


@pytest.mark.parametrize(
    "words",
    [("serve", "decisions"), ("serve", "opendata"), ("serve", "upload"), ("relay", "requests"), ("project",)],
)
def test_each_tells_operators_on_their_port_and_ends_cleanly(tmp_path: Path, words: tuple[str, ...]) -> None:
    make_topics(tmp_path / "data")
    with OneProcess(tmp_path / "data", *words) as process:
        process.wait_until_ready()

        metrics = httpx.get(f"{process.ops_url}/metrics")
        live = httpx.get(f"{process.ops_url}/health/live")
        process.terminate()

        assert "bosatt_build_info" in metrics.text
        assert live.json() == {"status": "live"}
        assert process.ended() == 0
        assert "Traceback" not in process.output


def test_metrics_are_not_where_the_public_is(tmp_path: Path) -> None:
    with OneProcess(tmp_path / "data", "serve", "opendata") as service:
        service.wait_until_ready()

        answers = [httpx.get(f"{service.url}/{path}").status_code for path in ("metrics", "health/ready")]

    assert answers == [404, 404]


def test_a_relay_without_its_topic_is_not_ready_and_says_why(tmp_path: Path) -> None:
    with OneProcess(tmp_path / "data", "relay", "requests") as relay:
        while "bosatt.requests" not in (relay.why_not_ready() or ""):
            assert relay.process is not None
            assert relay.process.poll() is None, relay.output
            time.sleep(0.05)
        make_topics(tmp_path / "data")

        relay.wait_until_ready()


def test_off_loopback_a_service_with_the_local_issuer_does_not_start(tmp_path: Path) -> None:
    with OneProcess(tmp_path / "data", "serve", "requests", BOSATT_HOST="0.0.0.0") as service:
        assert service.ended() == 2
        assert "local issuer" in service.output


def make_topics(data: Path) -> None:
    with OneProcess(data, "topics", "create") as made:
        assert made.ended() == 0, made.output
