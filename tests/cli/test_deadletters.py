"""``bosatt deadletters`` beside a system that runs, on files."""

import hashlib
import logging
import sqlite3
from contextlib import closing

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from services.chassis.store.tables import events
from services.cli import main
from services.contract.event_types import EVENT_TYPES
from services.opendata.projection import effects
from services.opendata.projection.dead_letters.collector import _DEAD_LETTERS
from services.opendata.projection.live_projector import LiveProjector
from services.opendata.projection.staleness import _STALENESS
from services.opendata.projection.storage import migrate_projection
from services.running import deadletters
from services.running.opened import Opened
from services.running.parts.projecting import ProjectionPart
from services.running.parts.relaying import RelayPart
from tests.opendata.projection.journal import Journal, ensure_topics, person

SETTLED = {"municipality": "0301", "settledOn": "2024-05-17"}


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """What a system has open in a directory, with the projection brought up to date."""
    from services.chassis.settings import read_settings

    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    monkeypatch.setenv("BOSATT_LOG_LEVEL", "error")
    opened = Opened(read_settings())
    migrate_projection(opened.database("projection"))
    ensure_topics(opened.log)
    yield opened
    opened.close()


@pytest.fixture
def journal(opened):
    return Journal(opened.log)


@pytest.fixture
def running(opened, monkeypatch):
    """The relay of operations and a projector, as they run."""
    monkeypatch.setattr(_STALENESS, "watched", None)
    monkeypatch.setattr(_DEAD_LETTERS, "watched", None)
    parts = [RelayPart(opened, "operations"), ProjectionPart(opened)]
    for part in parts:
        part.prepare()
    loops = [loop for part in parts for loop in part.loops()]
    for loop in loops:
        loop.start()
    yield
    for loop in loops:
        loop.stop()


def project(opened):
    """Fold all that is on the log, once."""
    with closing(LiveProjector(opened.database("projection"), opened.log, wait=0.0)) as projector:
        for _ in range(4):
            projector.step()


def spoil(journal, name, data, number):
    composed = journal.compose(name, data, subject=person(number))
    wrong = composed | {"type": composed["type"].replace(".v1", ".v2")}
    journal.append_value(EVENT_TYPES[composed["type"]].topic, composed["partitionkey"], wrong)


def bosatt(*words, said=None):
    logging.getLogger().handlers.clear()
    return CliRunner().invoke(main, ["deadletters", *words], input=said)


def listed(*words):
    return orjson.loads(bosatt("list", "--json", *words).stdout)


def mend(monkeypatch):
    before = effects._type_of
    monkeypatch.setattr(
        effects, "_type_of", lambda event: before(event | {"type": event["type"].replace(".v2", ".v1")})
    )


def stored(opened):
    with opened.database("operations").read() as connection:
        rows = connection.scalars(select(events.c.content).order_by(events.c.position)).all()
    return [orjson.loads(content) for content in rows]


def test_without_a_projection_there_is_nothing_to_list(tmp_path, monkeypatch):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path / "none"))

    result = bosatt("list")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"There is no projection in {tmp_path / 'none'}.\n"


def test_where_nothing_is_parked_the_list_says_so(opened):
    assert (bosatt("list").output, bosatt("list", "--json").output) == ("Nothing is parked.\n", "[]\n")
    assert bosatt("retry", "--all", "--yes").output == "Nothing is parked.\n"


def test_the_list_names_what_is_parked_and_what_waits_behind_it(opened, journal):
    journal.settle(1)
    spoil(journal, "settlement.corrected", SETTLED, 1)
    journal.post("settlement.withdrawn", {}, subject=person(1))
    journal.append_bytes("bosatt.settlements", "4601", b"{ Sissel")
    project(opened)

    parked, garbage = sorted(listed(), key=lambda one: one["stream"] is None)
    held = [one for one in listed("--held") if one["state"] == "held"]
    text = bosatt("list").output

    assert parked == {
        "id": "settlements/1/1/1",
        "topic": "bosatt.settlements",
        "generation": 1,
        "partition": 1,
        "offset": 1,
        "state": "parked",
        "reason": "later version",
        "tries": 0,
        "sequence": 2,
        "stream": person(1),
        "key": "0301",
        "digest": parked["digest"],
        "heldBehind": 1,
        "setAsideAt": parked["setAsideAt"],
    }
    assert (garbage["reason"], garbage["key"], garbage["sequence"]) == ("undecodable", "4601", None)
    assert garbage["digest"] == hashlib.sha256(b"{ Sissel").hexdigest()
    assert [one["id"] for one in held] == ["settlements/1/1/2"]
    assert all(word in text for word in (parked["id"], "later version", person(1), "key 4601"))
    assert "Sissel" not in text


