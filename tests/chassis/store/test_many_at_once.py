"""Many events looked for and stored together: what comes of it is what one after the other would."""

import pytest
from sqlalchemy import select, text

from services.chassis.store import EventStore, VersionConflict
from services.chassis.store.order import in_order
from services.chassis.store.records import Wanted
from services.chassis.store.tables import events, streams
from tests.chassis.store.samples import new_event
from tests.servers.databases import POSTGRESQL


def stored(store: EventStore) -> list[tuple[str, int, str]]:
    with store.database.read() as connection:
        rows = connection.execute(
            select(events.c.subject, events.c.version, events.c.recorded_time).order_by(*in_order(connection))
        )
        return [tuple(row) for row in rows]


def wanted(event_id: str, subject: str = "one", caller: str = "imdi") -> Wanted:
    return Wanted(caller, "/tests", event_id, "settlements", subject)


def test_they_are_stored_in_their_order_with_rising_times(store: EventStore) -> None:
    with store.transaction() as tx:
        for number in range(500):
            tx.add(new_event(f"stream {number % 7}", number // 7, event_id=str(number)))
        tx.store_added()

    rows = stored(store)
    assert [row[:2] for row in rows] == [(f"stream {n % 7}", n // 7 + 1) for n in range(500)]
    times = [row[2] for row in rows]
    assert times == sorted(set(times))


def test_streams_stand_where_their_last_events_put_them(store: EventStore) -> None:
    with store.transaction() as tx:
        for version in range(3):
            tx.add(new_event("one", version, event_id=str(version), facts_of=lambda _, v=version: {"v": v}))
        tx.add(new_event("two"))
        tx.store_added()

    with store.rehearsal() as tx:
        one, two = tx.head("settlements", "one"), tx.head("settlements", "two")
        assert one is not None
        assert two is not None
        assert (one.version, one.facts, two.version) == (3, {"v": 2}, 1)
    with store.database.read() as connection:
        assert connection.execute(select(streams.c.version).order_by(streams.c.subject)).scalars().all() == [
            3,
            1,
        ]


def test_what_was_added_is_known_before_it_is_stored(store: EventStore) -> None:
    with store.transaction() as tx:
        assert tx.look_all([wanted("a"), wanted("b")]) is None
        recorded = tx.add(new_event(event_id="a", digest="d"))

        receipt, head = tx.receipt("imdi", "/tests", "a"), tx.head("settlements", "one")
        assert receipt is not None
        assert head is not None
        assert (receipt.digest, receipt.recorded_time, head.version) == ("d", recorded, 1)
        assert tx.receipt("imdi", "/tests", "b") is None


def test_what_was_not_stored_is_gone_with_the_transaction(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.add(new_event())

    assert stored(store) == []


def test_what_was_stored_before_is_found_for_many(store: EventStore) -> None:
    with store.transaction() as tx:
        for number in range(40):
            tx.append(new_event(f"stream {number}", event_id=f"id {number}", digest=f"d{number}"))

    with store.rehearsal() as tx:
        tx.look_all([wanted(f"id {n}", f"stream {n}") for n in range(60)])
        receipts = [tx.receipt("imdi", "/tests", f"id {n}") for n in range(60)]
        heads = [tx.head("settlements", f"stream {n}") for n in range(60)]

    assert [None if one is None else one.digest for one in receipts] == [f"d{n}" for n in range(40)] + [
        None
    ] * 20
    assert [None if one is None else one.version for one in heads] == [1] * 40 + [None] * 20


def test_a_receipt_is_its_callers_own_or_one_of_nobody(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.append(new_event("one", event_id="a", caller="", digest="restored"))
        tx.append(new_event("two", event_id="a", caller="imdi", digest="own"))
        tx.append(new_event("three", event_id="b", caller="", digest="restored"))

    with store.rehearsal() as tx:
        tx.look_all([wanted("a"), wanted("a", caller="0301"), wanted("b"), wanted("b", caller="0301")])
        found = [tx.receipt(caller, "/tests", one) for one in ("a", "b") for caller in ("imdi", "0301")]

    assert [one and one.digest for one in found] == ["own", "restored", "restored", "restored"]


def test_names_of_any_letters_are_found(store: EventStore) -> None:
    odd = ["'", '"', "\\", "ø", "\u2028", "{}", "$[0]", "null", "0301", "😀"]
    with store.transaction() as tx:
        for name in odd:
            tx.add(new_event(name, event_id=name, digest=name))
        tx.store_added()

    with store.rehearsal() as tx:
        tx.look_all([wanted(name, name) for name in odd])
        assert [tx.receipt("imdi", "/tests", name).digest for name in odd] == odd  # type: ignore[union-attr]
        assert all(tx.head("settlements", name) for name in odd)


def test_one_that_was_stored_before_stops_them_all(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.append(new_event("one", event_id="a"))

    def store_two() -> None:
        with store.transaction() as tx:
            tx.add(new_event("two", event_id="b"))
            tx.add(new_event("three", event_id="a"))
            tx.store_added()

    with pytest.raises(VersionConflict):
        store_two()

    assert [row[0] for row in stored(store)] == ["one"]


def test_an_event_that_does_not_follow_is_refused_and_the_others_may_go_on(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.add(new_event("one"))
        with pytest.raises(VersionConflict):
            tx.add(new_event("one", 3, event_id="b"))
        tx.add(new_event("one", 1, event_id="c"))
        tx.store_added()

    assert [row[1] for row in stored(store)] == [1, 2]


@pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)
def test_no_table_is_read_whole_for_that_however_small_it_was(store: EventStore) -> None:
    """What PostgreSQL plans for an empty table it goes on with until it looks how large that has become."""
    reads = text("SELECT sum(seq_scan) FROM pg_stat_xact_user_tables WHERE relname IN ('events', 'streams')")

    with store.rehearsal() as tx:
        before = tx.connection.execute(reads).scalar_one()
        for start in range(0, 160, 8):
            tx.look_all([wanted(f"id {n}", f"stream {n}") for n in range(start, start + 8)])
            for n in range(start, start + 8):
                tx.add(new_event(f"stream {n}", event_id=f"id {n}"))
            tx.store_added()
        after = tx.connection.execute(reads).scalar_one()

    assert after == before
