"""Start everything in order, keep it running, stop it in reverse."""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from rich.console import Console

from services.chassis.auth.local_issuer import local_key
from services.chassis.http.serving import check_address
from services.chassis.log.port import LogError
from services.chassis.settings import Settings
from services.running.distributed.ground import Ground, as_environment
from services.running.distributed.keeping import Keeper
from services.running.distributed.kept import Kept, OurProcess
from services.running.distributed.telling import show_processes, write_environment, write_processes
from services.running.distributed.topology import FRONT, home_of, plan
from services.running.one_process import welcome
from services.running.processes import check_reach
from services.running.seeds import LoadingFailed, PublishedFigures
from services.running.servers import CantStart
from services.running.topics.making import make_all
from services.running.topics.wanted import BadFile

LONGEST_START = 120.0
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_STOP = 20.0

KEY = "local-issuer-key.pem"


class AlreadyRunning(Exception):
    """Another distributed system runs on the same directory."""


class _Stopped(Exception):
    """Told to stop while something was waited for."""


def run(settings: Settings, console: Console, *, embedded: bool) -> int:
    """Run until SIGINT or SIGTERM; the exit code is 0 after a clean stop. Call from the main thread.

    Raises `OffLoopback`, `CannotListen`, `AlreadyRunning`.
    """
    check_reach(settings)
    home = home_of(settings)
    (home / "logs").mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(home):
        check_address(settings.host, settings.port)
        _share_key(settings.data, home)
        return _Conductor(replace(settings, data=home), settings, console, embedded).run()


class _Conductor:
    def __init__(self, inner: Settings, outer: Settings, console: Console, embedded: bool) -> None:
        self._home = inner.data
        self._inner = inner
        self._outer = outer
        self._console = console
        self._embedded = embedded
        self._tiers: list[list[Keeper]] = []
        self._stop = threading.Event()
        self._failure: str | None = None

    def run(self) -> int:
        previous = {number: signal.signal(number, self._told) for number in STOPS}
        try:
            self._start_all()
            threading.Thread(target=self._load, name="loading", daemon=True).start()
            while not self._stop.wait(1.0):
                pass
        except _Stopped:
            pass
        except (CantStart, LogError, BadFile) as error:
            self._failure = str(error)
        finally:
            self._stop_all()
            for number, handler in previous.items():
                signal.signal(number, handler)
        if self._failure is not None:
            self._console.print(self._failure, style="red", markup=False, highlight=False)
            return 1
        self._console.print("Stopped.")
        return 0

    def _start_all(self) -> None:
        ground = Ground.of(self._inner, self._home, embedded=self._embedded)
        self._start_tier(ground.kept)
        named = ground.named()
        make_all(named)
        self._say("topics: there")
        variables = as_environment(named)
        write_environment(self._home, {**variables, "BOSATT_DATA": str(self._home)})
        processes = plan(self._outer, variables)
        self._start_tier({name: OurProcess(program) for name, program in processes.behind.items()})
        self._start_tier({FRONT: OurProcess(processes.front)})
        show_processes(self._console, self._keepers())

    def _start_tier(self, kept: dict[str, Kept]) -> None:
        """Start things side by side and wait until all are up."""
        if not kept:
            return
        keepers = [Keeper(name, one, self._changed) for name, one in kept.items()]
        self._tiers.append(keepers)
        for keeper in keepers:
            keeper.start()
        deadline = time.monotonic() + LONGEST_START
        for keeper in keepers:
            self._wait_for(keeper, deadline)
            self._say(f"{keeper.name}: up")
        write_processes(self._home, self._keepers())

    def _wait_for(self, keeper: Keeper, deadline: float) -> None:
        while not keeper.wait_until_up(0.1):
            if self._stop.is_set():
                raise _Stopped
            if time.monotonic() > deadline:
                raise CantStart(f"{keeper.name} was not up within {LONGEST_START:.0f} s.")

    def _load(self) -> None:
        """Load the figures the first time; then all is there."""
        figures = PublishedFigures(self._home) if self._outer.seeds else None
        try:
            if figures is not None and not figures.are_loaded:
                figures.load(self._outer, self._console)
        except LoadingFailed as error:
            if not self._stop.is_set():
                self._failure = f"The published figures could not be loaded: {error}"
                self._stop.set()
            return
        if not self._stop.is_set():
            welcome(self._inner, self._console)

    def _changed(self, name: str, what: str) -> None:
        self._console.print(f"{name}: {what}", markup=False, highlight=False)
        write_processes(self._home, self._keepers())

    def _say(self, what: str) -> None:
        self._console.print(f"  {what}", markup=False, highlight=False)

    def _keepers(self) -> list[Keeper]:
        return [keeper for tier in self._tiers for keeper in tier]

    def _told(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _stop_all(self) -> None:
        for tier in reversed(self._tiers):
            _stop_tier(tier)


def _stop_tier(keepers: Sequence[Keeper]) -> None:
    for keeper in keepers:
        keeper.tell_to_stop()
    deadline = time.monotonic() + LONGEST_STOP
    for keeper in keepers:
        keeper.stop(max(0.1, deadline - time.monotonic()))


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One at a time in a directory. The kernel lets go of it when we end, however that happens."""
    with (home / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(str(home)) from None
        yield


def _share_key(data: Path, home: Path) -> None:
    """One local issuer for whatever runs on the data directory, so that ``bosatt token`` is good for all."""
    local_key(data)
    link = home / KEY
    if not link.exists():
        link.unlink(missing_ok=True)
        os.symlink(Path("..") / KEY, link)
