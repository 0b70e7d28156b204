"""What would break a client: the difference between a schema that clients have and a new one.

Types, fields, arguments and codes may be added. What is there stays as it is, unless it has been
deprecated for long enough: ``@deprecated(reason: "Since 2026-11-22: use settled.")``.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DangerousChangeType,
    DocumentNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    GraphQLArgument,
    GraphQLInputField,
    GraphQLObjectType,
    GraphQLSchema,
    InputValueDefinitionNode,
    StringValueNode,
    Undefined,
    Visitor,
    build_ast_schema,
    find_breaking_changes,
    find_dangerous_changes,
    parse,
    visit,
)

from services.opendata.graphql.describing import read_description

Parts = Mapping[str, Any]

MONTHS_OF_NOTICE = 12
"""Between the day on which something is deprecated and the first on which it may be gone."""

_NOTICE = re.compile(r"Since (\d{4}-\d\d-\d\d): \S.*")


def broken_by(before: str, after: str, today: date) -> list[str]:
    """What clients of one schema could not do any more with another, both in the schema language.

    What has been deprecated for `MONTHS_OF_NOTICE` by ``today`` in the schema that they have may go. A
    deprecation that does not say since when, and what to use instead, is told as well. What a value means is
    for people to judge, but its unit is compared.
    """
    promised = _reachable(build_ast_schema(_without_what_may_go(parse(before), today)))
    given = _reachable(build_ast_schema(parse(after)))
    found = [change.description for change in find_breaking_changes(promised, given)]
    found += [
        change.description
        for change in find_dangerous_changes(promised, given)
        if change.type is DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE
    ]
    found += _beginnings(promised, given)
    old, new = _parts(promised), _parts(given)
    found += [*_defaults(old, new), *_units(old, new), *_unannounced(new)]
    return sorted(set(found))


def _beginnings(before: GraphQLSchema, after: GraphQLSchema) -> Iterator[str]:
    """Where queries begin; the library takes another type there for no change."""
    for kind in ("query_type", "mutation_type", "subscription_type"):
        old, new = getattr(before, kind), getattr(after, kind)
        if old is not None and (new is None or new.name != old.name):
            yield f"{old.name} is not where a {kind.removesuffix('_type')} begins any more."


def _defaults(before: Parts, after: Parts) -> Iterator[str]:
    """Defaults that the library does not compare: of inputs, and where there was none."""
    for at in before.keys() & after.keys():
        old, new = before[at], after[at]
        if not isinstance(new, (GraphQLArgument, GraphQLInputField)):
            continue
        unseen = isinstance(new, GraphQLInputField) or old.default_value is Undefined
        if unseen and old.default_value != new.default_value:
            yield f"{at} has another default: {new.default_value}."


def _units(before: Parts, after: Parts) -> Iterator[str]:
    """Numbers that mean something else with the same name and type."""
    for at in before.keys() & after.keys():
        old, new = (read_description(one[at].description or "").unit for one in (before, after))
        if old is not None and old != new:
            yield f"{at} has another unit: {new}, not {old}."


def _unannounced(after: Parts) -> Iterator[str]:
    for at, part in after.items():
        if part.deprecation_reason is not None and since(part.deprecation_reason) is None:
            yield f'{at}: write its deprecation as "Since YYYY-MM-DD: use …".'


def _parts(schema: GraphQLSchema) -> Parts:
    """Fields, inputs, codes and arguments, by where they stand."""
    found = {
        f"{name}.{part}": one
        for name, kind in schema.type_map.items()
        for part, one in (*getattr(kind, "fields", {}).items(), *getattr(kind, "values", {}).items())
    }
    arguments = {
        f"{at}({name})": taken
        for at, one in found.items()
        for name, taken in getattr(one, "args", {}).items()
    }
    return {**found, **arguments}


def since(reason: str) -> date | None:
    """The day of a deprecation; None where it is not written as it must be."""
    read = _NOTICE.fullmatch(reason)
    try:
        return None if read is None else date.fromisoformat(read[1])
    except ValueError:
        return None


def _without_what_may_go(document: DocumentNode, today: date) -> DocumentNode:
    return visit(document, _Announced(today))  # type: ignore[no-any-return]


class _Announced(Visitor):
    """Leaves out what has been deprecated for long enough."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today

    def enter(self, node: Any, *_: Any) -> Any:
        if isinstance(node, (FieldDefinitionNode, InputValueDefinitionNode, EnumValueDefinitionNode)):
            return REMOVE if self._may_go(node) else None
        return None

    def _may_go(self, node: Any) -> bool:
        reasons = [
            argument
            for directive in node.directives
            if directive.name.value == "deprecated"
            for argument in directive.arguments
        ]
        return any(self._long_enough(argument) for argument in reasons)

    def _long_enough(self, argument: ArgumentNode) -> bool:
        assert isinstance(argument.value, StringValueNode)
        day = since(argument.value.value)
        return day is not None and _months_between(day, self._today) >= MONTHS_OF_NOTICE


def _months_between(first: date, last: date) -> int:
    whole = (last.year - first.year) * 12 + last.month - first.month
    return whole if last.day >= first.day else whole - 1


def _reachable(schema: GraphQLSchema) -> GraphQLSchema:
    """The schema without types that no query can come to."""
    return GraphQLSchema(
        query=schema.query_type,
        mutation=schema.mutation_type,
        subscription=schema.subscription_type,
        types=[
            kind
            for kind in schema.type_map.values()
            if isinstance(kind, GraphQLObjectType) and kind.interfaces
        ],
        directives=schema.directives,
    )
