"""A store restored from an old back-up is closed, filled from the log, and goes on rightly."""

import shutil
import time
import uuid
from pathlib import Path
from typing import Any

from tests.acceptance.running import RunningSystem

SETTLED = '{ region(code: "4601") { totals(year: 2025) { settled } } }'


def settled(person: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"event-{person}",
        "source": "urn:test:vendor",
        "type": "no.bosatt.person.settled.v1",
        "subject": person,
        "data": {"municipality": "4601", "settledOn": "2025-02-03"},
    }


def visible(count: int) -> dict[str, Any]:
    return {"region": {"totals": {"settled": count}}}


def test_a_store_older_than_the_log_is_closed_until_it_is_restored(tmp_path: Path) -> None:
    data = tmp_path / "data"
    persons = [str(uuid.uuid4()) for _ in range(6)]
    system = RunningSystem(data, seeds=False).start().wait_until_ready()
    for person in persons[:2]:
        assert system.post("settlements", settled(person), "4601").status_code == 201
    system.wait_for(SETTLED, visible(2))
    assert system.interrupt() == 0
    backup = tmp_path / "backup.db"
    shutil.copy(data / "settlements.db", backup)
    system.start().wait_until_ready()
    for person in persons[2:5]:
        assert system.post("settlements", settled(person), "4601").status_code == 201
    system.wait_for(SETTLED, visible(5))
    assert system.interrupt() == 0

    for leftover in data.glob("settlements.db*"):
        leftover.unlink()
    shutil.copy(backup, data / "settlements.db")
    system.start()
    while "settlements is closed" not in (system.why_not_ready() or ""):
        assert system.process is not None
        assert system.process.poll() is None, system.output
        time.sleep(0.05)
    wait_for_status(system, settled(persons[2]), 503)
    told = system.command("restore", "settlements")

    assert (told.returncode, told.stdout) == (0, "3 events restored to settlements from the log.\n")
    wait_for_status(system, settled(persons[2]), 200)
    system.wait_until_ready()
    assert system.post("settlements", settled(persons[5]), "4601").status_code == 201
    system.wait_for(SETTLED, visible(6))
    system.interrupt()


def wait_for_status(system: RunningSystem, event: dict[str, Any], status: int) -> None:
    deadline = time.monotonic() + 20
    while (answer := system.post("settlements", event, "4601")).status_code != status:
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)
