"""Appending to streams: expected versions, duplicates, all or nothing."""

import orjson
import pytest
from sqlalchemy import func, select

from services.chassis.store import (
    EventStore,
    Found,
    NewEvent,
    StoreTransaction,
    StreamHead,
    VersionConflict,
)
from services.chassis.store.order import in_order
from services.chassis.store.tables import events, relays, streams
from tests.chassis.store.samples import Clock, new_event

NOON = "2024-06-01T12:00:00.000000Z"


def stored(store: EventStore) -> list[tuple[str, int]]:
    """Subject and version of every event, in order."""
    with store.database.read() as connection:
        query = select(events.c.subject, events.c.version)
        rows = connection.execute(query.order_by(*in_order(connection)))
        return [(row.subject, row.version) for row in rows]


def versions(store: EventStore) -> dict[str, int]:
    with store.database.read() as connection:
        return {row.subject: row.version for row in connection.execute(select(streams))}


def append_all(tx: StoreTransaction, new: list[NewEvent]) -> None:
    for one in new:
        tx.append(one)


def test_a_stream_that_does_not_exist_has_no_head(store: EventStore) -> None:
    with store.transaction() as tx:
        assert tx.head("settlements", "one") is None


def test_the_head_is_what_the_last_event_left(store: EventStore, clock: Clock) -> None:
    with store.transaction() as tx:
        tx.append(new_event())
    clock.move(60)

    with store.transaction() as tx:
        tx.append(new_event(expected_version=1))

    with store.transaction() as tx:
        assert tx.head("settlements", "one") == StreamHead(
            2,
            "0301",
            "2024-06-01T12:01:00.000000Z",
            {"state": "settled", "known": "2024-06-01T12:01:00.000000Z"},
        )


def test_an_event_is_stored_with_its_recorded_time_in_it(store: EventStore) -> None:
    with store.transaction() as tx:
        recorded = tx.append(new_event(content={"id": "a"}))

    with store.database.read() as connection:
        content = connection.execute(select(events.c.content)).scalar_one()
    assert recorded == NOON
    assert orjson.loads(content) == {"id": "a", "recordedtime": NOON}


@pytest.mark.parametrize("expected", [0, 1, 3, 7])
def test_another_version_than_the_stream_is_at_is_a_conflict_that_stores_nothing(
    store: EventStore, expected: int
) -> None:
    with store.transaction() as tx:
        tx.append(new_event())
        tx.append(new_event(expected_version=1))

    with pytest.raises(VersionConflict), store.transaction() as tx:
        tx.append(new_event(expected_version=expected))

    assert stored(store) == [("one", 1), ("one", 2)]
    assert versions(store) == {"one": 2}


