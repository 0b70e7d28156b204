"""Add deltas to the stored totals, inside the transaction that moves the marks."""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, Table

from services.chassis.database import Database
from services.opendata.projection import tables
from services.opendata.projection.effects import Person
from services.opendata.projection.fold import Deltas


def add_deltas(database: Database, connection: Connection, deltas: Deltas, owner: str, sequence: int) -> None:
    """Add one partition's deltas; ``sequence`` is the partition's mark after the batch."""
    own = {"owner": owner, "sequence": sequence}
    _add(
        database,
        connection,
        tables.totals,
        ("value", "reports"),
        (
            {**key._asdict(), "value": value, "reports": reports, **own}
            for key, (value, reports) in deltas.totals.items()
        ),
    )
    counted: tuple[tuple[Table, Any], ...] = (
        (tables.categories, deltas.categories),
        (tables.days, deltas.days),
        (tables.waits, deltas.waits),
    )
    for table, counts in counted:
        rows = ({**key._asdict(), "persons": count, **own} for key, count in counts.items() if count)
        _add(database, connection, table, ("persons",), rows)
    _add(database, connection, tables.cells, ("persons",), _cells(deltas, own))
    _put(
        database,
        connection,
        tables.facts,
        "facts",
        (
            {"kind": kind, "region": region, "year": year, "facts": orjson.dumps(facts), **own}
            for (kind, region, year), facts in deltas.facts.items()
        ),
    )
    _put(
        database,
        connection,
        tables.figures,
        "figure",
        (
            {"region": region, "year": year, "key": key, "figure": orjson.dumps(figure), **own}
            for (region, year, key), figure in deltas.figures.items()
        ),
    )
    touched = ({"region": region, "year": year, **own} for region, year in sorted(deltas.touched()))
    _put(database, connection, tables.changes, "sequence", touched)


def _cells(deltas: Deltas, own: dict[str, Any]) -> list[dict[str, Any]]:
    """The finest cells without their day; days of one month come together."""
    counts: dict[tuple[Any, ...], int] = {}
    for person, count in deltas.persons.items():
        key = (*person[:2], person.month, *person[3:])
        counts[key] = counts.get(key, 0) + count
    names = ("region", "year", "month", *Person._fields[3:])
    return [
        {**dict(zip(names, key, strict=True)), "persons": count, **own}
        for key, count in counts.items()
        if count
    ]


def _add(
    database: Database,
    connection: Connection,
    table: Table,
    summed: tuple[str, ...],
    rows: Iterable[dict[str, Any]],
) -> None:
    found = list(rows)
    if not found:
        return
    insert = database.insert(table)
    changed: dict[str, Any] = {name: table.c[name] + insert.excluded[name] for name in summed}
    changed["sequence"] = insert.excluded["sequence"]
    connection.execute(
        insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed), found
    )


def _put(
    database: Database, connection: Connection, table: Table, content: str, rows: Iterable[dict[str, Any]]
) -> None:
    found = list(rows)
    if not found:
        return
    insert = database.insert(table)
    names = {content, "sequence"} | ({"owner"} - set(table.primary_key.columns.keys()))
    changed = {name: insert.excluded[name] for name in names}
    connection.execute(
        insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed), found
    )
