"""What a query costs: the objects that it asks for, worked out before anything is read.

Fields that come together in the answer are counted once, fragments where they are used, aliases each
for itself, and what ``@skip`` and ``@include`` leave out not at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_operation_ast,
)
from graphql.execution.execute import get_field_def

from services.opendata.graphql.errors import TooMuch
from services.opendata.graphql.limits.estimates import ESTIMATES, Arguments, Objects

MOST_OBJECTS = 25_000
"""Objects that one query may ask for."""


class TooDear(TooMuch):
    """A query asks for more objects than one may. ``requested`` says for how many."""

    def __init__(self, requested: int) -> None:
        super().__init__(
            "cost",
            f"One query may ask for {MOST_OBJECTS} objects; this one asks for {requested}. Ask for smaller "
            "pages, fewer years, longer periods or fewer dimensions at once.",
        )
        self.requested = requested


def check_cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: str | None,
    variables: Mapping[str, Any] | None,
    year: int,
) -> int:
    """The objects that a valid document asks for in the present ``year``; raises `TooDear`."""
    requested = objects_requested(schema, document, operation, variables, year)
    if requested > MOST_OBJECTS:
        raise TooDear(requested)
    return requested


def told(requested: int) -> dict[str, Any]:
    """The ``extensions`` of an answer to a query that asked for so many objects."""
    return {"cost": {"requested": requested, "limit": MOST_OBJECTS}}


def objects_requested(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: str | None,
    variables: Mapping[str, Any] | None,
    year: int,
) -> int:
    """How many objects an operation asks for; 0 where the document has no such operation."""
    chosen = get_operation_ast(document, operation)
    root = None if chosen is None else schema.get_root_type(chosen.operation)
    if chosen is None or root is None:
        return 0
    pricing = _Pricing(schema, document, _with_defaults(chosen, variables or {}), year)
    return pricing.inside(root, [chosen.selection_set], Objects())


class _Pricing:
    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], year: int
    ) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._variables = variables
        self._year = year

    def inside(
        self, type_: GraphQLCompositeType, selections: Iterable[SelectionSetNode], objects: Objects
    ) -> int:
        """The objects that are asked for in some objects of a type, those themselves not counted."""
        together: dict[str, list[FieldNode]] = {}
        for selection in selections:
            for field in self._fields(selection, set()):
                name = field.name.value if field.alias is None else field.alias.value
                together.setdefault(name, []).append(field)
        return sum(self._given_by(type_, fields, objects) for fields in together.values())

    def _given_by(self, type_: GraphQLCompositeType, fields: list[FieldNode], objects: Objects) -> int:
        inner = [field.selection_set for field in fields if field.selection_set is not None]
        if not inner:
            return 0
        name = fields[0].name.value
        owner = self._owner_of(type_, name)
        definition = get_field_def(self._schema, owner, fields[0])
        if definition is None:
            return 0
        given = get_named_type(definition.type)
        estimate = ESTIMATES.get((owner.name, name))
        found = (
            objects.times(1)
            if estimate is None
            else estimate(objects, self._arguments(fields[0]), self._year)
        )
        return found.count and found.count + found.besides + self.inside(
            cast("GraphQLCompositeType", given), inner, found
        )

    def _owner_of(self, type_: GraphQLCompositeType, name: str) -> GraphQLObjectType:
        """The object type that has a field; one of those behind an interface."""
        if isinstance(type_, GraphQLObjectType):
            return type_
        possible = self._schema.get_possible_types(type_)
        return next((one for one in possible if name in one.fields), possible[0])

    def _fields(self, selection: SelectionSetNode, spread: set[str]) -> Iterator[FieldNode]:
        """The fields that are not left out, each fragment once."""
        for node in selection.selections:
            if not self._is_wanted(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                yield from self._fields(self._fragments[node.name.value].selection_set, spread)

    def _is_wanted(self, node: Any) -> bool:
        for directive in node.directives:
            if directive.name.value in _LEFT_OUT_IF:
                condition = _value(directive.arguments[0].value, self._variables)
                if condition is _LEFT_OUT_IF[directive.name.value]:
                    return False
        return True

    def _arguments(self, field: FieldNode) -> Arguments:
        return {one.name.value: _value(one.value, self._variables) for one in field.arguments}


_LEFT_OUT_IF = {"skip": True, "include": False}


def _with_defaults(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {
        node.variable.name.value: _value(node.default_value, {})
        for node in operation.variable_definitions
        if node.default_value is not None
    }
    return {**defaults, **given}


def _value(node: ValueNode, variables: Mapping[str, Any]) -> Any:
    """A value as it would stand in JSON; of an input object only that it is one."""
    if isinstance(node, VariableNode):
        return variables.get(node.name.value)
    if isinstance(node, IntValueNode):
        return int(node.value) if len(node.value) <= _DIGITS else None
    if isinstance(node, ListValueNode):
        return [_value(item, variables) for item in node.values]
    if isinstance(node, NullValueNode):
        return None
    return {} if isinstance(node, ObjectValueNode) else getattr(node, "value", None)


_DIGITS = 12
"""More than any number that an argument takes, which is refused by itself."""