def test_a_conflict_that_is_caught_leaves_nothing_of_the_event_behind(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.append(new_event(event_id="same"))
        for clash in (new_event("two", event_id="same"), new_event("three", expected_version=1)):
            with pytest.raises(VersionConflict):
                tx.append(clash)
        tx.append(new_event("four"))

    assert stored(store) == [("one", 1), ("four", 1)]
    assert versions(store) == {"one": 1, "four": 1}


def test_one_subject_in_two_kinds_is_two_streams(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.append(new_event(kind="needs"))
        tx.append(new_event(kind="figures"))

    assert stored(store) == [("one", 1), ("one", 1)]


def test_several_events_in_one_transaction_are_stored_together(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.append(new_event())
        tx.append(new_event("two"))
        tx.append(new_event(expected_version=1))

    assert stored(store) == [("one", 1), ("two", 1), ("one", 2)]


def test_if_one_of_several_events_fails_none_is_stored(store: EventStore) -> None:
    with pytest.raises(VersionConflict), store.transaction() as tx:
        append_all(tx, [new_event(), new_event("two"), new_event()])

    assert stored(store) == []
    assert versions(store) == {}


def test_facts_that_cannot_be_told_undo_the_event(store: EventStore) -> None:
    def fail(_recorded: str) -> dict[str, str]:
        raise KeyError("persons")

    with pytest.raises(KeyError), store.transaction() as tx:
        tx.append(new_event(facts_of=fail))

    assert stored(store) == []


def test_an_event_is_found_again_by_caller_source_and_id(store: EventStore) -> None:
    warning = {"code": "no-decision", "pointer": "/data", "message": "None has been seen."}
    with store.transaction() as tx:
        tx.append(new_event(event_id="a", digest="d", warnings=[warning]))

    with store.transaction() as tx:
        receipt = tx.receipt("imdi", "/tests", "a")
        of_others = [tx.receipt("0301", "/tests", "a"), tx.receipt("imdi", "/", "a")]

    assert receipt is not None
    assert (receipt.digest, receipt.subject, receipt.version) == ("d", "one", 1)
    assert (receipt.recorded_time, receipt.warnings) == (NOON, [warning])
    assert of_others == [None, None]


def test_one_look_shows_receipt_head_and_whether_the_store_is_closed(store: EventStore) -> None:
    with store.transaction() as tx:
        nothing = tx.look("imdi", "/tests", "a", "settlements", "one")
        tx.append(new_event(event_id="a", digest="d"))
        tx.append(new_event(expected_version=1))
    with store.database.write() as connection:
        connection.execute(
            relays.insert(),
            {"generation": 1, "holder": "", "token": 1, "expires": "", "cursor": 0, "closed": "Shut."}
            | {"sequenced_position": 0, "last_sequence": 0},
        )

    with store.transaction() as tx:
        found = tx.look("imdi", "/tests", "a", "settlements", "one")
        apart = (tx.receipt("imdi", "/tests", "a"), tx.head("settlements", "one"))
        of_another_stream = tx.look("imdi", "/tests", "a", "settlements", "two")

    assert nothing == Found(None, None, None)
    assert (found.closed, found.receipt, found.head) == ("Shut.", *apart)
    assert found.receipt is not None
    assert found.head is not None
    assert (found.receipt.version, found.head.version) == (1, 2)
    assert of_another_stream == Found("Shut.", found.receipt, None)


def test_of_an_event_restored_without_a_caller_the_receipt_is_everybodys(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.append(new_event(event_id="a", caller="", digest="restored"))
        tx.append(new_event("two", event_id="a", caller="0301", digest="own"))

    with store.transaction() as tx:
        digests = [
            found.digest
            for caller in ("4601", "0301")
            for found in (
                tx.receipt(caller, "/tests", "a"),
                tx.look(caller, "/tests", "a", "settlements", "one").receipt,
            )
            if found is not None
        ]

    assert digests == ["restored", "restored", "own", "own"]


def test_what_a_look_found_is_what_an_append_goes_by(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.append(new_event())

    with store.transaction() as tx:
        tx.look("imdi", "/tests", "a", "settlements", "one")
        tx.append(new_event(expected_version=1))
        tx.append(new_event(expected_version=2))
        head = tx.head("settlements", "one")

    assert head is not None
    assert head.version == 3
    assert versions(store) == {"one": 3}


def test_the_same_source_and_id_is_stored_once_for_a_caller(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.append(new_event(event_id="a"))

    with pytest.raises(VersionConflict), store.transaction() as tx:
        tx.append(new_event("two", event_id="a"))

    assert stored(store) == [("one", 1)]


def test_the_same_source_and_id_of_two_callers_are_two_events(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.append(new_event(event_id="a", caller="municipality:0301"))
        tx.append(new_event("two", event_id="a", caller="municipality:4601"))

    assert stored(store) == [("one", 1), ("two", 1)]


def test_a_rehearsal_answers_the_same_and_leaves_nothing(store: EventStore) -> None:
    with store.rehearsal() as tx:
        rehearsed = tx.append(new_event())
        assert tx.head("settlements", "one") is not None

    with store.transaction() as tx:
        assert tx.append(new_event()) == rehearsed

    with store.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar_one() == 1


def test_a_rehearsal_that_fails_leaves_nothing_either(store: EventStore) -> None:
    with pytest.raises(VersionConflict), store.rehearsal() as tx:
        append_all(tx, [new_event(), new_event()])

    assert stored(store) == []


def test_listeners_hear_of_what_is_durable_and_of_nothing_else(store: EventStore) -> None:
    heard = []
    store.on_append(lambda: heard.append(len(stored(store))))

    with store.rehearsal() as tx:
        tx.append(new_event())
    with pytest.raises(VersionConflict), store.transaction() as tx:
        tx.append(new_event(expected_version=9))
    with store.transaction() as tx:
        tx.append(new_event())

    assert heard == [1]
