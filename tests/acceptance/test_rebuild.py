"""``bosatt rebuild`` beside a running system: questions are answered throughout, and nothing is missing."""

import threading
import uuid
from pathlib import Path
from typing import Any

from tests.acceptance.running import RunningSystem

SETTLED = '{ region(code: "4601") { totals(year: 2025) { settled } } }'


def settled() -> dict[str, Any]:
    person = str(uuid.uuid4())
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


def test_it_goes_on_with_the_new_version_while_events_are_posted(empty: RunningSystem) -> None:
    for _ in range(3):
        assert empty.post("settlements", settled(), "4601").status_code == 201
    empty.wait_for(SETTLED, visible(3))
    stop, seen, posted = threading.Event(), [3], [3]

    def use() -> None:
        while not stop.is_set():
            assert empty.post("settlements", settled(), "4601").status_code == 201
            posted[0] += 1
            seen.append(empty.ask(SETTLED)["region"]["totals"]["settled"])

    user = threading.Thread(target=use)
    user.start()
    told = empty.command("rebuild")
    again = empty.command("rebuild")
    stop.set()
    user.join()

    assert (told.returncode, told.stdout) == (0, "Version 2 of the running totals is live.\n"), told.stderr
    assert again.stdout == "Version 3 of the running totals is live.\n", again.stderr
    assert "Folding the log" in told.stderr
    empty.wait_for(SETTLED, visible(posted[0]))
    assert seen == sorted(seen)
    assert posted[0] > 3
    kept = {file.name for file in empty.data.glob("projection*.db")}
    assert kept == {"projection.db", "projection-2.db", "projection-3.db"}


def test_after_a_restart_the_new_version_is_still_live(empty: RunningSystem) -> None:
    assert empty.post("settlements", settled(), "4601").status_code == 201
    empty.wait_for(SETTLED, visible(1))
    assert empty.command("rebuild").returncode == 0
    empty.interrupt()

    empty.start().wait_until_ready()

    assert empty.post("settlements", settled(), "4601").status_code == 201
    empty.wait_for(SETTLED, visible(2))


def test_where_there_is_nothing_to_rebuild_it_says_so(tmp_path: Path) -> None:
    told = RunningSystem(tmp_path / "nowhere").command("rebuild")

    assert told.returncode == 1
    assert told.stderr.strip().startswith("Nothing was rebuilt. There is no projection in")
    assert not (tmp_path / "nowhere").exists()
