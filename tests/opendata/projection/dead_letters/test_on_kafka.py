"""Poison as only a real broker holds it: without key or value, with a key that is no text."""

from contextlib import closing

import pytest

from services.chassis.log.kafka import KafkaLog
from services.contract.topics import topic_of
from services.opendata.projection.projector import Projector
from tests.opendata.projection.dead_letters.desk import Desk
from tests.opendata.projection.journal import Journal, ensure_topics, person
from tests.opendata.projection.worlds import contents
from tests.servers.databases import POSTGRESQL
from tests.servers.kafka import start_brokers

__all__ = ["start_brokers"]

pytestmark = [
    pytest.mark.parametrize("make_world", [POSTGRESQL], indirect=True),
    pytest.mark.backend("Kafka"),
    pytest.mark.sockets,
]

OSLO = topic_of("settlements").partition_of("0301")
POISON = [
    (None, b"{"),
    (b"0301", None),
    (b"\xff", b"\xff"),
    (b"\x00", b"{}"),
    (b"k" * 300, b"[]"),
]


@pytest.fixture
def on_kafka(world, start_brokers):
    """The world with a broker of its own in place of its log, and the broker's address."""
    bootstrap = start_brokers(1).bootstrap
    world.log = world.closing(KafkaLog(bootstrap))
    ensure_topics(world.log)
    world.journal = Journal(world.log)
    world._projector = world.new_projector(wait=0.2)
    return world, bootstrap


def write(bootstrap, records):
    from kafka import KafkaProducer

    with closing(KafkaProducer(bootstrap_servers=bootstrap)) as producer:
        for key, value in records:
            producer.send("bosatt.settlements", key=key, value=value, partition=OSLO).get(10)


def settle(world, projector=None):
    """Fold all that is on the log, and all that operators did."""
    projector = projector or world.projector
    for _ in range(100):
        projector.step()
        done = projector._operations._at
        ends = world.log.end_offsets(topic_of("operations"))
        if world.waiting(projector.database) == 0 and done is not None and done.offset == ends[0]:
            return
    raise AssertionError("not settled")


def test_it_is_parked_and_dropped_and_the_totals_are_those_of_the_rest(on_kafka):
    world, bootstrap = on_kafka
    desk = Desk(world)
    world.journal.settle(1)
    write(bootstrap, POISON)
    desk.poison(person(1))
    desk.correct(1, settled_on="2023-12-31")
    world.journal.settle(2)
    settle(world)

    assert {row.state for row in desk.rows()} == {"parked", "held"}
    assert len(desk.rows()) == len(POISON) + 3
    for _ in range(10):
        for row in desk.rows("parked"):
            desk.drop(row, 0 if row.sequence else None, fault="undecodable")
        settle(world)
        if not desk.rows("parked"):
            break
    anew = world.another_projection()
    with closing(Projector(anew, world.log, wait=0.2, group="anew")) as projector:
        settle(world, projector)

    assert {row.state for row in desk.rows()} == {"dropped"}
    world.releaser.step()
    assert (world.totals("0301", 2024).settled, world.totals("0301", 2023).settled) == (1, 1)
    assert comparable(contents(anew)) == comparable(contents(world.projection))


def comparable(found):
    """Without times of processing, and where the releaser had to be told of something late."""
    found["dead_letters"] = [row[:-1] for row in found["dead_letters"]]
    found["changes"] = [row for row in found["changes"] if not row[2].startswith("operations/")]
    return {name: rows for name, rows in found.items() if name != "versions"}
