"""Which generation is in force, told by the log."""

import orjson
import pytest

from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import OutgoingRecord
from services.chassis.log.switches import OPERATIONS, SWITCHED, Switches
from services.contract.topics import TopicGeneration, topic_of


@pytest.fixture
def log(tmp_path):
    log = EmbeddedLog(f"sqlite:///{tmp_path}/log.db")
    log.ensure([OPERATIONS])
    yield log
    log.close()


def announce(log, **data):
    put(log, orjson.dumps({"type": SWITCHED, "data": {"topic": "bosatt.settlements", **data}}))


def put(log, value):
    log.producer(OPERATIONS, 1).send([OutgoingRecord(0, "operations", value)])


def test_without_announcements_the_first_generation_is_in_force(log):
    assert Switches(log).in_force("settlements") == topic_of("settlements")


def test_what_is_announced_is_in_force_for_that_topic_alone(log):
    switches = Switches(log)
    switches.in_force("settlements")

    announce(log, generation=2, partitions=12)

    assert switches.in_force("settlements") == TopicGeneration("bosatt.settlements", 2, 12)
    assert switches.in_force("decisions") == topic_of("decisions")


def test_of_several_the_highest_is_in_force_in_whatever_order_they_stand(log):
    announce(log, generation=3, partitions=6)
    announce(log, generation=2, partitions=12)

    assert Switches(log).in_force("settlements") == TopicGeneration("bosatt.settlements", 3, 6)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'{"type": 1}',
        orjson.dumps({"type": SWITCHED, "data": {"generation": "2"}}),
    ],
)
def test_of_what_makes_no_sense_nothing_is_concluded(log, value):
    put(log, value)
    announce(log, generation=0, partitions=6)
    announce(log, generation=2, partitions=0)

    assert Switches(log).in_force("settlements") == topic_of("settlements")
