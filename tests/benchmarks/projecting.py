"""How fast events are folded from a real broker, beside how fast kafka-python alone can read them.

    .venv/bin/python -m tests.benchmarks.projecting [COUNT] [ROUNDS]

Fills a topic with COUNT events of persons settled (500,000) and reads it, in turn and each time
with a fresh process and a fresh projection: kafka-python doing nothing with the records, with the
settings of its public benchmark (fetches of 8 MiB a partition, polls of 5,000), and our projector
on SQLite; on PostgreSQL too where BOSATT_DATABASE_URL_PROJECTION names an empty database.
BOSATT_KAFKA may name a broker. Rates of one machine at one moment mean little; their ratio does.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect

from services.chassis.database import Database
from services.chassis.log.kafka import KafkaLog
from services.chassis.log.port import Partition
from services.chassis.memory import collect_rarely
from services.contract.topics import TopicGeneration
from services.opendata.projection.dead_letters.acting import PARTITION as OPERATIONS
from services.opendata.projection.projector import Projector, migrate_projection
from services.running.servers.kafka import KafkaBrokers
from tests.benchmarks.settled_events import settled_records

TOPIC = "bosatt.settlements"
AT_ONCE = 5_000
MEGABYTE = 1 << 20
LONGEST_SECONDS = 900.0
POSTGRESQL = "BOSATT_DATABASE_URL_PROJECTION"


def main(count: int, rounds: int) -> None:
    with _broker() as bootstrap:
        topic = TopicGeneration(TOPIC, int(time.time()))
        _fill(bootstrap, topic, count)
        ways = ["raw", "sqlite", *(["postgresql"] if os.environ.get(POSTGRESQL) else [])]
        rates: dict[str, list[float]] = {way: [] for way in ways}
        for number in range(rounds):
            for way in ways:
                found = _in_a_process(way, bootstrap, topic.generation, count)
                rates[way].append(found["rate"])
                ratio = "" if way == "raw" else f"  {found['rate'] / rates['raw'][-1]:.2f} of raw"
                _say(
                    f"round {number + 1}  {way:10}  {found['rate']:9,.0f} events/s{ratio}"
                    f"  CPU {found['cpu'] / count * 1e6:.1f} us/event"
                    f"  memory {found['early']:.0f} MB after a tenth, {found['peak']:.0f} MB at its peak"
                )
        for way in ways[1:]:
            ratios = [one / raw for one, raw in zip(rates[way], rates["raw"], strict=True)]
            _say(f"{way}: median of {rounds} ratios {statistics.median(ratios):.2f}")


@contextmanager
def _broker() -> Iterator[str]:
    if os.environ.get("BOSATT_KAFKA"):
        yield os.environ["BOSATT_KAFKA"]
        return
    with tempfile.TemporaryDirectory(prefix="bosatt-benchmark-") as folder, KafkaBrokers(Path(folder)) as one:
        yield one.bootstrap


def _fill(bootstrap: str, topic: TopicGeneration, count: int) -> None:
    log = KafkaLog(bootstrap)
    log.ensure([topic, OPERATIONS.topic])
    producer = log.producer(topic, 1)
    begun, batch = time.perf_counter(), []
    for record in settled_records(topic, count):
        batch.append(record)
        if len(batch) == AT_ONCE:
            producer.send(batch)
            batch = []
    producer.send(batch)
    seconds = time.perf_counter() - begun
    _say(f"filled {topic.name} with {count:,} events, made and sent at {count / seconds:,.0f}/s")
    producer.close()
    log.close()


def _in_a_process(way: str, bootstrap: str, generation: int, count: int) -> dict[str, float]:
    words = ["--read", way, bootstrap, str(generation), str(count)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.projecting", *words],
        stdout=subprocess.PIPE,
        check=True,
        timeout=LONGEST_SECONDS,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


class _Course:
    """How a reading went: its rate from the first records on, and what memory it took."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._early = 0.0
        self._begun = 0.0
        self._cpu = 0.0

    def begin(self) -> None:
        self._begun, self._cpu = time.perf_counter(), time.process_time()

    def reached(self, read: int) -> None:
        if not self._early and read >= self._count / 10:
            self._early = _peak_memory()

    def told(self) -> str:
        seconds = time.perf_counter() - self._begun
        return json.dumps(
            {
                "rate": self._count / seconds,
                "cpu": time.process_time() - self._cpu,
                "early": self._early,
                "peak": _peak_memory(),
            }
        )


def _read_raw(bootstrap: str, topic: TopicGeneration, count: int) -> str:
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        fetch_max_bytes=50 << 20,
        max_partition_fetch_bytes=8 << 20,
        max_poll_records=5_000,
    )
    partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    course, read = _Course(count), 0
    while read < count:
        found = consumer.poll(1_000, max_records=5_000)
        if not read and found:
            course.begin()
        read += sum(map(len, found.values()))
        course.reached(read)
    return course.told()


def _project(database: Database, bootstrap: str, topic: TopicGeneration, count: int) -> str:
    # As a process of ours does when it begins.
    collect_rarely()
    migrate_projection(database)
    log = KafkaLog(bootstrap)
    projector = Projector(database, log, folded=[topic], group=f"benchmark-{uuid.uuid4()}")
    partitions = [Partition(topic, number) for number in range(topic.partitions)]
    course, read = _Course(count), 0
    while read < count:
        if not read:
            course.begin()
        projector.step()
        read = sum(mark.offset for mark in projector.marks.read(partitions).values())
        course.reached(read)
    told = course.told()
    projector.close()
    log.close()
    return told


def _peak_memory() -> float:
    """Of this process, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE


def _read(way: str, bootstrap: str, generation: str, count: str) -> str:
    topic = TopicGeneration(TOPIC, int(generation))
    if way == "raw":
        return _read_raw(bootstrap, topic, int(count))
    if way == "sqlite":
        with tempfile.TemporaryDirectory(prefix="bosatt-benchmark-") as folder:
            database = Database(f"sqlite:///{folder}/projection.db")
            told = _project(database, bootstrap, topic, int(count))
            database.close()
            return told
    url = os.environ[POSTGRESQL].replace("postgres://", "postgresql://")
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    if inspect(database.engine).get_table_names():
        raise SystemExit(f"{POSTGRESQL} names a database that holds something; name an empty one.")
    try:
        return _project(database, bootstrap, topic, int(count))
    finally:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        database.close()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        _say(_read(*sys.argv[2:]))
    else:
        numbers = [int(word.replace(",", "")) for word in sys.argv[1:]]
        main(*numbers, *[500_000, 3][len(numbers) :])
