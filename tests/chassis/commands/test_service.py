"""Services side by side: what one accepts, the others learn from the log."""

import time

import orjson
import pytest

from services.chassis.commands.seen import Seen
from services.chassis.commands.service import relay_loop
from services.chassis.log.embedded import EmbeddedLog
from services.contract.topics import HEARTBEATS, TopicGeneration, topic_of
from tests.chassis.commands.posting import event, new_person, warned


@pytest.fixture
def log(tmp_path, requests, decisions, settlements):
    opened = EmbeddedLog(f"sqlite:///{tmp_path / 'log.db'}")
    opened.ensure(
        [one.service.topic for one in (requests, decisions, settlements)]
        + [TopicGeneration(HEARTBEATS, 1), topic_of("operations"), topic_of("releases")]
    )
    yield opened
    opened.close()


@pytest.fixture
def let_run(log, requests, decisions, settlements):
    """Relays and views in their threads, and a function that waits until a condition holds."""
    services = [one.service for one in (requests, decisions, settlements)]
    loops = [service.view_loop(log) for service in services]
    loops += [relay_loop(one.name, one.store, log, one.topic) for one in services]
    for loop in loops:
        loop.start()

    def until(condition):
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, "never"
            time.sleep(0.01)

    yield until
    for loop in loops:
        loop.stop()


def has_seen(service, kind, **facts):
    def found():
        with service.database.read() as connection:
            return Seen(service.database, connection).get(kind, "0301", 2024) == facts

    return found


def test_a_service_has_seen_what_the_others_accepted(requests, decisions, settlements, let_run):
    person = new_person()
    requests.post(event("request.issued"), "imdi")
    let_run(has_seen(decisions, "request", inForce=True))

    decided = decisions.post(event("quota.decided", changes={"persons": 1}), "0301")
    let_run(has_seen(settlements, "decision", persons=1))
    let_run(has_seen(requests, "decision", decided=True, persons=1, expectedOn=None))
    settled = settlements.post(event("person.settled", subject=person), "0301")
    let_run(has_seen(settlements, "settled", persons=1))
    one_more = settlements.post(event("person.settled", subject=new_person()), "0301")
    revised = requests.post(event("request.revised"), "imdi")

    assert (warned(decided), warned(settled)) == ({}, {})
    assert warned(one_more) == {"/data/municipality": "above-quota"}
    assert warned(revised) == {"/data/municipality": "already-decided"}


def test_what_stands_on_the_log_is_what_was_stored_and_its_place(decisions, log, let_run):
    decisions.post(event("quota.decided"), "0301")
    decisions.post(event("quota.revised"), "0301")
    topic = decisions.service.topic
    partition = topic.partition_of("0301")

    let_run(lambda: log.end_offsets(topic)[partition] == 2)

    values = [record.value for record in log.read(topic, partition, 0, 10)]
    assert b'"sequence":"00000000000000000002","previoussequence":"00000000000000000001"' in values[1]
    assert [orjson.loads(value)["recordedtime"] for value in values] == [
        one["recordedtime"] for one in decisions.stored()
    ]


def test_a_service_is_named_by_its_topic(requests):
    assert requests.service.topic == TopicGeneration("bosatt.requests", 1)
