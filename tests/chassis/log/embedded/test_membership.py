"""Who is a member of a group, for how long, and what each reads."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from services.chassis.database import sqlite
from services.chassis.database.stillness import LONGEST_STILL_SECONDS
from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import Consumer, LogError, OutgoingRecord, Partition
from services.contract.topics import TopicGeneration
from tests.chassis.log.embedded.conftest import SESSION_SECONDS, Clock
from tests.chassis.log.reading_group import read_in


def settle(*consumers: Consumer) -> list[frozenset[Partition]]:
    """Poll each once, seek to the beginning; what each was newly assigned."""
    assigned = [consumer.poll(0.02, 1).assigned for consumer in consumers]
    for consumer, partitions in zip(consumers, assigned, strict=True):
        consumer.seek(dict.fromkeys(partitions, 0))
    return assigned


@pytest.fixture
def join(
    log: EmbeddedLog, other_log: EmbeddedLog, topic: TopicGeneration
) -> Callable[[EmbeddedLog], Consumer]:
    return lambda into: into.consumer("projector", [topic])


Join = Callable[[EmbeddedLog], Consumer]


def test_a_newcomer_takes_half_and_the_rest_is_not_assigned_anew(
    log: EmbeddedLog, other_log: EmbeddedLog, topic: TopicGeneration, join: Join
) -> None:
    first = join(log)
    settle(first)
    second = join(other_log)

    assigned_to_first, assigned_to_second = settle(first, second)

    assert assigned_to_first == frozenset()
    assert len(first.assignment()) == len(assigned_to_second) == 2
    assert first.assignment().isdisjoint(assigned_to_second)


def test_kept_partitions_go_on_from_where_they_were(
    log: EmbeddedLog, other_log: EmbeddedLog, topic: TopicGeneration, join: Join
) -> None:
    producer = log.producer(topic, 1)
    producer.send([OutgoingRecord(number % 4, "0301", b"early") for number in range(8)])
    first = join(log)
    settle(first)
    assert len(read_in(first.poll(0, 100))) == 8
    settle(join(other_log))

    producer.send([OutgoingRecord(number, "0301", b"late") for number in range(4)])

    assert [record.value for record in read_in(first.poll(0, 100))] == [b"late", b"late"]


def test_a_silent_members_partitions_move_on_after_its_session(
    log: EmbeddedLog, other_log: EmbeddedLog, clock: Clock, join: Join
) -> None:
    silent, live = join(log), join(other_log)
    settle(silent, live)

    clock.now += SESSION_SECONDS
    assert settle(live) == [frozenset()]
    clock.now += LONGEST_STILL_SECONDS
    assert len(settle(live)[0]) == 2
    assert len(live.assignment()) == 4


def test_a_member_that_comes_back_after_its_session_is_assigned_its_share_anew(
    log: EmbeddedLog, other_log: EmbeddedLog, clock: Clock, join: Join
) -> None:
    away, live = join(log), join(other_log)
    settle(away, live)
    for _ in range(4):
        clock.now += SESSION_SECONDS / 2
        settle(live)

    assigned_to_away, assigned_to_live = settle(away, live)

    assert len(assigned_to_away) == 2
    assert assigned_to_live == frozenset()
    assert len(live.assignment()) == 2


def test_a_member_given_up_while_the_clock_was_wrong_comes_back_with_its_next_poll(
    log: EmbeddedLog, other_log: EmbeddedLog, clock: Clock, join: Join
) -> None:
    wronged, live = join(log), join(other_log)
    settle(wronged, live)
    clock.now += SESSION_SECONDS + 0.1
    settle(live)
    clock.now -= SESSION_SECONDS - 1

    assert len(settle(wronged)[0]) == 2


def test_a_member_that_nobody_missed_keeps_its_partitions(log: EmbeddedLog, clock: Clock, join: Join) -> None:
    alone = join(log)
    settle(alone)

    clock.now += 100 * SESSION_SECONDS

    assert settle(alone) == [frozenset()]
    assert len(alone.assignment()) == 4


def test_members_last_heard_of_in_the_future_are_given_up(
    log: EmbeddedLog, other_log: EmbeddedLog, clock: Clock, join: Join
) -> None:
    dead, live = join(log), join(other_log)
    settle(dead, live)

    clock.now -= 3_600

    assert len(settle(live)[0]) == 2


def test_a_partition_that_was_anothers_between_two_polls_is_assigned_anew(
    log: EmbeddedLog, other_log: EmbeddedLog, join: Join
) -> None:
    member = join(log)
    settle(member)
    passer_by = join(other_log)
    borrowed = settle(passer_by)[0]
    passer_by.close()

    assert settle(member) == [borrowed]
    assert len(member.assignment()) == 4


def test_a_member_that_closes_leaves_at_once(log: EmbeddedLog, other_log: EmbeddedLog, join: Join) -> None:
    leaving, staying = join(log), join(other_log)
    settle(leaving, staying)

    leaving.close()
    leaving.close()

    assert len(settle(staying)[0]) == 2
    assert leaving.assignment() == frozenset()
    with pytest.raises(LogError):
        leaving.poll(0, 1)


def test_members_that_read_other_topics_share_only_what_both_read(
    log: EmbeddedLog, other_log: EmbeddedLog, topic: TopicGeneration
) -> None:
    second_topic = TopicGeneration("bosatt.requests", 1, 2)
    log.ensure([second_topic])
    both = log.consumer("projector", [topic, second_topic])
    one = other_log.consumer("projector", [topic])

    assigned_to_both, assigned_to_one = settle(both, one)

    assert {partition.topic for partition in assigned_to_one} == {topic}
    assert {Partition(second_topic, 0), Partition(second_topic, 1)} < assigned_to_both
    assert len(assigned_to_one) == 2


def test_a_member_beyond_the_number_of_partitions_waits(
    log: EmbeddedLog, topic: TopicGeneration, join: Join
) -> None:
    consumers = [join(log) for _ in range(5)]
    settle(*consumers)

    assert sorted(len(consumer.assignment()) for consumer in consumers) == [0, 1, 1, 1, 1]
    assert read_in(consumers[-1].poll(0.02, 1)) == []


def test_polls_write_only_when_a_third_of_the_session_has_gone_by(
    log: EmbeddedLog, clock: Clock, path: Path, join: Join
) -> None:
    consumer = join(log)
    settle(consumer)
    watcher = sqlite3.connect(path)

    def changes_over(seconds: float) -> int:
        clock.now += seconds
        before = watcher.execute("PRAGMA data_version").fetchone()
        for _ in range(5):
            consumer.poll(0, 1)
        return int(before != watcher.execute("PRAGMA data_version").fetchone())

    assert changes_over(SESSION_SECONDS / 3 - 0.1) == 0
    assert changes_over(0.2) == 1
    watcher.close()


def test_closing_goes_on_where_the_group_cannot_be_told(
    open_log: Callable[[], EmbeddedLog],
    topic: TopicGeneration,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 20)
    consumer = open_log().consumer("projector", [topic])
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    consumer.close()

    holder.close()
    assert consumer.assignment() == frozenset()


def test_a_session_of_no_length_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="session"):
        EmbeddedLog(f"sqlite:///{path}", session_seconds=0)
