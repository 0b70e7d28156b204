"""Lists of plain records, completed in one pass.

The executor asks for each field of each item anew which arguments it has and how its type is
completed: most of what a list of municipalities costs. Here that is found out once for the list. What
can't be foreseen is left to the executor: a field whose resolver is not marked `plain`, a value that
does not fit its type, an error. Then the whole list is completed by it, as if nothing had been tried.
"""

import math
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any, TypeAlias

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

from services.opendata.graphql.resolving.reading import attribute, is_plain

Write: TypeAlias = Callable[[Any], Any]
"""From a value that a resolver gives to what stands in the answer. Raises where they don't fit."""

_LARGEST = 2**31 - 1


class Unforeseen(Exception):
    """Something that has to be left to the executor."""


def writing_items(
    context: ExecutionContext, type_: GraphQLOutputType, nodes: list[FieldNode], path: Path
) -> Write:
    """How the items of a list are written. Raises `Unforeseen`."""
    return _Writing(context, path).of(type_, nodes)


class _Writing:
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

    def _fields(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> list[tuple[str, Write]]:
        chosen = self._context.collect_subfields(type_, nodes)
        return [(key, self._field(type_, fields)) for key, fields in chosen.items()]

    def _field(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Write:
        field = get_field_def(self._context.schema, type_, nodes[0])
        if field is None:
            raise Unforeseen
        if field is TypeNameMetaFieldDef:
            return lambda _record: type_.name
        resolve, write = self._resolver(type_, field, nodes), self.of(field.type, nodes)
        return lambda record: write(resolve(record))

    def _resolver(self, type_: GraphQLObjectType, field: GraphQLField, nodes: list[FieldNode]) -> Write:
        resolve = field.resolve
        if isinstance(resolve, partial) and resolve.func is attribute:
            return attrgetter(resolve.args[0])
        if resolve is None or not is_plain(resolve):
            raise Unforeseen
        given = get_argument_values(field, nodes[0], self._context.variable_values)
        info = self._context.build_resolve_info(field, nodes, type_, self._path)
        return lambda record: resolve(record, info, **given)


def _never_null(write: Write) -> Write:
    def written(value: Any) -> Any:
        found = write(value)
        if found is None:
            raise Unforeseen
        return found

    return written


def _list(write: Write) -> Write:
    def written(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise Unforeseen
        return [write(item) for item in value]

    return written


def _object(fields: list[tuple[str, Write]]) -> Write:
    def written(record: Any) -> Any:
        return None if record is None else {key: write(record) for key, write in fields}

    return written


def _leaf(type_: GraphQLScalarType | GraphQLEnumType) -> Write:
    """A scalar or an enum. What nearly every value is goes through as it is, all else through the type."""
    serialize = type_.serialize
    fits = _PLAIN.get(type_.name) if type_ in _STANDARD else None
    if isinstance(type_, GraphQLEnumType):
        return _remembered(serialize)

    def written(value: Any) -> Any:
        if value is None or (fits is not None and fits(value)):
            return value
        return _known(serialize(value))

    return written


_STANDARD = (GraphQLInt, GraphQLFloat, GraphQLString, GraphQLID, GraphQLBoolean)
_PLAIN: dict[str, Callable[[Any], bool]] = {
    "Int": lambda value: type(value) is int and -_LARGEST <= value <= _LARGEST,
    "Float": lambda value: type(value) is float and math.isfinite(value),
    "String": lambda value: type(value) is str,
    "ID": lambda value: type(value) is str,
    "Boolean": lambda value: type(value) is bool,
}


def _remembered(serialize: Write) -> Write:
    names: dict[Any, Any] = {}

    def written(value: Any) -> Any:
        if value is None:
            return None
        if value not in names:
            names[value] = _known(serialize(value))
        return names[value]

    return written


def _known(written: Any) -> Any:
    """The executor has words of its own for a value that comes to nothing."""
    if written is None or type(written).__name__ == "UndefinedType":
        raise Unforeseen
    return written
