"""Write what clients can read of the API, of the log and of the open data into files that are checked in.

    python -m services.running.documents docs/api

A document that would break a client is not written.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import orjson

from services.chassis.auth.port import NotAuthenticated
from services.chassis.clock import utc_now
from services.chassis.commands.service import CommandService
from services.chassis.database import Database
from services.chassis.documents.asyncapi import asyncapi
from services.chassis.documents.blueprint import written
from services.chassis.documents.breaking import broken_by
from services.chassis.documents.describing import document_of
from services.chassis.store import EventStore
from services.contract.event_types import COMMAND_SERVICES
from services.opendata.graphql.schema import breaking as of_schemas
from services.opendata.graphql.schema.schema import schema_text
from services.running.parts.command import DOMAINS

FOLDER = Path("docs") / "api"


@dataclass(frozen=True, slots=True)
class Document:
    """A document by the name of its file.

    ``broken_for`` tells what clients of another text of it could not do any more.
    """

    name: str
    text: bytes
    broken_for: Callable[[bytes], list[str]]


class _Nobody:
    """Nothing is asked of an app that is described only."""

    def authenticate(self, token: str, remote: str | None) -> NoReturn:
        raise NotAuthenticated("Nobody.")


def documents(today: date) -> Iterator[Document]:
    """All documents; ``today`` says what has been deprecated for long enough."""
    with tempfile.TemporaryDirectory() as folder:
        for name in COMMAND_SERVICES:
            database = Database(f"sqlite:///{folder}/{name}.db")
            service = CommandService(name, DOMAINS[name], EventStore(database))
            yield _json(f"{name}.openapi.json", document_of(service.app(_Nobody())))
            database.close()
    yield _json("asyncapi.json", asyncapi())
    schema = schema_text()
    yield Document(
        "schema.graphql",
        schema.encode(),
        lambda promised: of_schemas.broken_by(promised.decode(), schema, today),
    )


def write(folder: Path, today: date) -> list[str]:
    """Write all documents, unless one would break a client: then say how, and write nothing."""
    found = list(documents(today))
    broken = [
        f"{document.name}: {one}"
        for document in found
        if (folder / document.name).exists()
        for one in document.broken_for((folder / document.name).read_bytes())
    ]
    if not broken:
        folder.mkdir(parents=True, exist_ok=True)
        for document in found:
            (folder / document.name).write_bytes(document.text)
    return broken


def _json(name: str, document: dict[str, Any]) -> Document:
    return Document(name, written(document), lambda promised: broken_by(orjson.loads(promised), document))


if __name__ == "__main__":
    faults = write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER, utc_now().date())
    sys.exit("\n".join(["This would break clients; nothing was written:", *faults]) if faults else 0)
