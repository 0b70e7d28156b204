"""Single appends a second with 8 writers: ours against a lock held to the commit, and raw inserts.

``python -m tests.benchmarks.appends`` starts a PostgreSQL server of its own, with everything that
makes it durable, and measures the three in turn, again and again, so that whatever else the machine does
befalls all alike. What counts are the ratios of neighbours. The writers are threads of one process, as
in a service, unless ``--processes`` says otherwise.

* ours: look, append, commit, as a command service does it; ordered by transaction ids;
* lock: the very same, but the first statement takes a lock that is held to the commit, so that
  positions rise in the order of commits;
* raw: one statement a transaction that inserts a finished event with its transaction's id.
"""

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from uuid import uuid4

from sqlalchemy import BigInteger, Text, cast, func, select

from services.chassis.database import Database
from services.chassis.store import EventStore, NewEvent
from services.chassis.store.tables import events
from services.running.servers.postgresql import PostgreSQLServer

WRITERS = 8
LOCK = 1
CONTENT = {
    "specversion": "1.0",
    "source": "urn:benchmark",
    "type": "no.bosatt.person.settled.v1",
    "datacontenttype": "application/json",
    "origin": "reported",
    "partitionkey": "0301",
    "streamversion": 1,
    "data": {"municipality": "0301", "settledOn": "2024-02-29", "sex": "female", "ageGroup": "18-29"},
}

Append = Callable[[EventStore], None]


def ours(store: EventStore) -> None:
    _append(store, locked=False)


def lock(store: EventStore) -> None:
    _append(store, locked=True)


def raw(store: EventStore) -> None:
    subject = str(uuid4())
    row = {
        "epoch": 1,
        "transaction": cast(cast(func.pg_current_xact_id(), Text), BigInteger),
        "caller": "municipality:0301",
        "source": "urn:benchmark",
        "event_id": subject,
        "digest": "0" * 64,
        "kind": "settlements",
        "subject": subject,
        "version": 1,
        "partition_key": "0301",
        "recorded_time": "2024-06-01T12:00:00.000000Z",
        "content": b"x" * 450,
        "warnings": b"[]",
    }
    with store.database.write() as connection:
        connection.execute(events.insert().values(row).inline())


def _append(store: EventStore, *, locked: bool) -> None:
    subject = str(uuid4())
    with store.transaction() as tx:
        if locked:
            tx.connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        tx.look("municipality:0301", "urn:benchmark", subject, "settlements", subject)
        tx.append(
            NewEvent(
                caller="municipality:0301",
                source="urn:benchmark",
                event_id=subject,
                digest="0" * 64,
                kind="settlements",
                subject=subject,
                expected_version=0,
                partition_key="0301",
                content={**CONTENT, "id": subject, "subject": subject},
                warnings=[],
                facts_of=lambda recorded: {"state": "settled", "known": recorded, **CONTENT["data"]},
            )
        )


VARIANTS: dict[str, Append] = {"ours": ours, "lock": lock, "raw": raw}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--pairs", type=int, default=7)
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--processes", type=int, default=1, help="that the writers are spread over")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as directory, PostgreSQLServer(Path(directory) / "server") as server:
        server.create_database("store")
        store = EventStore(Database(server.url("store")))
        store.migrate()
        store.database.close()
        with Writers(server.url("store"), given.processes) as writers:
            for variant in VARIANTS:
                writers.rate(variant, 0.5)
            say(f"{WRITERS} writers in {given.processes} processes; appends a second")
            measure(writers, given.pairs, given.seconds)


def measure(writers: "Writers", pairs: int, seconds: float) -> None:
    rates = []
    for _ in range(pairs):
        rates.append({variant: writers.rate(variant, seconds) for variant in VARIANTS})
        say("  ".join(f"{variant} {rate:6.0f}" for variant, rate in rates[-1].items()))
    for other in ("lock", "raw"):
        ratios = [one["ours"] / one[other] for one in rates]
        say(f"ours / {other}: {statistics.median(ratios):.2f} (median of {pairs})")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Writers:
    """Processes with connections that stay open, told over pipes what to measure."""

    def __init__(self, url: str, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes = []
        self._processes = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            arguments = (url, WRITERS // processes, theirs)
            self._pipes.append(ours)
            self._processes.append(context.Process(target=_obey, args=arguments, daemon=True))

    def rate(self, variant: str, seconds: float) -> float:
        for pipe in self._pipes:
            pipe.send((variant, seconds))
        return sum(pipe.recv() for pipe in self._pipes) / seconds

    def __enter__(self) -> "Writers":
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(10)


def _obey(url: str, threads: int, pipe: Pipe) -> None:
    store = EventStore(Database(url))
    while (order := pipe.recv()) is not None:
        variant, seconds = order
        counts: list[int] = []
        writers = [
            threading.Thread(target=_write, args=(store, VARIANTS[variant], seconds, counts))
            for _ in range(threads)
        ]
        for one in writers:
            one.start()
        for one in writers:
            one.join()
        pipe.send(sum(counts))
    store.database.close()


def _write(store: EventStore, append: Append, seconds: float, counts: list[int]) -> None:
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        append(store)
        count += 1
    counts.append(count)


if __name__ == "__main__":
    main()
