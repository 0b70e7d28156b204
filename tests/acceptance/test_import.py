"""``bosatt import imdi`` as a process: into an empty system, beside the seeds, killed and run again."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.running.servers.children import start_child
from tests.acceptance.running import RunningSystem
from tests.importing.files import REAL, file_of, needs_real_file

YEARS = (2016, 2017, 2018, 2019)
CODES = ("1201", "0301", "1103", "1804", "9999")
PERSONS = 400
ALL = {"region": {"totals": {"settled": PERSONS * len(CODES)}}}


def settled_in(year: int) -> str:
    return f'{{ region(code: "NO") {{ totals(year: {year}) {{ settled }} }} }}'


def file_in(directory: Path, *lines: str) -> Path:
    path = directory / "figures.csv"
    path.write_bytes(file_of(*lines).getvalue())
    return path


def large_file_in(directory: Path) -> Path:
    return file_in(
        directory,
        *(f"{code},{year},settled,{PERSONS}" for year in YEARS for code in CODES),
        "0301,2016,decided,7",
    )


def begun(system: RunningSystem, file: Path, *words: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "services.cli", "import", "imdi", str(file), "--language", "en", *words]
    return start_child(command, file.with_suffix(".out"), system.environment)


def told(file: Path) -> str:
    return file.with_suffix(".out").read_text()


def done(system: RunningSystem, file: Path, *words: str, seconds: float = 120) -> str:
    """What an import tells that ends well."""
    assert begun(system, file, *words).wait(seconds) == 0, told(file)
    return told(file)


def wait_until_some_are_stored(system: RunningSystem, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = system._asked(settled_in(YEARS[0]))
        if answer.status_code == 200 and (system._data_of(answer)["region"]["totals"]["settled"] or 0) > 0:
            return
        assert process.poll() in (None, 0)
        time.sleep(0.01)
    raise AssertionError("nothing was stored")


def assert_all_are_there_once(system: RunningSystem) -> None:
    for year in YEARS:
        system.wait_for(settled_in(year), ALL, seconds=60)


def classes_in(text: str) -> dict[str, int]:
    found = re.findall(r"^  (\D+?) +(\d+)$", text, re.MULTILINE)
    return {name: int(count) for name, count in found}


def test_an_import_ends_when_all_is_released_and_is_done_once(empty: RunningSystem, tmp_path: Path) -> None:
    file = file_in(
        tmp_path, "0301,2016,requested,1000", "0301,2016,decided,1000", "0301,2016,settled,13", "4601,2016,settled,0",
        "4601,2016,requested,,suppressed", "1214,2003,requested,9", "1601,2018,settled,4", "0301,2015,settled,,missing",
    )  # fmt: skip

    first = done(empty, file, "--map-retired")

    answer = empty.ask(
        '{ region(code: "0301") { totals(year: 2016) { requested decided settled origins } } }'
    )
    assert answer["region"]["totals"] == {
        "requested": 1000,
        "decided": 1000,
        "settled": 13,
        "origins": ["IMPORTED"],
    }
    assert classes_in(first) == {
        "imported": 4, "nought": 1, "suppressed": 1, "missing": 1, "before validity": 0, "after validity": 0,
        "unknown code": 1, "in all": 8,
    }  # fmt: skip
    assert "Stored: 23 new, 0 were there before, 0 refused." in first
    assert "To post: 0 events." in done(empty, file, "--map-retired")


def test_a_dry_run_stores_nothing(empty: RunningSystem, tmp_path: Path) -> None:
    file = file_in(tmp_path, "0301,2016,settled,13")

    assert "14 would be stored" in done(empty, file, "--dry-run")
    assert "To post: 14 events" in done(empty, file, "--dry-run")


def test_a_file_that_is_not_imdis_is_refused_whole(empty: RunningSystem, tmp_path: Path) -> None:
    file = file_in(tmp_path, "0301,2016,settled,13", "0301,2017,settled,-13")

    assert begun(empty, file).wait(60) == 2

    assert "Line 3: “-13” is not a whole number" in told(file)
    assert "Nothing was stored." in told(file)
    assert "To post: 14 events" in done(empty, file_in(tmp_path, "0301,2016,settled,13"), "--dry-run")


def test_killed_and_run_again_everything_is_there_once(empty: RunningSystem, tmp_path: Path) -> None:
    file = large_file_in(tmp_path)
    process = begun(empty, file)
    wait_until_some_are_stored(empty, process)
    process.kill()
    process.wait(30)

    again = done(empty, file)

    assert "Another number" not in again
    assert_all_are_there_once(empty)


def test_interrupted_it_says_what_stands_and_the_next_goes_on(empty: RunningSystem, tmp_path: Path) -> None:
    file = large_file_in(tmp_path)
    process = begun(empty, file)
    wait_until_some_are_stored(empty, process)
    process.send_signal(signal.SIGINT)

    code = process.wait(60)

    # On a quick machine it may have been done already.
    assert (code == 130 and "events are stored. Run the same again" in told(file)) or code == 0, told(file)
    done(empty, file)
    assert_all_are_there_once(empty)


def test_a_system_that_goes_away_is_waited_for(empty: RunningSystem, tmp_path: Path) -> None:
    file = large_file_in(tmp_path)
    process = begun(empty, file)
    wait_until_some_are_stored(empty, process)
    empty.kill()
    empty.start().wait_until_ready()

    assert process.wait(120) == 0, told(file)

    assert_all_are_there_once(empty)


@pytest.fixture
def with_seeds(tmp_path: Path):
    with RunningSystem(tmp_path / "data") as system:
        yield system.wait_until_ready()


def test_beside_the_seeds_other_numbers_are_left_or_revised_as_told(
    with_seeds: RunningSystem, tmp_path: Path
) -> None:
    asked = '{ region(code: "0301") { totals(year: 2016) { requested } } }'
    before = with_seeds.ask(asked)
    there = before["region"]["totals"]["requested"]
    file = file_in(tmp_path, f"0301,2016,requested,{there + 50}", "0301,2024,settled,900")

    left = done(with_seeds, file)

    assert "Left as they are: 2, revised: 0." in left
    assert f"0301 Oslo 2016 requested: {there} there, {there + 50} in the file, left as it is." in left
    assert "0301 Oslo 2024 settled: 849 there, 900 in the file, left as it is." in left
    assert with_seeds.ask(asked) == before

    done(with_seeds, file, "--existing", "revise")

    assert with_seeds.ask(asked) == {"region": {"totals": {"requested": there + 50}}}
    oslo = '{ region(code: "0301") { totals(year: 2024) { settled origins } } }'
    assert with_seeds.ask(oslo) == {
        "region": {"totals": {"settled": 900, "origins": ["IMPORTED", "SYNTHETIC"]}}
    }
    assert "To post: 0 events." in done(with_seeds, file, "--existing", "revise")


@needs_real_file
def test_27_years_of_real_figures(empty: RunningSystem, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    file.symlink_to(REAL)

    classes = classes_in(done(empty, file, "--map-retired", seconds=400))

    assert classes.pop("in all") == sum(classes.values()) == 35_481
    fields = "settled requested requestedOriginally coverage { complete notStated }"
    totals = {
        year: empty.ask(f'{{ region(code: "NO") {{ totals(year: {year}) {{ {fields} }} }} }}')["region"][
            "totals"
        ]
        for year in (2012, 2015, 2018, 2020)
    }
    assert [totals[year]["settled"] for year in (2012, 2015, 2018)] == [5_757, 11_342, 4_766]
    assert totals[2015]["coverage"] == {"complete": True, "notStated": 74}
    assert totals[2018]["coverage"]["complete"] is False
    assert (totals[2020]["requested"], totals[2020]["requestedOriginally"]) == (3_602, 5_120)
    oslo = empty.ask('{ region(code: "0301") { totals(year: 2016) { requested decided settled } } }')
    assert oslo["region"]["totals"] == {"requested": 1_000, "decided": 1_000, "settled": 913}
    assert empty.ask('{ region(code: "5001") { totals(year: 2018) { settled } } }')["region"]["totals"][
        "settled"
    ]
    assert "To post: 0 events." in done(empty, file, "--map-retired")
