"""Become somebody without root's rights, then become another program.

PostgreSQL refuses to run as root, which is who one often is in a container. This file is run as a
script, with nothing but Python's standard library::

    python -I -S unprivileged.py PARENT UID GID PROGRAM ARGUMENT…

The program keeps one right of root, to find its way: checkouts and data often lie below a directory
that is root's alone, and opening those directories for everybody is nobody's wish.
"""

import ctypes
import os
import signal
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2
_CAPABILITY_VERSION_3 = 0x20080522


def command_as(uid: int, gid: int, command: Sequence[str]) -> list[str]:
    """The command line that runs a command of this process as somebody else."""
    here = str(Path(__file__).resolve())
    return [sys.executable, "-I", "-S", here, str(os.getpid()), str(uid), str(gid), *command]


def _become(parent: int, uid: int, gid: int, command: Sequence[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    linux = sys.platform.startswith("linux")
    if linux:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if linux:
        # Whichever a container leaves to root; with neither, directories must be open as they are.
        if not _keep(libc, _DAC_READ_SEARCH):
            _keep(libc, _DAC_OVERRIDE)
        # To become somebody else has undone what the parent had asked for.
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
    os.execv(command[0], list(command))  # noqa: S606 - a shell is not wanted


def _keep(libc: ctypes.CDLL, right: int) -> bool:
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    mask = 1 << right
    wanted = struct.pack("=6I", mask, mask, mask, 0, 0, 0)
    if libc.capset(header, wanted) != 0:
        return False
    return bool(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, right, 0, 0) == 0)


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
