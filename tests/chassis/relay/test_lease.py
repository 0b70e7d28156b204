"""One leader at a time, and tokens that only rise."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from services.chassis.relay.lease import Lease, LeaseLost, Leases
from services.chassis.store import EventStore
from services.chassis.store.tables import chains, relays
from tests.chassis.relay.bench import TOPIC
from tests.chassis.store.samples import Clock

LATER = "2024-06-01T13:00:00.000000Z"


def leases(store: EventStore, holder: str, clock: Clock) -> Leases:
    return Leases(store.database, TOPIC, holder, 10.0, clock)


def hold(store: EventStore, lease: Lease) -> None:
    with store.database.write() as connection:
        lease.hold(connection, LATER)


def test_the_first_to_ask_gets_the_first_token_and_an_empty_chain_per_partition(
    store: EventStore, clock: Clock
) -> None:
    lease = leases(store, "one", clock).take()

    assert lease == Lease(1, "one", 1)
    with store.database.read() as connection:
        rows = connection.execute(select(chains.c.last_sequence, chains.c.acknowledged_offset)).all()
    assert rows == [(0, -1)] * TOPIC.partitions


def test_while_one_holds_the_lease_no_other_gets_it(store: EventStore, clock: Clock) -> None:
    leases(store, "one", clock).take()
    clock.move(9.9)

    assert leases(store, "two", clock).take() is None


def test_an_expired_lease_is_taken_with_a_higher_token(store: EventStore, clock: Clock) -> None:
    leases(store, "one", clock).take()
    clock.move(10)

    assert leases(store, "two", clock).take() == Lease(1, "two", 2)


def test_a_lease_that_another_has_taken_is_lost_for_good(store: EventStore, clock: Clock) -> None:
    old = leases(store, "one", clock).take()
    clock.move(10)
    leases(store, "two", clock).take()
    clock.move(10)

    with pytest.raises(LeaseLost):
        hold(store, old)


def test_an_expired_lease_that_nobody_has_taken_is_still_held(store: EventStore, clock: Clock) -> None:
    lease = leases(store, "one", clock).take()
    clock.move(3_000)

    hold(store, lease)

    assert leases(store, "two", clock).take() is None


def test_holding_a_lease_prolongs_it(store: EventStore, clock: Clock) -> None:
    hold(store, leases(store, "one", clock).take())
    clock.move(60)

    assert leases(store, "two", clock).take() is None


def test_a_lease_given_back_is_free_at_once(store: EventStore, clock: Clock) -> None:
    first = leases(store, "one", clock)
    first.give_back(first.take())

    assert leases(store, "two", clock).take() == Lease(1, "two", 2)


def test_giving_back_a_lost_lease_changes_nothing(store: EventStore, clock: Clock) -> None:
    first = leases(store, "one", clock)
    old = first.take()
    clock.move(10)
    held = leases(store, "two", clock).take()

    first.give_back(old)

    hold(store, held)
    assert leases(store, "three", clock).take() is None


def test_a_holder_that_begins_anew_gets_a_higher_token_at_once(store: EventStore, clock: Clock) -> None:
    one = leases(store, "one", clock)

    assert [one.take().token for _ in range(3)] == [1, 2, 3]


def test_generations_have_leases_of_their_own(store: EventStore, clock: Clock) -> None:
    leases(store, "one", clock).take()
    second = type(TOPIC)(TOPIC.topic, 2, 5)

    assert Leases(store.database, second, "two", 10.0, clock).take() == Lease(2, "two", 1)


def test_of_many_that_ask_at_once_one_leads(store: EventStore, clock: Clock) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda number: leases(store, str(number), clock).take(), range(12)))

    assert len([lease for lease in taken if lease is not None]) == 1


def test_another_may_take_the_lease_between_the_look_and_the_right_to_write(
    store: EventStore, clock: Clock
) -> None:
    """The look is cheap and outside the writing transaction; the decision is inside."""

    class Overtaken(Leases):
        def _held_by_another(self) -> bool:
            free = super()._held_by_another()
            leases(store, "faster", clock).take()
            return free

    assert Overtaken(store.database, TOPIC, "slower", 10.0, clock).take() is None
    with store.database.read() as connection:
        assert connection.execute(select(relays.c.holder)).scalar_one() == "faster"