def test_a_retry_tells_what_was_counted_and_what_was_not(opened, journal, running, monkeypatch):
    project(opened)
    spoil(journal, "person.settled", SETTLED, 1)
    journal.append_bytes("bosatt.settlements", "4601", b"{")
    project(opened)
    mend(monkeypatch)

    result = bosatt("retry", "--all", "--yes")

    assert result.exit_code == 1
    assert "2 events will be tried again, with 0 held behind." in result.output
    assert "settlements/1/1/0: counted." in result.output
    assert ": still parked: undecodable (tries: 1)." in result.output
    assert [one["tries"] for one in listed()] == [1]


def test_a_retry_that_mends_all_ends_well(opened, journal, running, monkeypatch):
    spoil(journal, "person.settled", SETTLED, 1)
    project(opened)
    mend(monkeypatch)

    result = bosatt("retry", "settlements/1/1/0", "settlements/1/1/0")

    assert (result.exit_code, listed()) == (0, [])
    (operation,) = stored(opened)
    assert (operation["subject"], operation["type"]) == (
        "settlements/1/1/0",
        "no.bosatt.deadletter.retried.v1",
    )
    assert EVENT_TYPES[operation["type"]].loader.validate(operation["data"]) == {}


def test_a_drop_names_the_event_that_was_counted_before(opened, journal, running):
    for number in (1, 2):
        journal.settle(number)
    journal.post("settlement.corrected", SETTLED | {"sex": "male"}, subject=person(1))
    spoil(journal, "settlement.corrected", SETTLED | {"municipality": "4601"}, 1)
    journal.post("settlement.withdrawn", {}, subject=person(1))
    project(opened)

    result = bosatt("drop", "settlements/1/1/3", "--because", "unusable", "--note", "Sent again.", said="y\n")

    assert result.exit_code == 0
    assert "settlements/1/1/3 (later version) will be left out for good; 1 event held behind" in result.output
    assert "settlements/1/1/3: dropped." in result.output
    (operation,) = stored(opened)
    assert operation["data"]["lastApplied"] == 2
    assert (operation["data"]["fault"], operation["data"]["cause"]) == ("later version", "unusable")
    assert operation["data"]["note"] == "Sent again."
    assert EVENT_TYPES[operation["type"]].loader.validate(operation["data"]) == {}
    assert (listed(), [one["state"] for one in listed("--dropped")]) == ([], ["dropped"])


def test_what_is_not_confirmed_is_not_dropped(opened, journal):
    spoil(journal, "person.settled", SETTLED, 1)
    project(opened)

    refused = bosatt("drop", "settlements/1/1/0", "--because", "other", said="n\n")
    silent = bosatt("drop", "settlements/1/1/0", "--because", "other")

    assert (refused.exit_code, silent.exit_code) == (1, 1)
    assert [one["state"] for one in listed()] == ["parked"]
    assert stored(opened) == []


def test_where_nobody_acts_the_command_says_what_is_to_run_and_a_second_one_waits_its_turn(opened, journal):
    spoil(journal, "person.settled", SETTLED, 1)
    project(opened)

    first = bosatt("retry", "settlements/1/1/0", "--wait", "0")
    second = bosatt("drop", "settlements/1/1/0", "--because", "other", "--yes", "--wait", "0")

    assert (first.exit_code, second.exit_code) == (1, 1)
    assert "stored, but not acted on within 0 seconds" in first.stderr
    assert "an earlier retry or drop has not been acted on yet" in second.stderr
    assert len(stored(opened)) == 1


