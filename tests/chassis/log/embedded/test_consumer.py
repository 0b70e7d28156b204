"""Polling: when it returns, and how much from where."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic, sleep

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from services.chassis.log.embedded import EmbeddedLog, consumer
from services.chassis.log.port import Consumer, LogError, LogUnreachable, OutgoingRecord, Partition
from services.contract.topics import TopicGeneration
from tests.chassis.log.reading_group import read_in


def reading(log: EmbeddedLog, *topics: TopicGeneration) -> Consumer:
    """A lone consumer that reads everything from the beginning."""
    consumer = log.consumer("projector", topics)
    consumer.seek(dict.fromkeys(consumer.poll(0, 1).assigned, 0))
    return consumer


def test_an_append_in_the_same_process_wakes_a_poll_at_once(
    log: EmbeddedLog, topic: TopicGeneration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "SHORTEST_PAUSE_SECONDS", 60.0)
    monkeypatch.setattr(consumer, "LONGEST_PAUSE_SECONDS", 60.0)
    member, producer = reading(log, topic), log.producer(topic, 1)
    begun = monotonic()

    with ThreadPoolExecutor(1) as executor:
        polling = executor.submit(member.poll, 60.0, 10)
        sleep(0.05)
        producer.send([OutgoingRecord(0, "0301", b"{}")])

        assert len(read_in(polling.result(timeout=30))) == 1
    assert monotonic() - begun < 30


def test_an_append_in_another_process_is_seen_while_a_poll_waits(
    log: EmbeddedLog, other_log: EmbeddedLog, topic: TopicGeneration
) -> None:
    member, producer = reading(log, topic), other_log.producer(topic, 1)

    with ThreadPoolExecutor(1) as executor:
        polling = executor.submit(member.poll, 30.0, 10)
        producer.send([OutgoingRecord(0, "0301", b"{}")])

        assert len(read_in(polling.result(timeout=30))) == 1


def test_a_poll_that_finds_nothing_waits_its_time_out(log: EmbeddedLog, topic: TopicGeneration) -> None:
    member = reading(log, topic)
    begun = monotonic()

    polled = member.poll(0.1, 10)

    assert not polled.batches
    assert monotonic() - begun >= 0.1


def test_a_small_poll_takes_from_every_partition_and_topic(log: EmbeddedLog, topic: TopicGeneration) -> None:
    quiet = TopicGeneration("bosatt.requests", 1, 2)
    log.ensure([quiet])
    log.producer(topic, 1).send([OutgoingRecord(number % 4, "0301", b"busy") for number in range(4_000)])
    log.producer(quiet, 1).send([OutgoingRecord(1, "0301", b"quiet")] * 3)
    member = reading(log, topic, quiet)

    records = read_in(member.poll(0, 103))

    taken = Counter((record.topic.topic, record.partition) for record in records)
    assert taken == {
        ("bosatt.requests", 1): 3,
        **{("bosatt.settlements", number): 25 for number in range(4)},
    }


def test_one_record_at_a_time_still_reads_every_partition(log: EmbeddedLog, topic: TopicGeneration) -> None:
    log.producer(topic, 1).send([OutgoingRecord(number % 4, "0301", b"{}") for number in range(400)])
    member = reading(log, topic)

    read = [read_in(member.poll(0, 1))[0].partition for _ in range(8)]

    assert Counter(read) == {0: 2, 1: 2, 2: 2, 3: 2}


@contextmanager
def commits_failing() -> Iterator[None]:
    def fail(_connection: Connection) -> None:
        raise OperationalError("COMMIT", None, sqlite3.OperationalError("disk I/O error"))

    event.listen(Engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(Engine, "commit", fail)


def test_records_of_a_poll_that_failed_come_with_the_next(log: EmbeddedLog, topic: TopicGeneration) -> None:
    member = reading(log, topic)
    log.producer(topic, 1).send([OutgoingRecord(0, "0301", b"{}")] * 3)

    with commits_failing(), pytest.raises(LogUnreachable):
        member.poll(0, 10)

    assert [record.offset for record in read_in(member.poll(0, 10))] == [0, 1, 2]


def test_partitions_of_a_poll_that_failed_are_assigned_by_the_next(
    log: EmbeddedLog, topic: TopicGeneration
) -> None:
    member = log.consumer("projector", [topic])

    with commits_failing(), pytest.raises(LogUnreachable):
        member.poll(0, 10)

    assert len(member.poll(0, 10).assigned) == 4


def test_an_offset_below_nought_cannot_be_sought(log: EmbeddedLog, topic: TopicGeneration) -> None:
    member = reading(log, topic)

    with pytest.raises(LogError):
        member.seek({Partition(topic, 0): -1})


def test_records_beyond_the_end_come_when_they_are_written(log: EmbeddedLog, topic: TopicGeneration) -> None:
    member, producer = reading(log, topic), log.producer(topic, 1)
    member.seek({Partition(topic, 0): 2})

    producer.send([OutgoingRecord(0, "0301", b"%d" % number) for number in range(3)])

    assert [record.value for record in read_in(member.poll(0, 10))] == [b"2"]
