"""Columns of downloads: each a field of the GraphQL schema, with its type and its meaning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_non_null_type,
)
from graphql.pyutils import camel_to_snake

from services.opendata.graphql.describing import YEAR, read_description
from services.opendata.graphql.schema.schema import schema

Read = Callable[[Any], Any]
"""Takes a column's value from what a row is of: a text, a number, a truth value, a day, or None."""


class Kind(StrEnum):
    """What values a column holds. Each may be blank."""

    TEXT = "text"
    WORDS = "words"
    """Several words with a space between them."""
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``unit`` is None where a value has none; ``field`` is where GraphQL has it."""

    name: str
    kind: Kind
    meaning: str
    unit: str | None
    field: str
    read: Read

    @property
    def is_measured(self) -> bool:
        """Whether it holds quantities; a year is none."""
        return self.kind in (Kind.INTEGER, Kind.NUMBER) and self.unit != YEAR


def column(kind: str, *path: str, at: str = "") -> Column:
    """The column of a field of a type of the schema, or of a field inside one of its objects.

    ``at`` is the attribute that holds the record.
    """
    of: GraphQLOutputType = schema().type_map[kind]  # type: ignore[assignment]
    descriptions = []
    for step in path:
        there = get_named_type(of)
        assert isinstance(there, GraphQLObjectType)
        descriptions.append(read_description(str(there.fields[step].description)))
        of = there.fields[step].type
    several = isinstance(getattr(of, "of_type", None) if is_non_null_type(of) else of, GraphQLList)
    names = isinstance(get_named_type(of), GraphQLEnumType)
    held = Kind.WORDS if several else _KINDS.get(get_named_type(of).name, Kind.TEXT)
    return Column(
        name=path[0] + "".join(step[:1].upper() + step[1:] for step in path[1:]),
        kind=held,
        meaning=" ".join(one.meaning for one in descriptions),
        unit=descriptions[-1].unit,
        field=f"{kind}.{'.'.join(path)}",
        read=_reader((at, *path) if at else path, held, names),
    )


def row_reader(columns: Sequence[Column]) -> Callable[[Any], tuple[Any, ...]]:
    """Takes all values of a row from what the row is of."""
    reads = [one.read for one in columns]
    return lambda record: tuple([read(record) for read in reads])


def spoken(value: str) -> str:
    """A code of ours by its name in the schema."""
    return value.upper()


def _reader(path: Sequence[str], held: Kind, names: bool) -> Read:
    steps = [camel_to_snake(step) for step in path]
    direct = attrgetter(".".join(steps))
    outer, last = attrgetter(".".join(steps[:-1]) or steps[0]), attrgetter(steps[-1])

    def within(record: Any) -> Any:
        found = outer(record)
        return None if found is None else last(found)

    read = within if len(steps) > 1 else direct
    if held is Kind.WORDS:
        return lambda record: " ".join(spoken(value) for value in read(record)) or None
    if names:
        return lambda record: None if (value := read(record)) is None else spoken(value)
    if held is Kind.NUMBER:
        # A source's 24 per cent is 24.0 in GraphQL.
        return lambda record: None if (value := read(record)) is None else float(value)
    return read


_KINDS = {"Int": Kind.INTEGER, "Float": Kind.NUMBER, "Boolean": Kind.BOOLEAN, "Date": Kind.DATE}
