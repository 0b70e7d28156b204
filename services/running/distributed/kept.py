"""What is kept running: a process of ours, a broker, a database server."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.running.front.watching import is_live
from services.running.servers import CantStart
from services.running.servers.children import start_child
from services.running.servers.kafka import KafkaBrokers
from services.running.servers.postgresql import PostgreSQLServer

LONGEST_START = 60.0
LONGEST_STOP = 15.0
LINES_QUOTED = 12

_PAUSE = 0.05
_ONE = 1


class Kept(Protocol):
    """Something that runs, may die, and can be started again."""

    def start(self) -> None:
        """Start it, whatever was before, and wait until it answers. Raises `CantStart`."""

    @property
    def is_alive(self) -> bool: ...

    @property
    def pid(self) -> int: ...

    @property
    def port(self) -> int:
        """Where it listens on loopback."""

    def tell_to_stop(self) -> None:
        """Let it begin to end, and do not wait."""

    def stop(self) -> None:
        """Wait until it has ended; kill it where that takes too long."""


@dataclass(frozen=True, slots=True)
class Program:
    """A process of ours: what ``bosatt`` is to do, where it listens, its environment and its log."""

    words: Sequence[str]
    port: int
    environment: Mapping[str, str]
    output: Path


class OurProcess:
    """A ``bosatt`` process."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._kill()
        program = self._program
        command = [sys.executable, "-m", "services.cli", *program.words]
        self._process = start_child(command, program.output, program.environment)
        deadline = time.monotonic() + LONGEST_START
        while not is_live(program.port):
            if self._process.poll() is not None:
                raise CantStart(f"It has ended at its start:\n{last_lines(program.output)}")
            if time.monotonic() > deadline:
                raise CantStart(
                    f"It did not answer within {LONGEST_START:.0f} s:\n{last_lines(program.output)}"
                )
            time.sleep(_PAUSE)

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        return 0 if self._process is None else self._process.pid

    @property
    def port(self) -> int:
        return self._program.port

    def tell_to_stop(self) -> None:
        if self._process is not None and self.is_alive:
            self._process.terminate()

    def stop(self) -> None:
        self.tell_to_stop()
        if self._process is not None:
            try:
                self._process.wait(LONGEST_STOP)
            except subprocess.TimeoutExpired:
                self._kill()

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Broker:
    """A single Kafka broker."""

    def __init__(self, brokers: KafkaBrokers) -> None:
        self._brokers = brokers
        self._begun = False

    def start(self) -> None:
        if not self._begun:
            self._brokers.start()
            self._begun = True
            return
        if self.is_alive:
            self._brokers.kill(_ONE)
        self._brokers.restart(_ONE)

    @property
    def is_alive(self) -> bool:
        return self._brokers.alive(_ONE)

    @property
    def pid(self) -> int:
        return self._brokers.pid(_ONE)

    @property
    def port(self) -> int:
        return int(self._brokers.bootstrap.rpartition(":")[2])

    def tell_to_stop(self) -> None:
        """It is told and waited for in one."""

    def stop(self) -> None:
        self._brokers.stop()


class DatabaseServer:
    """A PostgreSQL server with its databases."""

    def __init__(self, server: PostgreSQLServer, databases: Sequence[str]) -> None:
        self._server = server
        self._databases = databases

    def start(self) -> None:
        self._server.start()
        for name in self._databases:
            self._server.create_database(name)

    @property
    def is_alive(self) -> bool:
        return self._server.is_running

    @property
    def pid(self) -> int:
        return self._server.pid

    @property
    def port(self) -> int:
        return self._server.port

    def tell_to_stop(self) -> None:
        """It is told and waited for in one."""

    def stop(self) -> None:
        self._server.stop()


def last_lines(output: Path) -> str:
    """What a process said last."""
    try:
        text = output.read_text(errors="replace")
    except OSError:
        return "(it said nothing)"
    return "\n".join(text.splitlines()[-LINES_QUOTED:]) or "(it said nothing)"
