"""What has been released: the public numbers, summed over partitions, and the releases themselves.

``release`` in a row is the number of the release in which the row last changed.
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

metadata = MetaData()


def _place() -> list[Column[str] | Column[int]]:
    return [Column("region", String(6), nullable=False), Column("year", Integer, nullable=False)]


def _release() -> Column[int]:
    return Column("release", Integer, nullable=False)


releases = Table(
    "releases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("published_at", String(27), nullable=False),
    Column("data_through", String(27), nullable=True),
    Column("recorded_through", String(27), nullable=False),
    Column("policy", String(20), nullable=False),
    Column("marks", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_regions", Integer, nullable=True),
    Column("changed_years", Integer, nullable=True),
    Column("first_changed_year", Integer, nullable=True),
    Column("last_changed_year", Integer, nullable=True),
)
"""Every release; none is ever removed. ``recorded_through``: when the newest event in it was recorded
("" for none); ``version``: of the projection that it was made from; ``changed_…``: of how many regions
and years anything was another than before, null where that was not counted yet."""

totals = Table(
    "totals",
    metadata,
    *_place(),
    Column("measure", String(30), nullable=False),
    Column("origin", String(10), nullable=False),
    _release(),
    Column("value", BigInteger, nullable=False),
    Column("reports", BigInteger, nullable=False),
    PrimaryKeyConstraint("year", "region", "measure", "origin"),
)

categories = Table(
    "categories",
    metadata,
    *_place(),
    Column("dimension", String(30), nullable=False),
    Column("category", String(40), nullable=False),
    Column("origin", String(10), nullable=False),
    _release(),
    Column("persons", BigInteger, nullable=False),
    PrimaryKeyConstraint("year", "region", "dimension", "category", "origin"),
)

cells = Table(
    "cells",
    metadata,
    *_place(),
    Column("day", String(10), nullable=False),
    Column("categories", String(120), nullable=False),
    Column("origin", String(10), nullable=False),
    _release(),
    Column("persons", BigInteger, nullable=False),
    PrimaryKeyConstraint("year", "region", "day", "categories", "origin"),
    sqlite_with_rowid=False,
)
"""Persons settled by all dimensions and the day, in their own region only: the projection's cells."""

days = Table(
    "days",
    metadata,
    *_place(),
    Column("day", String(10), nullable=False),
    _release(),
    Column("persons", BigInteger, nullable=False),
    PrimaryKeyConstraint("year", "region", "day"),
)

facts = Table(
    "facts",
    metadata,
    Column("kind", String(20), nullable=False),
    *_place(),
    _release(),
    Column("facts", LargeBinary, nullable=False),
    PrimaryKeyConstraint("year", "region", "kind"),
)

figures = Table(
    "figures",
    metadata,
    *_place(),
    Column("key", String(100), nullable=False),
    _release(),
    Column("figure", LargeBinary, nullable=False),
    PrimaryKeyConstraint("year", "region", "key"),
)

waits = Table(
    "waits",
    metadata,
    *_place(),
    _release(),
    Column("by_days", LargeBinary, nullable=False),
    PrimaryKeyConstraint("year", "region"),
)
"""Of municipalities and districts: persons settled by whole days of waiting (``3:1,17:2``). Only for
medians of several together, on another map than that of the year; never given themselves."""

places = Table(
    "places",
    metadata,
    *_place(),
    _release(),
    PrimaryKeyConstraint("region", "year"),
)
"""The regions and years of which anything is known, and the release that last changed them."""

years = Table(
    "years",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    _release(),
)
"""The release that last changed anything of a year: what is kept in memory is dated by it."""
