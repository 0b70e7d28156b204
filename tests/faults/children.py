"""Relays and projectors in processes of their own, which stop themselves at a point and wait there.

A process that stops itself (SIGSTOP) just before a send, or with a batch in hand, stops exactly
there every time; one that is stopped from outside stops anywhere.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from services.chassis.log.kafka import KafkaLog
from services.chassis.log.port import Consumer, LogError, OutgoingRecord, Polled, Producer
from services.contract.topics import HEARTBEATS, TopicGeneration
from tests.faults.chain import TIMING, projection_in, projector_on, relay_of, store_in, until

ROOT = Path(__file__).parents[2]


class Children:
    """The processes of one test, ended with it."""

    def __init__(self, folder: Path, bootstrap: str) -> None:
        self._folder = folder
        self._bootstrap = bootstrap
        self._all: list[subprocess.Popen[bytes]] = []

    def start(self, role: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.faults.children", role, str(self._folder), self._bootstrap]
        child = subprocess.Popen(command, cwd=ROOT)
        self._all.append(child)
        return child

    def wait_until_stopped(self, child: subprocess.Popen[bytes]) -> None:
        until(lambda: _state(child) == "T" or _failed(child))

    def wake(self, child: subprocess.Popen[bytes]) -> None:
        child.send_signal(signal.SIGCONT)

    def told(self, what: str) -> bool:
        return (self._folder / what).exists()

    def tell(self, what: str) -> None:
        (self._folder / what).touch()

    def end(self) -> None:
        for child in self._all:
            child.kill()
            child.wait()


def _state(child: subprocess.Popen[bytes]) -> str:
    return Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[0]


def _failed(child: subprocess.Popen[bytes]) -> bool:
    assert child.poll() is None, f"the child has ended with {child.returncode}"
    return False


class _Stops:
    """Stops this process the first time that it gets here."""

    def __init__(self) -> None:
        self._passed = False

    def here(self) -> None:
        if not self._passed:
            self._passed = True
            os.kill(os.getpid(), signal.SIGSTOP)


class _SleepyProducer:
    """Falls asleep over its first send, and says when that has reached the log after all."""

    def __init__(self, real: Producer, stops: _Stops, folder: Path) -> None:
        self._real, self._stops, self._folder = real, stops, folder

    def send(self, records: Sequence[OutgoingRecord]) -> list[int]:
        self._stops.here()
        offsets = self._real.send(records)
        (self._folder / "sent-late").touch()
        return offsets

    def close(self) -> None:
        self._real.close()


class _LogOfSleepyRelay(KafkaLog):
    stops = _Stops()
    folder: Path

    def producer(self, topic: TopicGeneration, token: int) -> Producer:
        real = super().producer(topic, token)
        return real if topic.topic == HEARTBEATS else _SleepyProducer(real, self.stops, self.folder)


class _SleepyConsumer:
    """Falls asleep with its first batch in hand."""

    def __init__(self, real: Consumer, stops: _Stops) -> None:
        self._real, self._stops = real, stops
        self.seek, self.assignment, self.close = real.seek, real.assignment, real.close

    def poll(self, timeout: float, most: int) -> Polled:
        polled = self._real.poll(timeout, most)
        if polled.batches:
            self._stops.here()
        return polled


class _LogOfSleepyProjector(KafkaLog):
    def consumer(self, group: str, topics: Sequence[TopicGeneration]) -> Consumer:
        return _SleepyConsumer(super().consumer(group, topics), _Stops())


def _relay(folder: Path, bootstrap: str) -> None:
    """Relay until what was sent late has reached the log; then do nothing until the test ends."""
    log = _LogOfSleepyRelay(bootstrap, timing=TIMING)
    log.folder = folder
    relay = relay_of(store_in(folder), log, "old")
    until((folder / "sent-late").exists, relay.step)


def _project(folder: Path, bootstrap: str) -> None:
    log = _LogOfSleepyProjector(bootstrap, timing=TIMING)
    projector = projector_on(projection_in(folder), log)
    (folder / "projecting").touch()
    while not (folder / "end").exists():
        try:
            projector.step()
        except LogError:
            continue
    projector.close()


if __name__ == "__main__":
    {"relay": _relay, "project": _project}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
