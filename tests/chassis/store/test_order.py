"""On PostgreSQL many write at once; the order in which events are read has no gaps for all that."""

import multiprocessing
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

import psycopg
import pytest

from services.chassis.store import EventStore, VersionConflict
from services.chassis.store.order import postgresql as order
from tests.chassis.store.leading import Leader
from tests.chassis.store.samples import Clock, new_event
from tests.chassis.store.writing import Committed, write_in_threads
from tests.servers.databases import POSTGRESQL
from tests.servers.postgresql import Databases

pytestmark = [
    pytest.mark.parametrize("database", [POSTGRESQL], indirect=True),
    pytest.mark.usefixtures("patient_sessions"),
]

TRANSACTIONS = 40


@pytest.fixture
def leader(store: EventStore) -> Leader:
    return Leader(store)


@pytest.fixture
def elsewhere(postgresql_databases: Databases) -> Iterator[Callable[[], psycopg.Connection]]:
    """Opens transactions in another database of the same server that have begun to write."""
    url = postgresql_databases.new()
    opened = []

    def open_one() -> psycopg.Connection:
        connection = psycopg.connect(url.replace("+psycopg", ""))
        connection.execute("SELECT pg_current_xact_id()")
        opened.append(connection)
        return connection

    yield open_one
    for connection in opened:
        connection.close()
    postgresql_databases.drop(url)


def append(store: EventStore, subject: str, version: int = 0) -> None:
    with store.transaction() as tx:
        tx.append(new_event(subject, version))


def test_what_was_stored_behind_an_open_transaction_waits_for_it(store: EventStore, leader: Leader) -> None:
    with store.transaction() as early:
        early.append(new_event("early"))
        append(store, "late")
        meanwhile = leader.round()

    leader.round()

    assert meanwhile.count == 0
    assert leader.sequenced() == [("early", 1), ("late", 1)]


def test_a_transaction_that_is_rolled_back_holds_nothing_up_any_longer(
    store: EventStore, leader: Leader
) -> None:
    with store.rehearsal() as early:
        early.append(new_event("early"))
        append(store, "late")

    leader.round()

    assert leader.sequenced() == [("late", 1)]


def test_a_transaction_open_in_another_database_delays_and_no_more(
    store: EventStore, leader: Leader, elsewhere: Callable[[], psycopg.Connection]
) -> None:
    other = elsewhere()
    append(store, "one")
    append(store, "one", 1)
    meanwhile = [leader.round().count for _ in range(3)]

    other.rollback()
    leader.round()

    assert meanwhile == [0, 0, 0]
    assert leader.sequenced() == [("one", 1), ("one", 2)]


def test_a_batch_that_comes_upon_a_stream_begun_meanwhile_is_done_anew(
    store: EventStore, leader: Leader
) -> None:
    """Were it to go on, it would be read back as A1, B2, B1: its transaction began before B1's."""

    def batch(meanwhile: Callable[[], None]) -> None:
        with store.transaction() as tx:
            tx.append(new_event("A"))
            meanwhile()
            head = tx.head("settlements", "B")
            tx.append(new_event("B", 0 if head is None else head.version))

    with pytest.raises(VersionConflict):
        batch(lambda: append(store, "B"))
    batch(lambda: None)
    leader.round()

    assert leader.sequenced() == [("B", 1), ("A", 1), ("B", 2)]


def test_two_that_store_the_same_event_at_once_store_it_once(store: EventStore, leader: Leader) -> None:
    with pytest.raises(VersionConflict), store.transaction() as slow:  # noqa: PT012
        assert slow.receipt("imdi", "/tests", "same") is None
        with store.transaction() as fast:
            fast.append(new_event("fast", event_id="same"))
        slow.append(new_event("slow", event_id="same"))

    leader.round()

    assert leader.sequenced() == [("fast", 1)]


def test_nothing_is_claimed_that_an_open_transaction_may_still_store(
    store: EventStore, leader: Leader, clock: Clock
) -> None:
    leader.round()
    clock.move(1)
    with store.transaction() as tx:
        tx.look("imdi", "/tests", "a", "settlements", "one")
        clock.move(60)
        append(store, "two")
        rounds = [leader.round() for _ in range(3)]
        tx.append(new_event("one"))
    clock.move(1)
    last = leader.round()

    assert [one.count for one in rounds] == [0, 0, 0]
    assert {through for through, _ in leader.claimed[:-1]} == {"2024-06-01T12:00:00.000000Z"}
    assert last.through == clock.now
    assert leader.untrue_claims() == []


def test_what_was_recorded_before_the_oldest_open_transaction_began_is_claimed(
    store: EventStore, leader: Leader, clock: Clock, elsewhere: Callable[[], psycopg.Connection]
) -> None:
    claims = []
    for _ in range(3):
        append(store, f"at {clock.now}")
        leader.round()
        clock.move(1)
        opened = elsewhere()
        append(store, f"at {clock.now}")
        claims.append(leader.round().through)
        opened.rollback()
        clock.move(1)

    assert [claim.second for claim in claims] == [0, 2, 4]
    assert leader.untrue_claims() == []


def test_what_is_remembered_of_moments_while_a_transaction_stays_open_is_bounded(
    store: EventStore,
    leader: Leader,
    clock: Clock,
    elsewhere: Callable[[], psycopg.Connection],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(order, "MOST_MOMENTS", 4)
    opened = elsewhere()
    for _ in range(20):
        clock.move(1)
        leader.round()
    remembered = len(leader.claims._moments)
    opened.rollback()
    clock.move(1)

    last = leader.round()

    assert remembered <= 5
    assert last.through == clock.now


def test_nothing_is_lost_doubled_or_out_of_order_with_eight_writers_and_a_reader_among_them(
    store: EventStore, elsewhere: Callable[[], psycopg.Connection]
) -> None:
    store = EventStore(store.database)  # by the server's clock, as in earnest
    leader = Leader(store, most=50)
    ended = threading.Event()

    def hold_up() -> None:
        while not ended.is_set():
            other = elsewhere()
            ended.wait(0.2)
            other.close()
            ended.wait(0.05)

    holding_up = threading.Thread(target=hold_up)
    holding_up.start()
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        groups = ([0, 1, 2, 3], [4, 5, 6, 7])
        writing = [pool.submit(write_in_threads, store.database.url, one, TRANSACTIONS) for one in groups]
        rounds = read_while(leader, writing)
    ended.set()
    holding_up.join()
    while leader.round().count:
        pass

    committed = [event for one in writing for event in one.result()]
    assert rounds > 5
    assert Counter(leader.sequenced()) == Counter(committed)
    assert versions_of(leader.sequenced()) == {
        subject: sorted(versions) for subject, versions in versions_of(committed).items()
    }
    assert max(Counter(committed).values()) == 1
    assert len(leader.claimed) > 1
    assert leader.untrue_claims() == []


def read_while(leader: Leader, writing: list["Future[Committed]"]) -> int:
    """Sequence again and again until all have written; how often something was found."""
    found = 0
    while not all(one.done() for one in writing):
        found += leader.round().count > 0
    return found


def versions_of(events: Committed) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for subject, version in events:
        found[subject].append(version)
    return found
