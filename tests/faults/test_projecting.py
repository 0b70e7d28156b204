"""Projectors that share partitions, fall asleep and wake up count everybody once."""

import pytest

from services.chassis.log.port import Partition
from services.opendata.projection.projector import Projector
from tests.faults.chain import TOPIC, Chain, projection_in, until
from tests.faults.children import Children

pytestmark = pytest.mark.sockets


def partitions_of(projector: Projector) -> set[Partition]:
    return {partition for partition in projector._loop.assignment() if partition.topic == TOPIC}


def shared_out(*projectors: Projector) -> bool:
    """Whether each has its fair part of the six partitions, and nobody another's."""
    parts = [partitions_of(one) for one in projectors]
    return all(len(part) == 6 // len(parts) for part in parts) and len(set().union(*parts)) == 6


def test_two_then_three_projectors_give_the_totals_of_one(chain: Chain) -> None:
    relay = chain.relay("relay")
    first, second = chain.projector(), chain.projector()
    until(lambda: shared_out(first, second), first.step, second.step)
    chain.settle(60)
    until(chain.projected, relay.step, first.step, second.step)
    of_two = chain.totals()
    third = chain.projector()
    until(lambda: shared_out(first, second, third), first.step, second.step, third.step)
    expected_of_two = chain.ledger.totals()
    chain.settle(60)

    until(chain.projected, relay.step, first.step, second.step, third.step)
    for projector in (first, second, third):
        projector.close()
    alone = projection_in(chain.folder, "alone")
    until(lambda: chain.projected(alone), chain.projector(alone).step)

    assert of_two == expected_of_two
    assert chain.totals() == chain.totals(alone) == chain.ledger.totals()
    alone.close()


def test_a_projector_that_slept_past_its_session_with_a_batch_in_hand_adds_it_once(
    chain: Chain, children: Children
) -> None:
    relay = chain.relay("relay")
    chain.settle(40)
    until(chain.relayed, relay.step)
    sleeper = children.start("project")
    children.wait_until_stopped(sleeper)
    awake = chain.projector()
    until(chain.projected, awake.step)
    by_the_other = chain.totals()

    children.wake(sleeper)
    chain.settle(40)
    until(chain.projected, relay.step, awake.step)
    children.tell("end")
    sleeper.wait(60)

    assert sum(by_the_other[region, year] for region, year in by_the_other if region == "NO") == 40
    assert chain.totals() == chain.ledger.totals()
