"""Tell the log of releases: an event on ``bosatt.releases``, at most one a second."""

import time
from typing import Any

import orjson
from sqlalchemy import desc, select

from services.chassis.database import Database
from services.chassis.store import EventStore, NewEvent
from services.contract.codes import Origin, Role
from services.contract.entitlements import Caller
from services.contract.event_types import PREFIX, VERSION
from services.contract.facts import facts_after
from services.opendata.release import tables

SOURCE = "/opendata/releases"
SHORTEST_INTERVAL = 1.0
_CALLER = Caller(Role.SYSTEM).name


class Announcer:
    """Appends the newest release to opendata's own event store, once."""

    def __init__(self, published: Database, store: EventStore) -> None:
        self._published = published
        self._store = store
        self._announced = 0
        self._next_at = 0.0

    def announce_due(self) -> None:
        """Announce the newest release, unless it has been or the last one was a moment ago."""
        if time.monotonic() < self._next_at:
            return
        newest = self._newest()
        if newest is None or newest["release"] == str(self._announced):
            return
        self._append(newest)
        self._announced = int(newest["release"])
        self._next_at = time.monotonic() + SHORTEST_INTERVAL

    def _newest(self) -> dict[str, Any] | None:
        releases = tables.releases.c
        with self._published.read() as connection:
            row = connection.execute(
                select(tables.releases).order_by(desc(releases.number)).limit(1)
            ).one_or_none()
        if row is None:
            return None
        return {
            "release": str(row.number),
            "policy": row.policy,
            "publishedAt": row.published_at,
            "dataThrough": row.data_through,
            "marks": [_mark(owner, sequence) for owner, sequence in sorted(orjson.loads(row.marks).items())],
        }

    def _append(self, data: dict[str, Any]) -> None:
        number = str(data["release"])
        event_type = f"{PREFIX}release.published.{VERSION}"
        with self._store.transaction() as tx:
            if tx.receipt(_CALLER, SOURCE, number) is not None:
                return
            content = {
                "specversion": "1.0",
                "id": number,
                "source": SOURCE,
                "type": event_type,
                "subject": number,
                "datacontenttype": "application/json",
                "origin": Origin.REPORTED.value,
                "partitionkey": "releases",
                "streamversion": 1,
                "data": data,
            }
            tx.append(
                NewEvent(
                    caller=_CALLER,
                    source=SOURCE,
                    event_id=number,
                    digest="",
                    kind="releases",
                    subject=number,
                    expected_version=0,
                    partition_key="releases",
                    content=content,
                    warnings=[],
                    facts_of=lambda recorded: facts_after(
                        "release.published", None, data, Origin.REPORTED, recorded
                    ),
                )
            )


def _mark(owner: str, sequence: int) -> dict[str, object]:
    service, generation, partition = owner.split("/")
    return {
        "topic": f"bosatt.{service}",
        "generation": int(generation),
        "partition": int(partition),
        "sequence": sequence,
    }
