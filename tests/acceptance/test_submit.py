"""``bosatt submit`` as a process: killed, run again, and patient with a system that goes away."""

import re
import subprocess
import sys
import time
from pathlib import Path

from services.running.servers.children import start_child
from tests.acceptance.running import RunningSystem

ROWS = 4_000
SETTLED = '{ region(code: "0301") { totals(year: 2024) { settled } } }'
ALL = {"region": {"totals": {"settled": ROWS}}}


def sheet_in(directory: Path) -> Path:
    path = directory / "settlements.csv"
    lines = (f"2024/{number};0301;2024-{1 + number % 6:02d}-{1 + number % 28:02d}" for number in range(ROWS))
    path.write_text("Referanse;Kommune;Bosatt dato\n" + "\n".join(lines))
    return path


def begun(system: RunningSystem, sheet: Path) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "services.cli", "submit", str(sheet), "--as", "0301"]
    return start_child(words, sheet.with_suffix(".out"), system.environment)


def wait_until_some_are_stored(system: RunningSystem, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        answer = system._asked(SETTLED)
        if answer.status_code == 200 and (system._data_of(answer)["region"]["totals"]["settled"] or 0) > 0:
            return
        assert process.poll() in (None, 0)
        time.sleep(0.01)
    raise AssertionError("nothing was stored")


def counts_in(told: str) -> tuple[int, int]:
    found = re.search(r"Stored: (\d+) new, (\d+) were there before, 0 rejected", told)
    assert found is not None, told
    return int(found[1]), int(found[2])


def test_killed_and_run_again_every_row_is_stored_once(empty: RunningSystem, tmp_path: Path) -> None:
    sheet = sheet_in(tmp_path)
    process = begun(empty, sheet)
    wait_until_some_are_stored(empty, process)
    process.kill()
    process.wait(30)

    again = empty.command("submit", str(sheet), "--as", "0301")

    assert again.returncode == 0, again.stderr
    new, there = counts_in(again.stdout)
    assert new + there == ROWS
    assert there > 0
    empty.wait_for(SETTLED, ALL, seconds=60)


def test_a_system_that_goes_away_is_waited_for(empty: RunningSystem, tmp_path: Path) -> None:
    sheet = sheet_in(tmp_path)
    process = begun(empty, sheet)
    wait_until_some_are_stored(empty, process)
    empty.kill()
    empty.start().wait_until_ready()

    assert process.wait(240) == 0, sheet.with_suffix(".out").read_text()

    assert sum(counts_in(sheet.with_suffix(".out").read_text())) == ROWS
    empty.wait_for(SETTLED, ALL, seconds=60)
