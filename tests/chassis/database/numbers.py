"""A table of numbers to put something into."""

from sqlalchemy import Column, Integer, MetaData, Table, select

from services.chassis.database import Database

METADATA = MetaData()
NUMBERS = Table(
    "numbers", METADATA, Column("number", Integer, primary_key=True), Column("times", Integer, default=0)
)


def numbers(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(select(NUMBERS.c.number).order_by(NUMBERS.c.number)).scalars())


def put(database: Database, number: int) -> None:
    with database.write() as connection:
        connection.execute(NUMBERS.insert(), {"number": number})
