"""Several processes write and read one file, and some are killed in the midst of it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest

from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import LogRecord
from services.contract.topics import TopicGeneration
from tests.chassis.log.embedded.workers import FENCED, READING_ENDS, TOPICS, WRITING_ENDS, lines_of

ROOT = Path(__file__).parents[4]
PATIENCE_SECONDS = 60

Place = tuple[str, int, int]


class Work:
    """The processes of one test, and what their accounts say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, role: str, *words: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.chassis.log.embedded.workers", role, str(self.folder)]
        worker = subprocess.Popen([*command, *map(str, words)], cwd=ROOT)
        self.workers.append(worker)
        return worker

    def until(self, reached: Callable[[], bool]) -> None:
        end = monotonic() + PATIENCE_SECONDS
        while not reached():
            assert monotonic() < end, f"not reached within {PATIENCE_SECONDS} seconds"
            sleep(0.02)

    def tell(self, what: str) -> None:
        (self.folder / what).touch()

    def acknowledged(self, topic: TopicGeneration, token: int) -> list[tuple[int, int, bytes]]:
        lines = lines_of(self.folder / f"acknowledged-{topic.name}-{token}")
        return [(int(partition), int(offset), value.encode()) for partition, offset, value in lines]

    def until_acknowledged(self, topic: TopicGeneration, token: int, count: int) -> None:
        self.until(lambda: len(self.acknowledged(topic, token)) >= count)

    def account(self, name: str) -> list[tuple[str, Place, bytes]]:
        return [
            (what, (topic, int(partition), int(offset)), value.encode())
            for what, topic, partition, offset, value in lines_of(self.folder / f"read-{name}")
        ]

    def read(self, *names: str) -> dict[Place, bytes]:
        return {place: value for name in names for what, place, value in self.account(name) if what == "read"}

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    work = Work(tmp_path)
    yield work
    work.end()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EmbeddedLog]:
    log = EmbeddedLog(f"sqlite:///{tmp_path}/log.db")
    log.ensure(TOPICS)
    yield log
    log.close()


def whole(log: EmbeddedLog) -> dict[Place, LogRecord]:
    return {
        (topic.name, partition, record.offset): record
        for topic in TOPICS
        for partition in range(topic.partitions)
        for record in log.read(topic, partition, 0, 1_000_000)
    }


def written(record: LogRecord) -> tuple[int, int]:
    """The writer's token and its number of the record."""
    token, number = record.value.decode().split(".")
    return int(token), int(number)


@pytest.mark.timeout(4 * PATIENCE_SECONDS)
def test_killed_writers_and_readers_lose_nothing_and_keep_the_order(log: EmbeddedLog, work: Work) -> None:
    random = Random(20_161)
    writers = [work.start("write", number, 1) for number in range(4)]
    readers = [work.start("read", name) for name in ("a", "b")]

    # Two writers and a reader die in the midst; a third writer is replaced while it lives.
    for number in (0, 1):
        work.until_acknowledged(TOPICS[number], 1, random.randint(50, 200))
        writers[number].kill()
        writers[number] = work.start("write", number, 2)
    work.until(lambda: len(work.read("a")) > 100)
    readers[0].kill()
    replaced, writers[2] = writers[2], work.start("write", 2, 2)
    for topic in TOPICS[:3]:
        work.until_acknowledged(topic, 2, 50)
    assert replaced.wait(PATIENCE_SECONDS) == FENCED
    readers[0] = work.start("read", "c")
    work.until(lambda: len(work.read("c")) > 100)
    work.tell(WRITING_ENDS)
    assert [writer.wait(PATIENCE_SECONDS) for writer in writers] == [0, 0, 0, 0]
    stands = whole(log)
    work.until(lambda: work.read("a", "b", "c").keys() >= stands.keys())
    work.tell(READING_ENDS)
    assert [reader.wait(PATIENCE_SECONDS) for reader in readers] == [0, 0]

    _assert_that_acknowledged_records_stand_once(work, stands)
    _assert_that_partitions_are_dense_and_in_the_order_of_their_writers(log, stands)
    assert work.read("a", "b", "c") == {place: record.value for place, record in stands.items()}
    for name in ("a", "b", "c"):
        _assert_that_a_reader_skipped_nothing(work, name)


def _assert_that_acknowledged_records_stand_once(work: Work, stands: dict[Place, LogRecord]) -> None:
    for topic in TOPICS:
        values = [record.value for (name, _, _), record in stands.items() if name == topic.name]
        assert len(values) == len(set(values))
        for token in (1, 2):
            for partition, offset, value in work.acknowledged(topic, token):
                assert stands[topic.name, partition, offset].value == value


def _assert_that_partitions_are_dense_and_in_the_order_of_their_writers(
    log: EmbeddedLog, stands: dict[Place, LogRecord]
) -> None:
    for topic in TOPICS:
        for partition, end in enumerate(log.end_offsets(topic)):
            records = [stands[topic.name, partition, offset] for offset in range(end)]
            order = [written(record) for record in records]
            assert order == sorted(order)
    assert len(stands) == sum(sum(log.end_offsets(topic)) for topic in TOPICS)


def _assert_that_a_reader_skipped_nothing(work: Work, name: str) -> None:
    wanted: dict[tuple[str, int], int] = {}
    for what, (topic, partition, offset), _ in work.account(name):
        if what == "read":
            assert offset == wanted[topic, partition]
        wanted[topic, partition] = offset + (what == "read")


def test_processes_that_open_a_new_file_together_all_find_it_made(tmp_path: Path) -> None:
    opening = (
        "import sys; from services.chassis.log.embedded import EmbeddedLog;"
        "from services.contract.topics import TopicGeneration;"
        "EmbeddedLog(sys.argv[1]).ensure([TopicGeneration('bosatt.requests', 1)])"
    )
    command = [sys.executable, "-c", opening, f"sqlite:///{tmp_path}/log.db"]

    opened = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]

    assert [process.wait(PATIENCE_SECONDS) for process in opened] == [0, 0, 0]
