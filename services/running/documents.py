"""Write what clients can read of the API and of the log into files that are checked in.

    python -m services.running.documents docs/api

A document that would break a client is not written.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import orjson

from services.chassis.auth.port import NotAuthenticated
from services.chassis.commands.service import CommandService
from services.chassis.database import Database
from services.chassis.documents.asyncapi import asyncapi
from services.chassis.documents.blueprint import written
from services.chassis.documents.breaking import broken_by
from services.chassis.documents.describing import document_of
from services.chassis.store import EventStore
from services.contract.event_types import COMMAND_SERVICES
from services.running.parts.command import DOMAINS

FOLDER = Path("docs") / "api"


class _Nobody:
    """Nothing is asked of an app that is described only."""

    def authenticate(self, token: str, remote: str | None) -> NoReturn:
        raise NotAuthenticated("Nobody.")


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each document by the name of its file."""
    with tempfile.TemporaryDirectory() as folder:
        for name in COMMAND_SERVICES:
            database = Database(f"sqlite:///{folder}/{name}.db")
            service = CommandService(name, DOMAINS[name], EventStore(database))
            yield f"{name}.openapi.json", document_of(service.app(_Nobody()))
            database.close()
    yield "asyncapi.json", asyncapi()


def write(folder: Path) -> list[str]:
    """Write all documents, unless one would break a client: then say how, and write nothing."""
    found = dict(documents())
    broken = [
        f"{name}: {one}"
        for name, document in found.items()
        if (folder / name).exists()
        for one in broken_by(orjson.loads((folder / name).read_bytes()), document)
    ]
    if not broken:
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in found.items():
            (folder / name).write_bytes(written(document))
    return broken


if __name__ == "__main__":
    faults = write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    sys.exit("\n".join(["This would break clients; nothing was written:", *faults]) if faults else 0)
