"""Child processes that end with their parent, however that ends.

This file is also run as a script, with nothing but Python's standard library, to become the
program that is wanted once the kernel has been told to kill it with its parent::

    python -I -S children.py PARENT PROGRAM ARGUMENT…
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def start_child(
    command: Sequence[str], output: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a process that adds what it prints to a file; its environment is ours unless given.

    It is in a session of its own, so that Ctrl-C reaches the parent alone, which then stops it in
    its turn. On Linux the kernel kills it when the *thread* that started it ends: start children
    from a thread that lives as long as they are wanted.
    """
    here = str(Path(__file__).resolve())
    with output.open("ab") as stream:
        return subprocess.Popen(  # noqa: S603 - what to run is said by us
            [sys.executable, "-I", "-S", here, str(os.getpid()), *command],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=environment,
        )


def _become(parent: int, command: Sequence[str]) -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            # It died in between, and the kernel tells nobody afterwards.
            os._exit(1)
    os.execv(command[0], list(command))  # noqa: S606 - to become another program is what it is for


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
