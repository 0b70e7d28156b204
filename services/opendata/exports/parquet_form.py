"""Parquet: typed columns, with what the download says of itself as key-value metadata."""
# mypy: allow-untyped-calls

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, BinaryIO

from services.opendata.exports.about import About
from services.opendata.exports.columns import Column, Kind
from services.opendata.exports.rows import Row

ROWS_IN_A_GROUP = 5_000
"""How many rows are held in memory at once."""


def write_parquet(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Row], about: About) -> None:
    """Write a table, compressed with zstd."""
    # It takes a tenth of a second and tens of MB, which processes that make no such file can do without.
    import pyarrow  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    types = {
        Kind.TEXT: pyarrow.string(),
        Kind.WORDS: pyarrow.string(),
        Kind.INTEGER: pyarrow.int64(),
        Kind.NUMBER: pyarrow.float64(),
        Kind.BOOLEAN: pyarrow.bool_(),
        Kind.DATE: pyarrow.date32(),
    }
    schema = pyarrow.schema(
        [pyarrow.field(column.name, types[column.kind], metadata=_said_of(column)) for column in columns],
        metadata=about.facts,
    )
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for some in _groups(rows):
            by_column = zip(*some, strict=True)
            arrays = [
                pyarrow.array(values, type=field.type)
                for values, field in zip(by_column, schema, strict=True)
            ]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))


def _groups(rows: Iterable[Row]) -> Iterable[list[Row]]:
    left = iter(rows)
    while some := list(islice(left, ROWS_IN_A_GROUP)):
        yield some


def _said_of(column: Column) -> dict[str, Any]:
    unit = {} if column.unit is None else {"unit": column.unit}
    return {"description": column.meaning, "graphql": column.field, **unit}
