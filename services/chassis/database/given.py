"""Many rows handed to one statement, as a table that it can join or insert from."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from services.chassis.database.database import Database


class Given:
    """A table of rows that come as parameters, under a name.

    ``columns`` and ``place``, the rows' order, may stand in the statement; `values` gives what it is
    executed with. On SQLite the rows go as JSON, so they hold texts and numbers only.
    """

    source: FromClause
    place: ColumnElement[int]

    def __init__(self, database: Database, name: str, columns: dict[str, TypeEngine[Any]]) -> None:
        self._name = name
        self._names = list(columns)
        self._on_sqlite = database.dialect == "sqlite"
        if self._on_sqlite:
            given = func.json_each(bindparam(name)).table_valued("key", "value", name=name)
            self.source, self.place = given, cast(given.c.key, Integer)
            self.columns: dict[str, ColumnElement[Any]] = {
                one: func.json_extract(given.c.value, f"$[{at}]", type_=kind)
                for at, (one, kind) in enumerate(columns.items())
            }
            return
        arrays = [
            bindparam(self._parameter(one), type_=postgresql.ARRAY(kind)) for one, kind in columns.items()
        ]
        valued = func.unnest(*arrays).table_valued(
            *(column(one, kind) for one, kind in columns.items()),
            with_ordinality="place",
            name=name,
        )
        given = valued.render_derived()
        self.source, self.place = given, given.c.place
        self.columns = {one: given.c[one] for one in columns}

    def beside(
        self, columns: Sequence[ColumnElement[Any]], on: ColumnElement[bool]
    ) -> tuple[FromClause, Sequence[ColumnElement[Any]]]:
        """Each given row with those of a table that belong to it: whence to select, and the columns there.

        ``on`` has to be answered by an index. PostgreSQL would read the whole of a table that it takes
        for small, and goes on so for as long as it has not looked how large the table has become.
        """
        table = columns[0].table
        if self._on_sqlite:
            return self.source.join(table, on), columns
        # With OFFSET it is worked out row by row.
        found = select(*columns).where(on).offset(literal_column("0", Integer)).lateral()
        return self.source.join(found, true()), list(found.c)

    def values(self, rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """The parameters for some rows, at least one, each in the order of the columns."""
        if self._on_sqlite:
            return {self._name: orjson.dumps([tuple(row) for row in rows]).decode()}
        return {
            self._parameter(one): list(values)
            for one, values in zip(self._names, zip(*rows, strict=True), strict=True)
        }

    def _parameter(self, column_name: str) -> str:
        return f"{self._name}_{column_name}"


TEXT = Text()
NUMBER = BigInteger()
