"""What a person, a script and an operator are told of the processes."""

import os
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from services.running.distributed.keeping import Keeper

PROCESSES = "processes.json"
ENVIRONMENT = "environment"


def show_processes(console: Console, keepers: Sequence[Keeper]) -> None:
    """One line for each, in the order in which they were started."""
    table = Table("process", "port", "pid", box=None, pad_edge=False)
    for keeper in keepers:
        table.add_row(keeper.name, str(keeper.port), str(keeper.pid))
    console.print(table)


def write_processes(home: Path, keepers: Sequence[Keeper]) -> None:
    """The same for scripts, as JSON: name, port and pid of each."""
    document = [{"name": one.name, "port": one.port, "pid": one.pid} for one in keepers]
    _write(home / PROCESSES, orjson.dumps(document, option=orjson.OPT_INDENT_2))


def write_environment(home: Path, variables: Mapping[str, str]) -> None:
    """What other commands need to work on the same stores and log, to be read by a shell."""
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(variables.items())]
    _write(home / ENVIRONMENT, "".join(lines).encode())


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and for its owner only."""
    descriptor, aside = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    os.replace(aside, path)
