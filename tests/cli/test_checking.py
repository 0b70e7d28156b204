"""``bosatt check`` on the files of a system."""

import logging
import sqlite3
from contextlib import ExitStack, closing

import orjson
import pytest
from click.testing import CliRunner

from services.chassis.settings import read_settings
from services.cli import main
from tests.running.checking.system import System, person


@pytest.fixture
def system(tmp_path, monkeypatch):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    monkeypatch.setenv("BOSATT_LOG_LEVEL", "error")
    with ExitStack() as stack:
        yield System(read_settings(), stack)


def bosatt(*words):
    logging.getLogger().handlers.clear()
    return CliRunner().invoke(main, ["check", *words])


def change(folder, database, statement):
    with closing(sqlite3.connect(folder / database)) as connection, connection:
        assert connection.execute(statement).rowcount >= 1


def test_where_all_agrees_it_says_so_and_ends_well(system):
    system.tell_a_story()

    result = bosatt()

    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.stdout.splitlines()[1:6]] == [
        "versions",
        "stores",
        "released",
        "sums",
        "published",
    ]
    assert result.stdout.count("agrees") == 4
    assert "1 agree, 0 of the differences not explained, 1 hidden by their source" in result.stdout


def test_what_does_not_agree_is_told_with_both_numbers_and_an_exit_code_of_its_own(system, tmp_path):
    system.tell_a_story()
    change(tmp_path, "projection.db", "UPDATE totals SET value = 9 WHERE region = '03' AND measure = 'quota'")

    result = bosatt("--only", "stores")
    in_json = bosatt("--only", "stores", "--only", "versions", "--json")

    assert (result.exit_code, in_json.exit_code) == (3, 3)
    assert "DOES NOT AGREE" in result.stdout
    assert "region=03 year=2024 measure=quota" in result.stdout
    told = orjson.loads(in_json.stdout)
    assert (told["consistent"], [one["check"] for one in told["checks"]]) == (False, ["versions", "stores"])
    assert told["checks"][1]["listed"] == [
        {
            "what": "total",
            "where": {"region": "03", "year": 2024, "measure": "quota", "origin": ""},
            "found": 9,
            "expected": 95,
        }
    ]


def test_a_difference_from_a_published_figure_is_no_error_and_says_what_may_explain_it(system):
    system.tell_a_story()
    figure = {"region": "NO", "year": 2024, "measure": "settled", "status": "exact", "persons": 900}
    system.post("figure.published", figure | {"publishedOn": "2025-01", "sourceName": "IMDi: 2024"})
    system.settle()

    result = bosatt("--only", "published")
    told = orjson.loads(bosatt("--only", "published", "--json").stdout)["checks"][0]

    assert result.exit_code == 0
    assert "IMDi: 2024" in result.stdout
    assert (told["compared"], told["agree"], told["hidden"]) == (2, 1, 1)
    assert told["listed"] == [
        {
            "what": "persons",
            "where": {"region": "NO", "year": 2024, "measure": "settled"},
            "ours": 6,
            "theirs": 900,
            "source": "IMDi: 2024",
            "why": ["the source hides numbers inside", "not every municipality has reported"],
        }
    ]


def test_where_there_is_nothing_it_says_so_and_makes_no_files(tmp_path, monkeypatch):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))

    result = bosatt()

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.strip().startswith("Nothing was checked. There is nothing of Bosatt in")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_used_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    (tmp_path / "settlements.db").write_bytes(b"no database at all" * 100)

    result = bosatt()

    assert result.exit_code == 1
    assert "Nothing was checked. A database can't be used: file is not a database" in result.stderr


def test_what_cannot_be_reached_is_named_and_the_rest_is_checked(system, tmp_path):
    system.tell_a_story()
    (tmp_path / "decisions.db").rename(tmp_path / "elsewhere.db")

    result = bosatt()

    assert result.exit_code == 0
    assert "stores: Not compared: decisions can't be reached from here." in result.stdout
    assert "not checked" in result.stdout


def test_it_writes_nothing(system, tmp_path):
    system.tell_a_story()
    system.settle_person(50, sex="female")
    before = everything(tmp_path)

    bosatt()

    assert everything(tmp_path) == before


def test_it_says_nothing_about_a_person(system, tmp_path):
    system.tell_a_story()
    change(tmp_path, "settlements.db", f"DELETE FROM events WHERE subject = '{person(2)}' AND version = 1")

    result = bosatt("--json")

    assert result.exit_code == 3
    assert person(2) in result.stdout
    assert "alternativeReceptionPlace" not in result.stdout


def test_another_check_than_there_are_is_wrong_use():
    assert bosatt("--only", "weather").exit_code == 2


def everything(folder):
    found = {}
    for file in sorted(folder.glob("*.db")):
        with closing(sqlite3.connect(file)) as connection:
            found[file.name] = list(connection.iterdump())
    return found
