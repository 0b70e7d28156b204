"""Many writers at once: nothing is lost, nothing stored twice, order is order."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from services.chassis.database import Database
from services.chassis.store import EventStore, VersionConflict
from services.chassis.store.order import in_order
from services.chassis.store.tables import events
from tests.chassis.store.samples import new_event

WRITERS = 4
EACH = 25


def append_to_shared_stream(store: EventStore) -> None:
    while True:
        # The version is read before the right to write is held, as by a slow caller.
        with store.rehearsal() as tx:
            head = tx.head("settlements", "shared")
        try:
            with store.transaction() as tx:
                tx.append(new_event("shared", 0 if head is None else head.version))
        except VersionConflict:
            continue
        return


def write(store: EventStore, writer: int) -> None:
    for number in range(EACH):
        with store.transaction() as tx:
            tx.append(new_event(f"{writer}-{number}"))
        append_to_shared_stream(store)


def test_concurrent_writers_lose_nothing_and_a_streams_times_rise_with_its_versions(
    store: EventStore,
) -> None:
    others = [EventStore(Database(store.database.url)) for _ in range(WRITERS - 1)]

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, [store, *others], range(WRITERS)))

    for other in others:
        other.database.close()
    with store.database.read() as connection:
        rows = connection.execute(select(events).order_by(*in_order(connection))).all()
    own = {row.subject for row in rows if row.subject != "shared"}
    shared = [row.version for row in rows if row.subject == "shared"]
    assert own == {f"{writer}-{number}" for writer in range(WRITERS) for number in range(EACH)}
    assert shared == list(range(1, WRITERS * EACH + 1))
    times = [row.recorded_time for row in rows if row.subject == "shared"]
    assert times == sorted(set(times))
