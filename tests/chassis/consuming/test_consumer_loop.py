"""Batches are applied with their marks, or not at all."""

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from services.chassis.consuming import consumer_loop
from services.chassis.consuming.marks import Mark
from services.chassis.log.port import Partition
from tests.chassis.consuming.bench import GROUP, TOPIC, Bench, counted, failing_once, time_of, value_of
from tests.flow.sleeping import Sleeper
from tests.flow.world import Clock

FIRST = Partition(TOPIC, 0)


def test_events_are_applied_in_their_partitions_order_and_the_marks_moved(bench: Bench) -> None:
    loop = bench.loop()
    bench.put((0, 1), (1, 3), (3, 4))
    bench.put((0, 2), partition=1)

    loop.step()

    assert (bench.applied(), bench.applied(1)) == ([1, 3, 4], [2])
    assert (bench.mark(), bench.mark(1)) == ((4, 3), (2, 1))
    assert loop.assignment()[FIRST] == Mark(4, 3, time_of(4))


def test_a_round_without_records_changes_nothing(bench: Bench) -> None:
    assert bench.loop().step() is True
    assert bench.mark() == (0, 0)


def test_repeats_are_skipped_and_counted(bench: Bench) -> None:
    loop = bench.loop()
    before = counted("bosatt_consumer_duplicates_total", topic=TOPIC.topic)
    bench.put((0, 1), (1, 2), (0, 1), (1, 2))
    loop.step()
    bench.put((1, 2))
    loop.step()

    assert bench.applied() == [1, 2]
    assert bench.mark() == (2, 5)
    assert counted("bosatt_consumer_duplicates_total", topic=TOPIC.topic) == before + 3


def test_behind_a_hole_nothing_is_applied_until_it_comes_again(bench: Bench) -> None:
    loop = bench.loop()
    before = counted("bosatt_log_gaps_total", topic=TOPIC.topic)
    bench.put((0, 1), (2, 3), (3, 4))
    loop.step()
    at_hole = bench.applied(), bench.mark()
    bench.put((1, 2), (2, 3), (3, 4))
    loop.step()

    assert at_hole == ([1], (1, 3))
    assert counted("bosatt_log_gaps_total", topic=TOPIC.topic) == before + 2
    assert (bench.applied(), bench.mark()) == ([1, 2, 3, 4], (4, 6))


def test_the_log_that_was_seen_for_real_is_applied_once_and_in_order(bench: Bench) -> None:
    """Early batches expired while a later one got through: 10, then 0, 1, …, 19."""
    loop = bench.loop()
    chain = [(number - 1, number) for number in range(1, 21)]

    bench.put(chain[10], *chain)
    loop.step()

    assert bench.applied() == list(range(1, 21))


def test_what_happened_to_be_read_by_a_consumer_before_is_not_read_again_after_a_restart(
    bench: Bench,
) -> None:
    first = bench.loop()
    bench.put((0, 1), (1, 2))
    first.step()
    first.close()
    bench.put((2, 3))

    bench.loop().step()

    assert bench.applied() == [1, 2, 3]


def test_the_mark_moved_by_another_makes_a_batch_be_forgotten_and_read_anew(bench: Bench) -> None:
    loop = bench.loop()
    restarts = counted("bosatt_consumer_restarts_total", group=GROUP, reason="MarkMoved")
    bench.put((0, 1), (1, 2), (2, 3))
    bench.move_mark(Mark(), Mark(2, 2))

    loop.step()
    forgotten = bench.applied()
    loop.step()

    assert forgotten == []
    assert bench.applied() == [3]
    assert bench.mark() == (3, 3)
    assert counted("bosatt_consumer_restarts_total", group=GROUP, reason="MarkMoved") == restarts + 1


def test_marks_that_were_moved_beyond_the_first_are_compared_too(bench: Bench) -> None:
    loop = bench.loop()
    bench.put((0, 1))
    loop.step()
    bench.put((1, 2), (2, 3))
    bench.move_mark(Mark(1, 1, time_of(1)), Mark(2, 2, time_of(2)))

    loop.step()
    loop.step()

    assert bench.applied() == [1, 3]


def test_a_paused_consumer_that_lost_its_partitions_adds_nothing_twice(bench: Bench, clock: Clock) -> None:
    paused = bench.loop()
    bench.put((0, 1), (1, 2))
    sleeper = Sleeper(paused.step, "after a poll")
    assert sleeper.asleep
    clock.advance(10)
    other = bench.loop()
    other.step()
    by_other = bench.applied()

    sleeper.wake()

    assert by_other == [1, 2]
    assert bench.applied() == [1, 2]