def test_only_what_is_parked_is_retried_or_dropped(opened, journal):
    journal.settle(1)
    spoil(journal, "settlement.corrected", SETTLED, 1)
    journal.post("settlement.withdrawn", {}, subject=person(1))
    project(opened)

    counted = bosatt("retry", "settlements/1/1/0")
    held = bosatt("drop", "settlements/1/1/2", "--because", "other", "--yes")

    assert (counted.exit_code, held.exit_code) == (1, 1)
    assert counted.stderr == "settlements/1/1/0: Nothing is parked there. Nothing was done.\n"
    assert held.stderr == "settlements/1/1/2: It is held, not parked. Nothing was done.\n"
    assert stored(opened) == []


@pytest.mark.parametrize(
    "words",
    [
        ("retry",),
        ("retry", "--all"),
        ("retry", "--all", "--yes", "settlements/1/1/0"),
        ("retry", "settlements/1/1"),
        ("retry", "settlements/1/1/-1"),
        ("retry", "settlements/1/1/x"),
        ("retry", "/1/1/1"),
        ("drop", "settlements/1/1/0"),
        ("drop", "settlements/1/1/0", "--because", "boredom"),
        ("drop", "settlements/1/1/0", "--because", "other", "--note", ""),
        ("drop", "settlements/1/1/0", "--because", "other", "--note", "x" * 201),
        ("drop", "settlements/1/1/0", "--because", "other", "--note", "a\nb"),
        ("drop", "settlements/1/1/0", "--because", "other", "--note", "It was 01017012343."),
    ],
)
def test_wrong_use_is_told_and_does_nothing(opened, words):
    result = bosatt(*words)

    assert result.exit_code == 2
    assert "01017012343" not in result.output


def test_of_two_who_operate_at_once_one_is_told(opened, journal, monkeypatch):
    spoil(journal, "person.settled", SETTLED, 1)
    project(opened)
    monkeypatch.setattr(deadletters, "operations_so_far", lambda _store, _place: 0)

    codes = [bosatt("retry", "settlements/1/1/0", "--wait", "0").stderr for _ in range(2)]

    assert "not acted on" in codes[0]
    assert "somebody else is doing something about it" in codes[1]


def test_a_log_that_cannot_be_read_is_told(opened, journal, monkeypatch):
    spoil(journal, "person.settled", SETTLED, 1)
    project(opened)
    monkeypatch.setenv("BOSATT_KAFKA", "127.0.0.1:1")
    monkeypatch.setattr(deadletters, "open_log", _unreachable)

    result = bosatt("drop", "settlements/1/1/0", "--because", "other", "--yes")

    assert (result.exit_code, stored(opened)) == (1, [])
    assert "The log can't be read: down" in result.stderr


def test_a_long_log_is_read_with_a_progress_bar(opened, journal, running, monkeypatch):
    from services.cli import letters

    monkeypatch.setattr(letters, "MANY", 1)
    journal.settle(1)
    spoil(journal, "settlement.corrected", SETTLED, 1)
    project(opened)

    result = bosatt("drop", "--all", "--yes", "--because", "other")

    assert result.exit_code == 0
    assert "Reading the log" in result.stderr
    assert stored(opened)[0]["data"]["lastApplied"] == 0


def _unreachable(_settings):
    from services.chassis.log.port import LogUnreachable

    raise LogUnreachable("down")


def test_a_store_of_operations_is_restored_from_the_log(opened, journal, tmp_path):
    spoil(journal, "person.settled", SETTLED, 1)
    project(opened)
    bosatt("retry", "settlements/1/1/0", "--wait", "0")
    relay_once(opened)
    project(opened)
    with closing(sqlite3.connect(tmp_path / "operations.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "backup.db"),))
    bosatt("drop", "settlements/1/1/0", "--because", "other", "--yes", "--wait", "0")
    relay_once(opened)
    stood = stored(opened)
    opened.database("operations").close()
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"operations.db{suffix}").unlink(missing_ok=True)
    (tmp_path / "backup.db").rename(tmp_path / "operations.db")
    relay_once(opened)

    result = CliRunner().invoke(main, ["restore", "operations"])

    assert result.output == "1 events restored to operations from the log.\n"
    assert (stored(opened), len(stood)) == (stood, 2)


def relay_once(opened):
    part = RelayPart(opened, "operations")
    part.prepare()
    (loop,) = part.loops()
    for _ in range(3):
        loop._step()
    loop._on_stop()
