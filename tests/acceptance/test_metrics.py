"""What an operator sees while the published figures load."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests.acceptance.running import RunningSystem

EXPECTED = {
    "bosatt_http_request_duration_seconds_bucket",
    "bosatt_http_requests_in_flight",
    "bosatt_commands_total",
    "bosatt_commands_rejected_total",
    "bosatt_outbox_pending_events",
    "bosatt_outbox_oldest_pending_timestamp_seconds",
    "bosatt_relay_leader",
    "bosatt_relay_published_total",
    "bosatt_consumer_lag_records",
    "bosatt_consumer_duplicates_total",
    "bosatt_log_gaps_total",
    "bosatt_projection_staleness_seconds",
    "bosatt_projection_last_commit_timestamp_seconds",
    "bosatt_event_to_projected_seconds_bucket",
    "bosatt_heartbeat_projected_timestamp_seconds",
    "bosatt_release_published_timestamp_seconds",
    "bosatt_release_cells_withheld",
    "bosatt_graphql_operations_total",
    "bosatt_graphql_duration_seconds_bucket",
    "bosatt_graphql_rejected_total",
    "bosatt_country_persons",
    "bosatt_build_info",
}
"""The metrics of the design that have a meaning yet; dead letters come with the events parked there."""


def names(text: str) -> set[str]:
    return {line.split("{")[0].split(" ")[0] for line in text.splitlines() if line[:1] not in ("", "#")}


def test_every_metric_is_there_and_moves_while_the_figures_load(tmp_path: Path) -> None:
    system = RunningSystem(tmp_path / "data").start()
    seen: set[str] = set()
    status = None

    while status != 200:
        status = system.readiness()
        if status is not None:
            seen |= names(httpx.get(f"{system.url}/metrics").text)
        assert system.process is not None
        assert system.process.poll() is None, system.output
        time.sleep(0.05)
    scraped = httpx.get(f"{system.url}/metrics").text
    system.interrupt()

    seen |= names(scraped)
    assert seen >= EXPECTED, EXPECTED - seen
    assert (
        'bosatt_commands_total{outcome="accepted",service="settlements",type="person.settled"} 849.0'
        in scraped
    )
    assert 'bosatt_relay_leader{service="requests"} 1.0' in scraped
    assert 'bosatt_country_persons{measure="settled",year="2024"} 849.0' in scraped


def test_promtool_finds_nothing_to_mend(seeded: RunningSystem) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        assert not os.environ.get("CI"), "promtool is missing: install Debian's package prometheus"
        pytest.skip("promtool is missing: install Debian's package prometheus to run this")

    checked = subprocess.run(
        [promtool, "check", "metrics"],
        input=httpx.get(f"{seeded.url}/metrics").text,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_loading_is_told_by_readiness(tmp_path: Path) -> None:
    system = RunningSystem(tmp_path / "data").start()
    answers = []
    while not answers or answers[-1][0] != 200:
        try:
            answer = httpx.get(f"{system.url}/health/ready")
            answers.append((answer.status_code, answer.json().get("reason")))
        except httpx.TransportError:
            time.sleep(0.02)
    system.interrupt()

    assert (503, "loading") in answers
    assert answers[-1] == (200, None)
