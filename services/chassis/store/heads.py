"""A stream's row: where it stands, and what lists find it by."""

from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, case, literal_column

from services.chassis.store.records import StreamHead
from services.chassis.store.tables import streams
from services.contract.concerns import NO_YEAR, concern_of
from services.contract.facts import Facts

_FOLLOWING = ("version", "recorded_time", "facts", "municipality", "district", "state")


class HeadRow(NamedTuple):
    """A stream's row, in the order of the table's columns, as it is while the stream is new."""

    kind: str
    subject: str
    version: int
    partition_key: str
    recorded_time: str
    facts: bytes
    municipality: str
    district: str | None
    year: int
    state: str
    begun: str

    def head(self) -> StreamHead:
        """Where the stream stands then."""
        return StreamHead(self.version, self.partition_key, self.recorded_time, orjson.loads(self.facts))

    def after(self, earlier: "HeadRow") -> "HeadRow":
        """The same where an earlier event of the stream is stored together with this one."""
        return self._replace(begun=earlier.begun, year=self.year or earlier.year)


def head_row(
    kind: str, subject: str, version: int, partition_key: str, recorded: str, facts: Facts
) -> HeadRow:
    """What follows from the facts in force and from when they were recorded."""
    municipality, district, year = concern_of(facts, partition_key)
    return HeadRow(
        kind,
        subject,
        version,
        partition_key,
        recorded,
        orjson.dumps(facts),
        municipality,
        district,
        year,
        facts.get("state", ""),
        recorded,
    )


def next_head(excluded: Any) -> dict[str, Any]:
    """What changes in a stream's row with its next event: all but when and where it began.

    A year that facts no longer name stays, so that what was declined or closed is found by it.
    """
    unknown: ColumnElement[int] = literal_column(str(NO_YEAR))
    return {
        **{name: excluded[name] for name in _FOLLOWING},
        "year": case((excluded["year"] == unknown, streams.c.year), else_=excluded["year"]),
    }