def test_marks_are_read_again_on_every_assignment(bench: Bench, clock: Clock) -> None:
    first = bench.loop()
    bench.put((0, 1))
    first.step()
    clock.advance(10)
    second = bench.loop()
    bench.put((1, 2))
    second.step()
    second.close()
    bench.put((2, 3))

    for _ in range(3):
        first.step()

    assert bench.applied() == [1, 2, 3]


@pytest.mark.parametrize(
    "error", [OperationalError("INSERT", {}, Exception("disk full")), KeyError("municipality"), MemoryError()]
)
def test_if_applying_fails_all_is_rolled_back_and_applied_once_later(bench: Bench, error: Exception) -> None:
    loop = bench.loop(apply=failing_once(error))
    bench.put((0, 1), (1, 2))

    with pytest.raises(type(error)):
        loop.step()
    after_failure = bench.applied(), bench.mark()
    bench.put((2, 3))
    loop.step()

    assert after_failure == ([], (0, 0))
    assert bench.applied() == [1, 2, 3]


def test_while_marks_can_not_be_read_after_a_failure_nothing_else_is_read(bench: Bench) -> None:
    loop = bench.loop(apply=failing_once(KeyError("municipality")))
    bench.put((0, 1))
    with pytest.raises(KeyError):
        loop.step()
    rename(bench, "marks", "gone")
    bench.put((1, 2))

    with pytest.raises(DBAPIError):
        loop.step()
    rename(bench, "gone", "marks")
    loop.step()

    assert bench.applied() == [1, 2]


def test_while_marks_can_not_be_read_on_assignment_nothing_is_read(bench: Bench) -> None:
    bench.put((0, 1))
    rename(bench, "marks", "gone")
    with pytest.raises(DBAPIError):
        bench.loop()
    (loop,) = bench._opened

    rename(bench, "gone", "marks")
    for _ in range(2):
        loop.step()

    assert bench.applied() == [1]


def test_the_applied_are_told_of_after_the_commit(bench: Bench) -> None:
    told = []
    loop = bench.loop(after_commit=lambda events: told.append((len(events), bench.applied())))
    bench.put((0, 1), (1, 2))

    loop.step()

    assert told == [(2, [1, 2])]


def test_apply_gets_what_prepare_made(bench: Bench) -> None:
    prepared = []
    loop = bench.loop(
        prepare=lambda event: event["name"].upper(),
        apply=lambda _connection, events: prepared.extend(one.prepared for one in events),
    )
    bench.put_values(value_of(0, 1, name="oslo"))

    loop.step()

    assert prepared == ["OSLO"]


def rename(bench: Bench, old: str, new: str) -> None:
    with bench.database.write() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")


@pytest.fixture
def small_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Polls of ten records, of which five are plenty."""
    monkeypatch.setattr(consumer_loop, "AT_ONCE", 10)
    monkeypatch.setattr(consumer_loop, "PLENTY", 5)


@pytest.mark.usefixtures("small_polls")
def test_where_the_log_has_plenty_more_it_goes_into_the_same_transaction(bench: Bench) -> None:
    commits: list[int] = []
    loop = bench.loop(most=25, after_commit=lambda events: commits.append(len(events)))
    bench.put(*((number, number + 1) for number in range(42)))

    for _ in range(2):
        loop.step()

    assert commits == [25, 17]
    assert bench.applied() == list(range(1, 43))
    assert bench.mark() == (42, 42)


@pytest.mark.usefixtures("small_polls")
def test_a_poll_that_brings_little_is_not_kept_waiting_for_more(bench: Bench) -> None:
    commits: list[int] = []
    loop = bench.loop(most=25, after_commit=lambda events: commits.append(len(events)))
    bench.put((0, 1), (1, 2))

    loop.step()

    assert commits == [2]


@pytest.mark.usefixtures("small_polls")
def test_behind_a_broken_chain_nothing_more_is_gathered(bench: Bench) -> None:
    loop = bench.loop(most=25)
    bench.put(*((number, number + 1) for number in range(9)), (7, 20))
    bench.put(*((number, number + 1) for number in range(9, 20)))

    loop.step()

    assert bench.applied() == list(range(1, 10))
    assert bench.mark() == (9, 9)


@pytest.mark.usefixtures("small_polls")
def test_partitions_given_anew_amid_gathering_are_read_from_their_marks(bench: Bench, clock: Clock) -> None:
    first = bench.loop(most=40)
    bench.put(*((number, number + 1) for number in range(40)))
    sleeper = Sleeper(first.step, "after a poll")
    assert sleeper.asleep
    clock.advance(10)
    other = bench.loop(most=10)
    other.step()
    other.close()

    sleeper.wake()
    for _ in range(4):
        first.step()

    assert bench.applied() == list(range(1, 41))
