"""Garbage on the log of a running system: parked, told of, dropped, and left out of a rebuild."""

import sqlite3
import uuid
from contextlib import closing
from typing import Any

import httpx
import orjson

from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import OutgoingRecord
from services.contract.topics import topic_of
from tests.acceptance.running import RunningSystem

TOPIC = topic_of("settlements")
SETTLED = '{ region(code: "4601") { totals(year: 2025) { settled } } }'


def settled(municipality: str = "4601") -> dict[str, Any]:
    person = str(uuid.uuid4())
    return {
        "specversion": "1.0",
        "id": f"event-{person}",
        "source": "urn:test:vendor",
        "type": "no.bosatt.person.settled.v1",
        "subject": person,
        "data": {"municipality": municipality, "settledOn": "2025-02-03"},
    }


def visible(count: int) -> dict[str, Any]:
    return {"region": {"totals": {"settled": count}}}


def write_garbage(system: RunningSystem, key: str) -> None:
    """Past all services, as somebody could who can write to the topic."""
    with closing(sqlite3.connect(system.data / "settlements.db")) as store:
        (token,) = store.execute("SELECT token FROM relays").fetchone()
    with closing(EmbeddedLog(f"sqlite:///{system.data / 'log.db'}")) as log:
        producer = log.producer(TOPIC, token)
        producer.send([OutgoingRecord(TOPIC.partition_of(key), key, b"\xff")])
        producer.close()


def metric(system: RunningSystem, name: str) -> float:
    start = f'{name}{{topic="bosatt.settlements"}} '
    lines = httpx.get(f"{system.url}/metrics", timeout=10).text.splitlines()
    return next(float(line.removeprefix(start)) for line in lines if line.startswith(start))


def test_what_follows_garbage_is_counted_once_it_was_dropped_and_in_a_rebuild(empty: RunningSystem) -> None:
    system = empty
    assert system.post("settlements", settled(), "4601").status_code == 201
    system.wait_for(SETTLED, visible(1))
    write_garbage(system, "4601")
    for municipality in ("4601", "4601", "0301"):
        assert system.post("settlements", settled(municipality), municipality).status_code == 201
    system.wait_for(SETTLED.replace("4601", "0301"), visible(1))
    system.wait_for('{ region(code: "NO") { totals(year: 2025) { settled } } }', visible(2))

    listed = orjson.loads(system.command("deadletters", "list", "--json").stdout)
    assert [(one["reason"], one["key"]) for one in listed] == [("undecodable", "4601")]
    while metric(system, "bosatt_deadletter_held_events") < 2:
        assert metric(system, "bosatt_deadletter_events") == 1
    dropped = system.command("deadletters", "drop", listed[0]["id"], "--because", "not_ours", "--yes")

    assert (dropped.returncode, dropped.stderr) == (0, "")
    assert f"{listed[0]['id']}: dropped." in dropped.stdout
    system.wait_for(SETTLED, visible(3))
    assert metric(system, "bosatt_deadletter_events") == 0
    assert system.command("rebuild").returncode == 0
    system.wait_for(SETTLED, visible(3))
    assert system.command("deadletters", "list").stdout == "Nothing is parked.\n"
    assert (
        orjson.loads(system.command("deadletters", "list", "--dropped", "--json").stdout)[0]["state"]
        == "dropped"
    )
