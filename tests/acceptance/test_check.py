"""``bosatt check`` beside a running system, and what the system finds by itself."""

import json
import time
from pathlib import Path

import httpx

from tests.acceptance.ledger import Ledger
from tests.acceptance.running import RunningSystem

LONGEST = 60.0
CHECKS = {"versions", "stores", "released", "sums", "published"}


def told(system: RunningSystem, name: str) -> dict[str, float]:
    """A metric's values by check."""
    lines = httpx.get(f"{system.url}/metrics").text.splitlines()
    found = (line.split(" ") for line in lines if line.startswith(f"{name}{{"))
    return {labelled.split('"')[1]: float(value) for labelled, value in found}


def test_the_published_figures_agree_but_for_those_that_others_publish_of_what_is_not_ours(
    seeded: RunningSystem,
) -> None:
    checked = seeded.command("check", "--json")

    found = json.loads(checked.stdout)
    assert (checked.returncode, found["consistent"]) == (0, True), checked.stdout
    published = next(one for one in found["checks"] if one["check"] == "published")
    assert published["agree"] >= 16
    assert all(one["why"] for one in published["listed"])
    figure = next(one for one in published["listed"] if one["where"]["year"] == 2018)
    assert (figure["ours"], figure["theirs"], figure["why"]) == (None, 4903, ["nothing is reported to us"])


def test_events_on_their_way_are_no_difference_and_what_is_checked_is_told(tmp_path: Path) -> None:
    system = RunningSystem(tmp_path / "data", seeds=False)
    system.environment["BOSATT_CHECK_INTERVAL"] = "1"
    with system:
        system.wait_until_ready()
        ledger = Ledger(system)
        with ledger.posting(threads=2):
            checks = [system.command("check") for _ in range(3)]
            deadline = time.monotonic() + LONGEST
            while told(system, "bosatt_check_differences").keys() != CHECKS and time.monotonic() < deadline:
                time.sleep(0.1)
        found = told(system, "bosatt_check_differences")
        moments = told(system, "bosatt_check_last_run_timestamp_seconds")
        system.wait_for(ledger.query(), ledger.expected())
        quiet = system.command("check")
        stopped = system.interrupt()

    assert [(one.returncode, one.stdout) for one in checks if one.returncode] == []
    assert found == dict.fromkeys(CHECKS, 0.0)
    assert moments.keys() == CHECKS
    assert (quiet.returncode, stopped) == (0, 0), quiet.stdout
