"""Writers that do what services do, badly: long and short transactions, rollbacks, clashes."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

from services.chassis.database import Database
from services.chassis.store import EventStore, StoreTransaction, VersionConflict
from tests.chassis.store.samples import new_event

SHARED = [f"shared-{number}" for number in range(16)]
LONGEST = 12
LONGEST_PAUSE = 0.004

Committed = list[tuple[str, int]]


def write_in_threads(url: str, writers: list[int], transactions: int) -> Committed:
    """Several writers of one process, each on connections of its own; what they committed."""
    with ThreadPoolExecutor(len(writers)) as pool:
        done = pool.map(lambda writer: _write(url, writer, transactions), writers)
        return [one for committed in done for one in committed]


def _write(url: str, writer: int, transactions: int) -> Committed:
    chance = random.Random(writer)
    store = EventStore(Database(url))
    committed: Committed = []
    for number in range(transactions):
        subjects = [
            chance.choice(SHARED) if chance.random() < 0.1 else f"own-{writer}-{number % 5}"
            for _ in range(chance.randint(1, LONGEST))
        ]
        rolls_back = chance.random() < 0.2
        while (done := _attempt(store, subjects, chance, rolls_back=rolls_back)) is None:
            # Those who clash do not all come again at once.
            time.sleep(chance.uniform(0, LONGEST_PAUSE))
        committed += done
    store.database.close()
    return committed


def _attempt(
    store: EventStore, subjects: list[str], chance: random.Random, *, rolls_back: bool
) -> Committed | None:
    """What was committed, None where somebody else was faster."""
    try:
        if rolls_back:
            with store.rehearsal() as tx:
                _append(tx, subjects, chance)
            return []
        with store.transaction() as tx:
            return _append(tx, subjects, chance)
    except VersionConflict:
        return None


def _append(tx: StoreTransaction, subjects: list[str], chance: random.Random) -> Committed:
    appended = []
    for subject in subjects:
        if chance.random() < 0.3:
            time.sleep(chance.uniform(0, LONGEST_PAUSE))
        head = tx.head("settlements", subject)
        version = 0 if head is None else head.version
        tx.append(new_event(subject, version, event_id=f"{subject}-{version}", source="/writers"))
        appended.append((subject, version + 1))
    return appended
