"""The running totals. Each partition owns its rows, so projectors never contend.

``owner`` is the partition that a row belongs to. Which rows there are and what stands in them
depends on the events alone, not on how they fell into batches, so that tables made anew can be
compared with the live ones. What events have touched has a row, also where it nets to nothing.
Measures and dimensions are values, not columns, so that more of them need no new tables.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
)

from services.chassis.consuming.marks import marks_table

metadata = MetaData()

marks = marks_table(metadata)


def _place() -> list[Column[str] | Column[int]]:
    return [Column("region", String(6), nullable=False), Column("year", Integer, nullable=False)]


def _owner() -> Column[str]:
    return Column("owner", String(40), nullable=False)


totals = Table(
    "totals",
    metadata,
    *_place(),
    Column("measure", String(30), nullable=False),
    Column("origin", String(10), nullable=False),
    _owner(),
    Column("value", BigInteger, nullable=False),
    Column("reports", BigInteger, nullable=False),
    PrimaryKeyConstraint("year", "region", "measure", "origin", "owner"),
    sqlite_with_rowid=False,
)
"""Running totals at every level. A total with no reports is null, not nought."""

cells = Table(
    "cells",
    metadata,
    *_place(),
    Column("day", String(10), nullable=False),
    Column("categories", String(120), nullable=False),
    Column("origin", String(10), nullable=False),
    _owner(),
    Column("persons", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    PrimaryKeyConstraint("year", "region", "day", "categories", "origin", "owner"),
    sqlite_with_rowid=False,
)
"""Persons settled by all dimensions and the day ("" = date not stated), in their own region only,
and the sequence of the last event that touched the cell. What is known by one dimension or by day,
there and in all regions above, is summed from here where it is released."""

waits = Table(
    "waits",
    metadata,
    *_place(),
    Column("days", Integer, nullable=False),
    _owner(),
    Column("persons", BigInteger, nullable=False),
    PrimaryKeyConstraint("year", "region", "days", "owner"),
    sqlite_with_rowid=False,
)
"""Persons settled by whole days of waiting, at every level."""

facts = Table(
    "facts",
    metadata,
    Column("kind", String(20), nullable=False),
    *_place(),
    _owner(),
    Column("facts", LargeBinary, nullable=False),
    PrimaryKeyConstraint("year", "region", "kind"),
    sqlite_with_rowid=False,
)
"""The public facts in force of needs, requests and decisions that are no numbers to sum."""

figures = Table(
    "figures",
    metadata,
    *_place(),
    Column("key", String(100), nullable=False),
    _owner(),
    Column("figure", LargeBinary, nullable=False),
    PrimaryKeyConstraint("year", "region", "key"),
    sqlite_with_rowid=False,
)
"""Official figures, the latest of each kind."""

changes = Table(
    "changes",
    metadata,
    *_place(),
    _owner(),
    Column("sequence", BigInteger, nullable=False),
    PrimaryKeyConstraint("owner", "year", "region"),
    sqlite_with_rowid=False,
)
"""Per partition the regions and years in which anything was touched, and the sequence of the last
event that did: what has changed since a release can be told from the release's marks."""

versions = Table(
    "versions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),
    Column("topics", LargeBinary, nullable=False),
    Column("folded", BigInteger, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("beat", BigInteger, nullable=False),
)
"""The account of versions of the projection (``versions.py``). Only the first version's is used."""

checks = Table(
    "checks",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("begun_at", String(27), nullable=False),
    Column("finished_at", String(27), nullable=True),
    Column("compared", BigInteger, nullable=True),
    Column("differences", BigInteger, nullable=True),
)
"""How each check of the whole system went when it was last made, and when it was begun again since.
``differences`` is null where nothing could be compared. Only the first version's is used."""
