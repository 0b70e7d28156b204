"""Rows put in place of those with the same key, on both databases."""

from contextlib import closing, nullcontext

import pytest
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, PrimaryKeyConstraint, String, Table, select
from sqlalchemy.exc import DataError

from services.chassis.database import Database
from services.opendata.projection.upserts import Upsert
from tests.servers.databases import BOTH, new_url

METADATA = MetaData()
COUNTS = Table(
    "counts",
    METADATA,
    Column("region", String(6), nullable=False),
    Column("year", BigInteger, nullable=False),
    Column("persons", BigInteger, nullable=False),
    Column("note", LargeBinary, nullable=False),
    PrimaryKeyConstraint("region", "year"),
)


@pytest.fixture(params=BOTH)
def database(request, tmp_path):
    with closing(Database(new_url(request, request.param, tmp_path / "counts.db"))) as database:
        with database.write() as connection:
            METADATA.create_all(connection)
        yield database


def put(database, upsert, *rows):
    with database.write() as connection:
        upsert.put(connection, rows)


def found(database):
    with database.read() as connection:
        return sorted(tuple(row) for row in connection.execute(select(COUNTS)))


def test_rows_with_new_keys_are_added(database):
    put(database, Upsert(database, COUNTS), ("0301", 2024, 1, b"a"), ("4601", 2024, 2, b"\x00"))

    assert found(database) == [("0301", 2024, 1, b"a"), ("4601", 2024, 2, b"\x00")]


def test_a_row_takes_the_place_of_the_one_with_its_key(database):
    upsert = Upsert(database, COUNTS)
    put(database, upsert, ("0301", 2024, 1, b"a"))

    put(database, upsert, ("0301", 2024, 5, b"b"), ("0301", 2023, 1, b"c"))

    assert found(database) == [("0301", 2023, 1, b"c"), ("0301", 2024, 5, b"b")]


def test_what_is_to_be_added_is_added_to_what_stands_there(database):
    upsert = Upsert(database, COUNTS, adds=("persons",))
    put(database, upsert, ("0301", 2024, 1, b"a"))

    put(database, upsert, ("0301", 2024, -3, b"b"))

    assert found(database) == [("0301", 2024, -2, b"b")]


def test_of_what_is_to_be_highest_the_higher_stays(database):
    upsert = Upsert(database, COUNTS, highest=("persons",))
    put(database, upsert, ("0301", 2024, 5, b"a"), ("4601", 2024, 5, b"a"))

    put(database, upsert, ("0301", 2024, 4, b"b"), ("4601", 2024, 6, b"b"))

    assert found(database) == [("0301", 2024, 5, b"b"), ("4601", 2024, 6, b"b")]


def test_no_rows_are_no_trouble(database):
    put(database, Upsert(database, COUNTS))

    assert found(database) == []


def test_a_text_that_is_too_long_for_its_column_is_never_cut_off(database):
    upsert = Upsert(database, COUNTS)
    refused = database.dialect == "postgresql"

    with pytest.raises(DataError) if refused else nullcontext():
        put(database, upsert, ("0301-and-more", 2024, 1, b"a"))

    assert [row[0] for row in found(database)] == ([] if refused else ["0301-and-more"])
