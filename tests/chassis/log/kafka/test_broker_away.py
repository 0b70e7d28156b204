"""A broker that goes and comes: everything is bounded, and nothing is lost."""

from collections.abc import Callable, Iterator
from time import monotonic
from uuid import uuid4

import pytest

from services.chassis.log.kafka import KafkaLog
from services.chassis.log.port import LogError, LogUnreachable, OutgoingRecord, SendFailed
from services.contract.topics import TopicGeneration
from services.running.servers.kafka import KafkaBrokers
from tests.chassis.log.kafka.conftest import SHORT, new_topic, poll_until_it_fails
from tests.chassis.log.reading_group import ReadingGroup

pytestmark = pytest.mark.sockets

# A crowded machine may take its time; what is tested is that it is not for ever.
SLACK_SECONDS = 20.0


@pytest.fixture
def troubled(brokers: KafkaBrokers) -> Iterator[KafkaLog]:
    log = KafkaLog(brokers.bootstrap, timing=SHORT)
    yield log
    if not brokers.alive(1):
        brokers.restart(1)
    brokers.resume(1)
    log.close()


def records(*numbers: int) -> list[OutgoingRecord]:
    return [OutgoingRecord(number % 3, "0301", b"%d" % number) for number in numbers]


def away_and_back(brokers: KafkaBrokers, how: str) -> tuple[Callable[[], None], Callable[[], None]]:
    if how == "stopped":
        return lambda: brokers.pause(1), lambda: brokers.resume(1)
    return lambda: brokers.kill(1), lambda: brokers.restart(1)


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_broker_that_goes_and_comes_costs_neither_records_nor_order(
    brokers: KafkaBrokers, troubled: KafkaLog, how: str
) -> None:
    away, back = away_and_back(brokers, how)
    topic = new_topic(troubled)
    producer = troubled.producer(topic, 1)
    producer.send(records(*range(30)))
    with ReadingGroup(troubled, f"group-{uuid4()}", [topic], 60.0) as readers:
        member = readers.join()
        readers.until_read(30)
        away()
        begun = monotonic()

        with pytest.raises(SendFailed):
            producer.send(records(*range(30, 40)))
        with pytest.raises(LogUnreachable):
            troubled.end_offsets(topic)
        with pytest.raises(LogUnreachable):
            troubled.read(topic, 0, 0, 10)
        with pytest.raises(LogUnreachable):
            poll_until_it_fails(member.consumer)
        bounded = monotonic() - begun
        back()
        producer.close()
        again = troubled.producer(topic, 2)
        again.send(records(*range(30, 60)))
        readers.until(lambda: {int(one.value) for one in member.records} == set(range(60)), calm=LogError)
        again.close()

    assert bounded < 4 * (SHORT.delivery + SHORT.request + SHORT.connect) + SLACK_SECONDS
    for number in range(3):
        read = [int(one.value) for one in member.records if one.partition == number]
        assert list(dict.fromkeys(read)) == sorted(set(read))


def test_after_a_send_that_failed_a_producer_sends_nothing_more(
    brokers: KafkaBrokers, troubled: KafkaLog
) -> None:
    topic = new_topic(troubled)
    producer = troubled.producer(topic, 1)
    producer.send(records(0))
    brokers.kill(1)
    with pytest.raises(SendFailed):
        producer.send(records(0, 3))
    brokers.restart(1)

    with pytest.raises(LogError):
        producer.send(records(6))

    assert [one.value for one in troubled.read(topic, 0, 0, 10)] == [b"0"]
    producer.close()


def test_a_log_that_was_never_there_is_unreachable_and_leaves_nothing_behind() -> None:
    import threading

    nobody = KafkaLog("127.0.0.1:1", timing=SHORT)
    topic = TopicGeneration("bosatt.settlements", 1)
    consumer = nobody.consumer("projection", [topic])

    for ask in (
        lambda: nobody.ensure([topic]),
        lambda: nobody.producer(topic, 1),
        lambda: nobody.end_offsets(topic),
        lambda: nobody.read(topic, 0, 0, 1),
        lambda: poll_until_it_fails(consumer),
    ):
        with pytest.raises(LogUnreachable):
            ask()
    consumer.close()
    nobody.close()

    assert not [one.name for one in threading.enumerate() if "kafka" in one.name]
