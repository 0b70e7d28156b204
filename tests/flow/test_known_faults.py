"""What has gone wrong before, here or elsewhere, step by step."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.chassis import metrics
from services.chassis.log.embedded import EmbeddedLog
from tests.flow.faulty_log import Fault, Trouble
from tests.flow.ledger import Ledger, Place, Settled
from tests.flow.memory_log import SESSION_SECONDS, MemoryLog
from tests.flow.sleeping import Sleeper
from tests.flow.world import TOPIC, Clock, World, calmly


def on_memory(clock: Clock, _folder: Path) -> MemoryLog:
    return MemoryLog(lambda: clock.seconds)


def on_file(clock: Clock, folder: Path) -> EmbeddedLog:
    return EmbeddedLog(f"sqlite:///{folder / 'log.db'}", SESSION_SECONDS, lambda: clock.seconds)


@pytest.fixture(params=[on_memory, on_file])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    world = World(request.param, fenced=False)
    yield world
    world.close()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def settle(world: World, ledger: Ledger, persons: int) -> None:
    for _ in range(persons):
        person = uuid4()
        data = {"municipality": "0301", "settledOn": "2024-02-29", "sex": "female"}
        world.post("person.settled", person.int, UUID(str(person)), data)
        ledger.put(str(person), Settled(Place("0301"), "2024-02-29", "female"))


def test_a_stale_leader_that_no_log_shuts_out_adds_nothing(world: World, ledger: Ledger) -> None:
    settle(world, ledger, 3)
    stale = Sleeper(world.relays[0].step, "before a send")
    assert stale.asleep
    world.clock.advance(11)
    settle(world, ledger, 3)
    for _ in range(3):
        world.relays[1].step()

    stale.wake()
    world.settle()

    assert world.totals() == ledger.totals()


def test_early_records_that_expired_while_a_later_one_got_through_are_not_lost(
    world: World, ledger: Ledger
) -> None:
    settle(world, ledger, 4)
    world.log.faults.append(Fault(Trouble.EARLY_LOST, 2))
    calmly(world.relays[0].step)
    for projector in world.projectors * 3:
        projector.step()

    world.settle()

    assert world.totals() == ledger.totals()


def test_a_projector_that_was_paused_over_a_batch_adds_it_once(world: World, ledger: Ledger) -> None:
    settle(world, ledger, 4)
    world.relays[0].step()
    for projector in world.projectors * 2:
        projector.step()
    settle(world, ledger, 4)
    world.relays[0].step()
    sleepers = [Sleeper(projector.step, "after a poll") for projector in world.projectors]
    world.clock.advance(10)
    world.projectors = [world.new_projector() for _ in world.projectors]
    for projector in world.projectors * 3:
        projector.step()
    by_others = world.totals()

    for sleeper in sleepers:
        sleeper.wake()

    assert any(value == 8 for value in by_others.values())
    assert world.totals() == by_others
    world.settle()
    assert world.totals() == ledger.totals()


@pytest.mark.parametrize("place", ["before a send", "after a send"])
def test_a_relay_that_dies_around_a_send_costs_a_repeat_at_most(
    world: World, ledger: Ledger, place: str
) -> None:
    settle(world, ledger, 4)
    Sleeper(world.relays[0].step, place).wake(dies=True)
    world.relays[0] = world.new_relay()

    world.settle()

    assert world.totals() == ledger.totals()


def test_a_commit_that_fails_is_done_again_once(world: World, ledger: Ledger) -> None:
    settle(world, ledger, 4)
    world.relays[0].step()
    world.commits_to_fail = 4
    for projector in world.projectors * 3:
        calmly(projector.step)

    world.settle()

    assert world.totals() == ledger.totals()


@pytest.fixture
def in_memory() -> Iterator[World]:
    world = World(on_memory, fenced=False)
    yield world
    world.close()


def gaps() -> float:
    return metrics.LOG_GAPS.labels("bosatt.settlements")._value.get()


def test_a_record_that_the_log_lost_after_acknowledging_it_is_sent_again_by_hand(
    in_memory: World, ledger: Ledger
) -> None:
    """As when a leader without the last records is elected: what comes next takes their places."""
    world = in_memory
    settle(world, ledger, 3)
    world.settle()
    settle(world, ledger, 1)
    world.relays[0].step()
    assert world.lose_last(TOPIC.partition_of("0301"))
    settle(world, ledger, 3)
    before = gaps()
    world.settle()
    with_a_hole = world.totals(), gaps() - before

    count = world.resend(4)
    world.settle()

    assert with_a_hole[0]["0301", 2024] == 3
    assert with_a_hole[1] > 0
    assert count == 4
    assert world.totals() == ledger.totals()
    before = gaps()
    settle(world, ledger, 2)
    world.settle()
    assert (world.totals(), gaps()) == (ledger.totals(), before)


def test_a_hole_is_closed_beside_relays_that_work(in_memory: World, ledger: Ledger) -> None:
    world = in_memory
    settle(world, ledger, 2)
    world.relays[0].step()
    world.lose_last(TOPIC.partition_of("0301"))
    settle(world, ledger, 2)
    asleep = Sleeper(lambda: calmly(world.relays[0].step), "before a send")
    assert asleep.asleep

    world.resend(1)
    settle(world, ledger, 2)
    for _ in range(3):
        calmly(world.relays[1].step)
    asleep.wake()
    world.settle()

    assert world.totals() == ledger.totals()
