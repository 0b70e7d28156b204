"""Writers and readers that run as processes of their own and may be killed at any moment.

Each says what it has done in a file of its own, a line at a time, after the fact.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import sleep
from typing import TypeVar

from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import Consumer, Fenced, LogUnreachable, OutgoingRecord, Partition
from services.contract.topics import TopicGeneration
from tests.chassis.log.reading_group import read_in

PARTITIONS = 2
TOPICS = [TopicGeneration(f"bosatt.writer-{number}", 1, PARTITIONS) for number in range(4)]
SESSION_SECONDS = 1.0
T = TypeVar("T")
WRITING_ENDS, READING_ENDS = "writing-ends", "reading-ends"
FENCED = 3


class Account:
    """A file that a worker adds to; a kill can at most leave its last line cut short."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def add(self, lines: list[str]) -> None:
        os.write(self._file, "".join(f"{line}\n" for line in lines).encode())


def lines_of(path: Path) -> list[list[str]]:
    """The whole lines of an account, each in its words."""
    if not path.exists():
        return []
    return [line.split() for line in path.read_text().rpartition("\n")[0].splitlines()]


def insist(action: Callable[[], T]) -> T:
    """Try until the log answers: a crowded machine is not what is tested."""
    while True:
        try:
            return action()
        except LogUnreachable:
            continue


def write(log: EmbeddedLog, folder: Path, topic: TopicGeneration, token: int) -> int:
    """Send records "token.number" until told to stop, and account for those acknowledged."""
    account = Account(folder / f"acknowledged-{topic.name}-{token}")
    random = Random(f"{topic.name} {token}")
    producer = insist(lambda: log.producer(topic, token))
    number = 0
    while not (folder / WRITING_ENDS).exists():
        count = random.randint(1, 20)
        records = [
            OutgoingRecord(random.randrange(PARTITIONS), "0301", f"{token}.{n}".encode())
            for n in range(number, number + count)
        ]
        try:
            offsets = producer.send(records)
        except LogUnreachable:
            continue
        except Fenced:
            return FENCED
        account.add(
            [
                f"{record.partition} {offset} {record.value.decode()}"
                for record, offset in zip(records, offsets, strict=True)
            ]
        )
        number += count
        sleep(random.uniform(0.001, 0.01))
    return 0


def read(log: EmbeddedLog, folder: Path, name: str) -> int:
    """Read all topics as a member of one group until told to stop; positions are files."""
    account = Account(folder / f"read-{name}")
    consumer = insist(lambda: log.consumer("readers", TOPICS))
    while not (folder / READING_ENDS).exists():
        try:
            polled = consumer.poll(0.1, 50)
        except LogUnreachable:
            continue
        _seek(consumer, polled.assigned, folder, account)
        account.add(
            [f"read {r.topic.name} {r.partition} {r.offset} {r.value.decode()}" for r in read_in(polled)]
        )
        for record in read_in(polled):
            _keep(folder, name, Partition(record.topic, record.partition), record.offset + 1)
    consumer.close()
    return 0


def _seek(consumer: Consumer, assigned: frozenset[Partition], folder: Path, account: Account) -> None:
    offsets = {}
    for partition in assigned:
        position = _position(folder, partition)
        offsets[partition] = int(position.read_text()) if position.exists() else 0
    consumer.seek(offsets)
    account.add([f"sought {p.topic.name} {p.number} {offset} -" for p, offset in offsets.items()])


def _keep(folder: Path, name: str, partition: Partition, offset: int) -> None:
    new = folder / f"new-position-{name}"
    new.write_text(str(offset))
    new.replace(_position(folder, partition))


def _position(folder: Path, partition: Partition) -> Path:
    return folder / f"position-{partition.topic.name}-{partition.number}"


def main(role: str, folder: Path, which: str, token: str = "0") -> int:
    log = insist(lambda: EmbeddedLog(f"sqlite:///{folder}/log.db", SESSION_SECONDS))
    if role == "write":
        return write(log, folder, TOPICS[int(which)], int(token))
    return read(log, folder, which)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
