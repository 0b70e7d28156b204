"""A rebuild from Kafka into PostgreSQL while events keep coming and projectors and releaser go on."""

import random
import threading
from contextlib import closing

import pytest

from services.chassis.log.kafka import KafkaLog
from services.opendata.projection import storage
from services.opendata.projection.live_projector import LiveProjector
from services.opendata.projection.rebuild import rebuild
from services.opendata.projection.versions import State, Versions
from tests.opendata.projection.journal import Journal, ensure_topics
from tests.opendata.projection.worlds import contents
from tests.opendata.release.histories import History
from tests.servers.databases import POSTGRESQL
from tests.servers.kafka import start_brokers

__all__ = ["start_brokers"]

pytestmark = [
    pytest.mark.parametrize("make_world", [POSTGRESQL], indirect=True),
    pytest.mark.backend("Kafka"),
    pytest.mark.sockets,
]

PLACE = "3434"


@pytest.fixture
def on_kafka(world, start_brokers):
    """The world with a broker of its own in place of its log."""
    world.log = world.closing(KafkaLog(start_brokers(1).bootstrap))
    ensure_topics(world.log)
    world.journal = Journal(world.log)
    world.releaser = world.new_releaser()
    return world


def history(seed):
    found, rnd = History(), random.Random(seed)
    found.crowd(rnd)
    for _ in range(500):
        found.grow(rnd)
    return found.events


def compared(database):
    return {name: rows for name, rows in contents(database).items() if name != "versions"}


def test_two_projectors_and_the_releaser_go_on_with_a_version_that_equals_the_old_one(on_kafka):
    world = on_kafka
    world.journal.append(history(1))
    posted, answers, failed = [5_000], [], []
    stop = threading.Event()
    first, second = (LiveProjector(world.projection, world.log, wait=0.05, look_every=0.05) for _ in range(2))

    def post():
        posted.append(posted[-1] + 1)
        world.journal.settle(posted[-1], PLACE)

    def release():
        world.releaser.step()
        answers.append(world.totals(PLACE).settled or 0)

    def again_and_again(work):
        while not stop.is_set():
            try:
                work()
            except Exception as error:
                failed.append(error)

    world.journal.settle(posted[0], PLACE)
    threads = [
        threading.Thread(target=again_and_again, args=(work,))
        for work in (post, release, first.step, second.step)
    ]
    for thread in threads:
        thread.start()
    try:
        now = rebuild(world.projection, world.log)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    new = world.closing(storage.open_version(world.projection, now.number))
    while world.waiting(new):
        first.step()
        second.step()
    first.close()
    second.close()
    with closing(world.new_projector()) as old:
        while world.waiting():
            old.step()
    world.new_releaser().step()

    assert failed == []
    assert now.state is State.LIVE
    assert Versions(world.projection).live() == now
    assert compared(new) == compared(world.projection)
    assert answers == sorted(answers)
    assert world.totals(PLACE).settled == len(posted)
