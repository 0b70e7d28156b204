"""A real PostgreSQL server on this machine, with nothing installed but a Python package."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

from services.running.servers import CantStart
from services.running.servers.children import start_child
from services.running.servers.ports import LOOPBACK
from services.running.servers.postgresql_directory import USER, ServerDirectory, as_owner, program

LONGEST_START_SECONDS = 60.0
LONGEST_TAKEOVER_SECONDS = 10.0
LONGEST_STOP_SECONDS = 15.0

_PAUSE_SECONDS = 0.02

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "300",
    "scram_iterations": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
}

# A machine that loses power loses what was said to be stored: for what is thrown away anyway.
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


class PostgreSQLServer:
    """One server, with all that it keeps in one directory, which only its owner can open.

    It listens on loopback, on a TCP port that stays its own over restarts, and asks for a random
    password, which is kept in the directory. It ends with the thread that started it (see
    `start_child`). Where this process is root's, which PostgreSQL refuses to be, the server runs as
    ``nobody``. Without ``durable`` it is faster and survives any end but that of the machine.
    """

    def __init__(
        self, directory: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None
    ) -> None:
        """Nothing happens before `start`."""
        self.directory = directory.resolve()
        self._kept = ServerDirectory(self.directory)
        self._durable = durable
        self._settings = {**_SETTINGS, **({} if durable else _NOT_DURABLE), **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._port: int | None = None

    @property
    def pid(self) -> int:
        """The server's first process; that of the last one where it has ended."""
        if self._process is None:
            raise CantStart("The server was not started.")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def port(self) -> int:
        """Where it listens on loopback. Raises `CantStart` before the first start."""
        if self._port is None:
            raise CantStart("The server has no port yet: start it.")
        return self._port

    def url(self, database: str) -> str:
        """The address of a database, for SQLAlchemy; it holds the password."""
        return f"postgresql+psycopg://{USER}:{self._kept.password}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers; nothing where it runs already.

        What an earlier server left in the directory, however it ended, is taken up again, at the
        same port. Raises `CantStart`, with nothing left running.
        """
        if self.is_running:
            return
        self._kept.make(durable=self._durable)
        if self._port is None:
            self._port = self._kept.port()
        deadline = time.monotonic() + LONGEST_TAKEOVER_SECONDS
        try:
            # Others of a server that was killed may still be about to notice, and hold its memory.
            while not self._launch(time.monotonic() < deadline):
                time.sleep(_PAUSE_SECONDS)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Cut off all clients and end in order; kill it where that takes too long."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LONGEST_STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it by kill -9 and wait until it is gone. Its other processes end as soon as they notice."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def create_database(self, name: str) -> None:
        """Make a database; nothing where there is one of that name."""
        with self._connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if known is None:
                with contextlib.suppress(psycopg.errors.DuplicateDatabase):
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def __enter__(self) -> "PostgreSQLServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _launch(self, may_be_in_use: bool) -> bool:
        """One attempt; False where another may do better, because the directory is in use yet."""
        self._kept.forget_the_dead()
        options = [f"--{name}={value}" for name, value in {**self._settings, "port": str(self.port)}.items()]
        before = self._kept.said()
        command = [str(program("postgres")), "-D", str(self._kept.data), *options]
        self._process = start_child(as_owner(command), self._kept.output)
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while not self._answers():
            if self._process.poll() is not None:
                said = self._kept.said_since(before)
                if may_be_in_use and ("lock file" in said or "still in use" in said):
                    return False
                raise CantStart(f"PostgreSQL has ended at its start in {self.directory}:\n{said}")
            if time.monotonic() > deadline:
                raise CantStart(
                    f"PostgreSQL did not answer on port {self.port} within {LONGEST_START_SECONDS:.0f} "
                    f"seconds:\n{self._kept.said_since(before)}"
                )
            time.sleep(_PAUSE_SECONDS)
        return True

    def _answers(self) -> bool:
        """Whether the process just started, and no other of the same directory, takes connections."""
        if not self._kept.is_ready(self.pid):
            return False
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        url = self.url("postgres").replace("+psycopg", "")
        return psycopg.connect(url, autocommit=True, connect_timeout=5)
