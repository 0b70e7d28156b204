"""Recorded times never go back within a stream, whatever clocks do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.store import EventStore
from services.chassis.store.tables import relays
from services.contract.envelope import read_time
from tests.chassis.store.samples import Clock, new_event


def append(store: EventStore, subject: str = "one", version: int = 0) -> str:
    with store.transaction() as tx:
        return tx.append(new_event(subject, version))


@pytest.fixture
def sqlite_store(tmp_path: Path, clock: Clock) -> Iterator[EventStore]:
    store = EventStore(Database(f"sqlite:///{tmp_path / 'store.db'}"), clock)
    store.migrate()
    yield store
    store.database.close()


@pytest.fixture
def postgresql_store(postgresql_url: str) -> Iterator[EventStore]:
    """Without a clock of its own."""
    store = EventStore(Database(postgresql_url))
    store.migrate()
    yield store
    store.database.close()


@pytest.mark.parametrize("seconds", [-3_600, -0.000001, 0])
def test_a_streams_times_rise_though_the_clock_goes_back(
    store: EventStore, clock: Clock, seconds: float
) -> None:
    first = append(store)
    clock.move(seconds)

    later = [append(store, version=1), append(store, version=2)]

    assert [first, *later] == [f"2024-06-01T12:00:00.{micro:06d}Z" for micro in range(3)]


def test_events_of_one_transaction_have_different_times(store: EventStore) -> None:
    with store.transaction() as tx:
        times = [tx.append(new_event(subject)) for subject in ("one", "two", "three")]

    assert times == sorted(set(times))


def test_a_clock_that_has_caught_up_is_believed_again(store: EventStore, clock: Clock) -> None:
    append(store)
    clock.move(-60)
    append(store, version=1)
    clock.move(61)

    assert append(store, version=2) == "2024-06-01T12:00:01.000000Z"


def test_the_order_can_be_told_after_which_moment_to_record(store: EventStore, clock: Clock) -> None:
    clock.move(30)
    append(store)
    clock.move(-30)

    with store.database.write() as connection:
        store.order.record_after(connection, "2024-06-01T12:00:30.000000Z")

    assert append(store, "two") == "2024-06-01T12:00:30.000001Z"


@pytest.mark.backend("SQLite")
def test_where_one_writes_at_a_time_times_rise_in_the_whole_store(
    sqlite_store: EventStore, clock: Clock
) -> None:
    times = []
    for subject, seconds in (("one", 0), ("two", -3_600), ("three", 0)):
        clock.move(seconds)
        times.append(append(sqlite_store, subject))

    assert times == [f"2024-06-01T12:00:00.{micro:06d}Z" for micro in range(3)]


@pytest.mark.backend("SQLite")
def test_what_is_stored_after_a_claim_is_recorded_after_it(sqlite_store: EventStore) -> None:
    """A relay on a machine whose clock is ahead has said: all is sequenced up to this moment."""
    with sqlite_store.database.write() as connection:
        connection.execute(
            relays.insert(),
            {"generation": 1, "holder": "ahead", "token": 1, "expires": "", "cursor": 0}
            | {"sequenced_position": 0, "last_sequence": 0}
            | {"recorded_through": "2024-06-01T12:00:30.000000Z"},
        )

    assert append(sqlite_store) == "2024-06-01T12:00:30.000001Z"


@pytest.mark.backend("PostgreSQL")
@pytest.mark.sockets
def test_without_a_clock_given_the_servers_is_the_one_that_counts(
    postgresql_store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.clock.utc_now", lambda: datetime(1999, 1, 1, tzinfo=UTC))

    recorded = read_time(append(postgresql_store))

    # The server runs on this machine.
    assert abs(recorded - utc_now()) < timedelta(minutes=1)


@pytest.mark.backend("PostgreSQL")
@pytest.mark.sockets
def test_a_floor_raised_counts_at_once_for_transactions_that_saw_the_state_before(
    postgresql_store: EventStore,
) -> None:
    """Also where the clock is set back just then: no claim is ever overtaken by an older time."""
    ahead = "2999-01-01T00:00:00.000000Z"
    with postgresql_store.transaction() as tx:
        tx.connection.execute(select(relays)).all()
        with postgresql_store.database.write() as connection:
            postgresql_store.order.record_after(connection, ahead)

        recorded = tx.append(new_event())

    assert recorded == "2999-01-01T00:00:00.000001Z"
