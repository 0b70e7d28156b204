"""Appending: whole or not at all, and never past the fence."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from services.chassis.database import sqlite
from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import Fenced, LogError, LogUnreachable, OutgoingRecord, SendFailed
from services.contract.topics import HEARTBEATS, TopicGeneration

SECRET = "a name that no log line may hold"


def records(*partitions: int) -> list[OutgoingRecord]:
    return [OutgoingRecord(number, SECRET, SECRET.encode()) for number in partitions]


def test_offsets_are_dense_from_nought_in_each_partition(log: EmbeddedLog, topic: TopicGeneration) -> None:
    producer = log.producer(topic, 1)

    offsets = producer.send(records(0, 1, 0)) + producer.send(records(3, 0, 1))

    assert offsets == [0, 0, 1, 0, 2, 1]
    assert log.end_offsets(topic) == [3, 2, 0, 1]


def test_opening_a_producer_shuts_out_lower_tokens_before_it_writes(
    log: EmbeddedLog, other_log: EmbeddedLog, topic: TopicGeneration
) -> None:
    old = log.producer(topic, 1)

    other_log.producer(topic, 2)

    with pytest.raises(Fenced):
        old.send(records(0))
    with pytest.raises(Fenced):
        log.producer(topic, 1)
    assert log.end_offsets(topic) == [0, 0, 0, 0]


def test_a_producer_is_shut_out_for_good_by_one_with_a_higher_token(
    log: EmbeddedLog, topic: TopicGeneration
) -> None:
    old = log.producer(topic, 7)
    old.send([OutgoingRecord(0, "0301", b"0")])
    log.producer(topic, 8).send([OutgoingRecord(0, "0301", b"1")])

    for _ in range(2):
        with pytest.raises(Fenced):
            old.send([OutgoingRecord(0, "0301", b"2")])

    assert [record.value for record in log.read(topic, 0, 0, 10)] == [b"0", b"1"]


def test_a_fence_raised_while_a_send_waits_for_its_turn_shuts_that_send_out(
    log: EmbeddedLog, topic: TopicGeneration, path: Path
) -> None:
    producer = log.producer(topic, 1)
    rival = sqlite3.connect(path, isolation_level=None)
    rival.execute("BEGIN IMMEDIATE")

    with ThreadPoolExecutor(1) as executor:
        sending = executor.submit(producer.send, records(0))
        sleep(0.1)
        rival.execute("UPDATE topics SET fence = 2")
        rival.execute("COMMIT")
        with pytest.raises(Fenced):
            sending.result(timeout=10)

    rival.close()
    assert log.end_offsets(topic) == [0, 0, 0, 0]


def test_a_send_that_fails_in_the_midst_leaves_nothing_and_tells_no_values(
    log: EmbeddedLog, topic: TopicGeneration, path: Path
) -> None:
    producer = log.producer(topic, 1)
    fault = sqlite3.connect(path)
    fault.execute(
        "CREATE TRIGGER fault BEFORE INSERT ON records WHEN new.partition = 2"
        " BEGIN SELECT RAISE(ABORT, 'fault'); END"
    )

    with pytest.raises(SendFailed) as raised:
        producer.send(records(0, 1, 2))

    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert log.end_offsets(topic) == [0, 0, 0, 0]
    fault.execute("DROP TRIGGER fault")
    fault.close()
    assert producer.send(records(0, 1, 2)) == [0, 0, 0]


def test_a_busy_database_is_unreachable_and_takes_the_send_later(
    open_log: Callable[[], EmbeddedLog],
    topic: TopicGeneration,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 20)
    producer = open_log().producer(topic, 1)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(LogUnreachable, match="SQLITE_BUSY") as raised:
        producer.send(records(0))

    assert SECRET not in str(raised.value)
    holder.close()
    assert producer.send(records(0)) == [0]


def test_a_key_that_is_not_text_is_refused_without_telling_it(
    log: EmbeddedLog, topic: TopicGeneration
) -> None:
    producer = log.producer(topic, 1)

    with pytest.raises(LogError) as raised:
        producer.send([*records(0), OutgoingRecord(0, "\ud800", b"")])

    assert "\ud800" not in str(raised.value)
    assert log.end_offsets(topic) == [0, 0, 0, 0]


def test_a_closed_producer_sends_nothing(log: EmbeddedLog, topic: TopicGeneration) -> None:
    producer = log.producer(topic, 1)
    producer.close()

    with pytest.raises(LogError):
        producer.send(records(0))


def test_of_heartbeats_only_the_newest_records_are_kept(log: EmbeddedLog) -> None:
    heartbeats = TopicGeneration(HEARTBEATS, 1)
    log.ensure([heartbeats])
    producer = log.producer(heartbeats, 0)

    for _ in range(3):
        producer.send(records(*[0] * 600, 1))

    assert log.end_offsets(heartbeats)[:2] == [1_800, 3]
    kept = log.read(heartbeats, 0, 0, 5_000)
    assert [record.offset for record in kept] == list(range(800, 1_800))
    assert len(log.read(heartbeats, 1, 0, 10)) == 3
