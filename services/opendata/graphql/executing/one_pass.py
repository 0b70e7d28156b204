"""Lists of plain records, completed in one pass.

The executor asks for each field of each item anew which arguments it has and how its type is
completed: most of what a list of municipalities costs. Here that is found out once for the list. What
can't be foreseen is left to the executor: a field whose resolver is not marked `plain`, a value that
does not fit its type, an error. Then the whole list is completed by it, as if nothing had been tried.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import islice
from operator import attrgetter
from typing import Any, TypeAlias, cast

from graphql import (
    ExecutionContext,
    FieldNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLString,
    TypeNameMetaFieldDef,
)
from graphql.execution.execute import get_field_def
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from services.opendata.graphql.resolving.reading import attribute, is_plain, together_of

Column: TypeAlias = list[Any]
"""The values of one field in all records of a list, in their order."""

Write: TypeAlias = Callable[[Column], Column]
"""From the values that a resolver gives to what stands in the answer. Raises where they don't fit."""

Look: TypeAlias = Callable[[Column], Column]
"""From records, none of them None, to what a field's resolver gives for each."""

_LARGEST = 2**31 - 1

_is_name = re.compile(r"[_A-Za-z][_0-9A-Za-z]*").fullmatch
"""Of GraphQL: letters and digits without anything else."""


class Unforeseen(Exception):
    """Something that has to be left to the executor."""


def writing_items(
    context: ExecutionContext, type_: GraphQLOutputType, nodes: list[FieldNode], path: Path
) -> Write:
    """How the items of a list are written. Raises `Unforeseen`."""
    return _Writing(context, path).of(type_, nodes)


class _Writing:
    """Finds out how fields are written: field by field, each in all records, rather than record by record."""

    def __init__(self, context: ExecutionContext, path: Path) -> None:
        self._context = context
        self._path = path

    def of(self, type_: GraphQLOutputType, nodes: list[FieldNode]) -> Write:
        if isinstance(type_, GraphQLNonNull):
            return _never_null(self.of(type_.of_type, nodes))
        if isinstance(type_, GraphQLList):
            return _list(self.of(type_.of_type, nodes))
        if isinstance(type_, GraphQLObjectType) and type_.is_type_of is None:
            return _object(self._fields(type_, nodes))
        if isinstance(type_, GraphQLScalarType | GraphQLEnumType):
            return _leaf(type_)
        raise Unforeseen

    def _fields(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> dict[str, Write]:
        chosen = self._context.collect_subfields(type_, nodes)
        return {key: self._field(type_, fields) for key, fields in chosen.items()}

    def _field(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Write:
        field = get_field_def(self._context.schema, type_, nodes[0])
        if field is None:
            raise Unforeseen
        if field is TypeNameMetaFieldDef:
            return lambda records: [type_.name] * len(records)
        look, write = self._look(type_, field, nodes), self.of(field.type, nodes)
        return lambda records: write(look(records))

    def _look(self, type_: GraphQLObjectType, field: GraphQLField, nodes: list[FieldNode]) -> Look:
        resolve = field.resolve
        if isinstance(resolve, partial) and resolve.func is attribute:
            read = attrgetter(resolve.args[0])
            return lambda records: list(map(read, records))
        if resolve is None or not is_plain(resolve):
            raise Unforeseen
        given = get_argument_values(field, nodes[0], self._context.variable_values)
        info = self._context.build_resolve_info(field, nodes, type_, self._path)
        together = together_of(resolve)
        if together is not None:
            return lambda records: together(records, info, **given)
        return lambda records: [resolve(record, info, **given) for record in records]


def _never_null(write: Write) -> Write:
    def written(values: Column) -> Column:
        found = write(values)
        if None in found:
            raise Unforeseen
        return found

    return written


def _list(write: Write) -> Write:
    def written(values: Column) -> Column:
        if not set(map(type, values)) <= _LISTS:
            raise Unforeseen
        items = iter(write([item for value in values if value is not None for item in value]))
        return [None if value is None else list(islice(items, len(value))) for value in values]

    return written


def _object(fields: dict[str, Write]) -> Write:
    make_rows = _maker(tuple(fields))

    def written(records: Column) -> Column:
        there = [record for record in records if record is not None]
        rows = make_rows([write(there) for write in fields.values()], len(there))
        return rows if len(there) == len(records) else _spread(records, iter(rows))

    return written


@lru_cache(maxsize=200)
def _maker(keys: tuple[str, ...]) -> Callable[[list[Column], int], Column]:
    """What makes of columns and the number of records a dictionary with these keys for each record."""
    if not keys:
        # Every field may have been left out.
        return lambda _columns, number: [{} for _ in range(number)]
    if not all(map(_is_name, keys)):
        raise Unforeseen
    # Written out as Python has it half as fast again as from pairs, and most of the work is this.
    names = [f"v{number}" for number in range(len(keys))]
    row = ", ".join(f"{key!r}: {name}" for key, name in zip(keys, names, strict=True))
    source = f"lambda columns, _number: [{{{row}}} for {', '.join(names)}, in zip(*columns)]"
    return cast("Callable[[list[Column], int], Column]", eval(source, {"zip": zip}))  # noqa: S307


def _spread(records: Column, rows: Iterator[Any]) -> Column:
    """The rows at the places of those records that are there."""
    return [None if record is None else next(rows) for record in records]


def _leaf(type_: GraphQLScalarType | GraphQLEnumType) -> Write:
    """A scalar or an enum. What nearly every value is goes through as it is, all else through the type."""
    serialize = type_.serialize
    if isinstance(type_, GraphQLEnumType):
        return _remembered(serialize)
    fit = _PLAIN.get(type_.name) if type_ in _STANDARD else None

    def written(values: Column) -> Column:
        if fit is not None and fit(values, set(map(type, values)) - _NOTHING):
            return values
        return [None if value is None else _known(serialize(value)) for value in values]

    return written


_NOTHING = {type(None)}
_LISTS = {list, tuple, type(None)}
_STANDARD = (GraphQLInt, GraphQLFloat, GraphQLString, GraphQLID, GraphQLBoolean)


def _are_small(values: Column, kinds: set[type]) -> bool:
    if kinds <= {int}:
        numbers = [value for value in values if value is not None]
        return not numbers or (min(numbers) >= -_LARGEST and max(numbers) <= _LARGEST)
    return False


def _are_finite(values: Column, kinds: set[type]) -> bool:
    return kinds <= {float} and all(map(math.isfinite, [value for value in values if value is not None]))


def _are_texts(_values: Column, kinds: set[type]) -> bool:
    return kinds <= {str}


def _are_truths(_values: Column, kinds: set[type]) -> bool:
    return kinds <= {bool}


_PLAIN: Mapping[str, Callable[[Column, set[type]], bool]] = {
    "Int": _are_small,
    "Float": _are_finite,
    "String": _are_texts,
    "ID": _are_texts,
    "Boolean": _are_truths,
}
"""Of each standard type whether values of these kinds, besides None, are written as they are."""


def _remembered(serialize: Callable[[Any], Any]) -> Write:
    names: dict[Any, Any] = {None: None}

    def written(values: Column) -> Column:
        for value in set(values) - names.keys():
            names[value] = _known(serialize(value))
        return [names[value] for value in values]

    return written


def _known(written: Any) -> Any:
    """The executor has words of its own for a value that comes to nothing."""
    if written is None or type(written).__name__ == "UndefinedType":
        raise Unforeseen
    return written
