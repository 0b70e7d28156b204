"""Recorded times rise with positions, whatever the clock does."""

import pytest

from services.chassis.store import EventStore
from services.chassis.store.tables import relays
from tests.chassis.store.samples import Clock, new_event


def append(store: EventStore, subject: str) -> str:
    with store.transaction() as tx:
        return tx.append(new_event(subject))


@pytest.mark.parametrize("seconds", [-3_600, -0.000001, 0])
def test_recorded_time_does_not_go_back_when_the_clock_does(
    store: EventStore, clock: Clock, seconds: float
) -> None:
    first = append(store, "one")
    clock.move(seconds)

    later = [append(store, "two"), append(store, "three")]

    assert [first, *later] == [f"2024-06-01T12:00:00.{micro:06d}Z" for micro in range(3)]


def test_events_of_one_transaction_have_different_times(store: EventStore) -> None:
    with store.transaction() as tx:
        times = [tx.append(new_event(subject)) for subject in ("one", "two", "three")]

    assert times == sorted(set(times))


def test_a_clock_that_has_caught_up_is_believed_again(store: EventStore, clock: Clock) -> None:
    append(store, "one")
    clock.move(-60)
    append(store, "two")
    clock.move(61)

    assert append(store, "three") == "2024-06-01T12:00:01.000000Z"


def test_what_is_stored_after_a_claim_is_recorded_after_it(store: EventStore) -> None:
    """A relay on a machine whose clock is ahead has said: all is sequenced up to this moment."""
    with store.database.write() as connection:
        connection.execute(
            relays.insert(),
            {
                "generation": 1,
                "holder": "ahead",
                "token": 1,
                "expires": "",
                "cursor": 0,
                "sequenced_position": 0,
                "last_sequence": 0,
                "recorded_through": "2024-06-01T12:00:30.000000Z",
            },
        )

    assert append(store, "one") == "2024-06-01T12:00:30.000001Z"
