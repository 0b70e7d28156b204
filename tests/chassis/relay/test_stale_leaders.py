"""A leader that was paused and lost its lease does no harm when it wakes."""

from tests.chassis.relay.bench import BERGEN, OSLO, TOPIC, Bench, sequences_in
from tests.chassis.relay.test_relay import applied, by_partition
from tests.flow.faulty_log import FaultyLog
from tests.flow.sleeping import Sleeper


def overtake(bench: Bench, place: str) -> Sleeper:
    """A leader falls asleep over two events; another takes over and sends these and a third."""
    bench.append(OSLO, OSLO)
    stale = bench.relay("stale")
    sleeper = Sleeper(stale.step, place)
    assert sleeper.asleep
    bench.clock.move(11)
    bench.append(OSLO)
    bench.relay("new").step()
    return sleeper


def test_a_stale_leader_is_shut_out_by_a_log_that_fences(bench: Bench) -> None:
    sleeper = overtake(bench, "before a send")

    sleeper.wake()

    assert bench.on_log()[TOPIC.partition_of(OSLO)] == [(0, 1), (1, 2), (2, 3)]
    assert bench.cursor() == 3


def test_where_the_log_does_not_fence_a_stale_leader_writes_only_repeats(
    bench: Bench, log: FaultyLog
) -> None:
    log.fenced = False
    sleeper = overtake(bench, "before a send")

    sleeper.wake()

    assert bench.on_log()[TOPIC.partition_of(OSLO)] == [(0, 1), (1, 2), (2, 3), (0, 1), (1, 2)]
    assert applied(bench) == by_partition(OSLO, OSLO, OSLO)
    assert bench.cursor() == 3


def test_a_stale_leader_does_not_move_the_cursor(bench: Bench) -> None:
    sleeper = overtake(bench, "after a send")

    sleeper.wake()

    assert bench.cursor() == 3


def test_a_leader_that_has_lost_the_lease_sequences_nothing(bench: Bench) -> None:
    stale = bench.relay("stale")
    stale.step()
    bench.clock.move(11)
    new = bench.relay("new")
    new.step()
    bench.append(OSLO)

    assert stale.step() is False

    assert bench.sequences() == []
    assert bench.log.sends == []


def test_a_relay_that_does_not_lead_waits_for_the_lease(bench: Bench) -> None:
    bench.relay("one").step()
    second = bench.relay("two")
    bench.append(OSLO)

    waited = second.step()
    bench.clock.move(11)
    second.step()

    assert waited is False
    assert bench.cursor() == 1


def test_one_that_was_overtaken_while_it_looked_at_the_log_does_not_lead(bench: Bench) -> None:
    class Slow(FaultyLog):
        def read(self, *args):
            bench.clock.move(11)
            bench.relay("faster", lease_seconds=100).step()
            return bench.log.read(*args)

    bench.append(OSLO)
    slow = bench.relay("slow")
    slow._log = Slow(bench.log._log)

    assert slow.step() is False
    assert bench.cursor() == 1
    assert [sequences_in(records) for records in bench.log.sends] == [[1]]


def test_a_new_leader_sends_everything_after_the_cursor_again_though_it_stands_on_the_log(
    bench: Bench,
) -> None:
    bench.append(OSLO, BERGEN)
    sleeper = Sleeper(bench.relay("dying").step, "after a send")
    sleeper.wake(dies=True)
    bench.clock.move(11)

    bench.relay("new").step()

    assert [sequences_in(records) for records in bench.log.sends] == [[1, 2], [1, 2]]
    assert bench.cursor() == 2
    assert applied(bench) == by_partition(OSLO, BERGEN)
