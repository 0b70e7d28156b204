"""What a document may ask for, checked before it is validated or executed.

Small documents can be dear: a field written two thousand times costs seconds of validation alone, a
list under fifty names is read fifty times, and fragments within fragments grow by powers. So what is
counted is what a document comes to once its fragments stand where they are used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql_server.exceptions import GraphQLValidationError

from services.opendata.graphql.errors import TooMuch

MOST_BODY_BYTES = 64 * 1024
MOST_TOKENS = 2_000
MOST_DEPTH = 15
"""Fields within fields, the innermost included. The introspection of usual consoles has 14 or 15."""

MOST_NAMED = 50
"""Fields at the root, fields under another name, and fields that stand again in one selection."""

MOST_FIELDS = 1_000
MOST_FRAGMENTS = 50
MOST_VARIABLES = 100
"""That one document declares: to tell which of many nobody uses takes its time."""

MOST_VARIABLE_DEPTH = 8
"""Lists and objects within each other in a variable. No argument takes more than two."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection comes to, its fragments put in place."""

    fields: int = 0
    named: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(self.fields + other.fields, self.named + other.named)


def check_limits(document: DocumentNode) -> None:
    """Raises `TooMuch` where a document is beyond a limit, in its operations together or in a fragment."""
    fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    if len(fragments) > MOST_FRAGMENTS:
        raise TooMuch("fragments", f"A document may define {MOST_FRAGMENTS} fragments.")
    counting = _Counting(fragments)
    operations = Size()
    variables = 0
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            operations += counting.selection(node.selection_set, 1, set())
            variables += len(node.variable_definitions)
    if variables > MOST_VARIABLES:
        raise TooMuch("variables", f"A document may declare {MOST_VARIABLES} variables.")
    _refuse_beyond(operations)
    for fragment in fragments:
        # One that nobody uses is validated all the same.
        _refuse_beyond(counting.fragment(fragment.name.value, 2))


def check_variables(variables: Mapping[str, Any] | None) -> None:
    """Raises `GraphQLValidationError` with `TooMuch` where a variable is nested too deeply."""
    inside: list[Any] = list((variables or {}).values())
    for _ in range(MOST_VARIABLE_DEPTH):
        inside = [
            item
            for one in inside
            if isinstance(one, list | dict)
            for item in (one.values() if isinstance(one, dict) else one)
        ]
        if not inside:
            return
    if any(isinstance(one, list | dict) for one in inside):
        raise GraphQLValidationError(
            [TooMuch("depth", f"Variables may have {MOST_VARIABLE_DEPTH} lists within each other.")]
        )


def _refuse_beyond(size: Size) -> None:
    if size.named > MOST_NAMED:
        raise TooMuch(
            "aliases",
            f"A document may have {MOST_NAMED} fields that stand at the root, have an alias or are repeated. "
            "To read many regions at once, use regions.",
        )
    if size.fields > MOST_FIELDS:
        raise TooMuch(
            "fields", f"A document may ask for {MOST_FIELDS} fields, those of its fragments included."
        )


class _Counting:
    """Counts each fragment once per level, however often it is used."""

    def __init__(self, fragments: Iterable[FragmentDefinitionNode]) -> None:
        self._fragments = {node.name.value: node for node in fragments}
        self._sizes: dict[tuple[str, int], Size] = {}

    def selection(self, node: SelectionSetNode, level: int, seen: set[str]) -> Size:
        """The size of a selection whose fields lie ``level`` deep; ``seen`` holds their names so far."""
        size = Size()
        for chosen in node.selections:
            if isinstance(chosen, FieldNode):
                size += self._field(chosen, level, seen)
            elif isinstance(chosen, InlineFragmentNode):
                size += self.selection(chosen.selection_set, level, seen)
            elif isinstance(chosen, FragmentSpreadNode):
                size += self.fragment(chosen.name.value, level)
        return size

    def fragment(self, name: str, level: int) -> Size:
        known = self._sizes.get((name, level))
        if known is not None:
            return known
        # What leads back to itself, or to nowhere, counts as nothing: validation refuses it.
        self._sizes[name, level] = Size()
        node = self._fragments.get(name)
        if node is not None:
            self._sizes[name, level] = self.selection(node.selection_set, level, set())
        return self._sizes[name, level]

    def _field(self, node: FieldNode, level: int, seen: set[str]) -> Size:
        if level > MOST_DEPTH:
            raise TooMuch("depth", f"Fields may lie {MOST_DEPTH} levels deep.")
        name = node.name.value if node.alias is None else node.alias.value
        named = level == 1 or node.alias is not None or name in seen
        seen.add(name)
        size = Size(1, int(named))
        if node.selection_set is not None:
            size += self.selection(node.selection_set, level + 1, set())
        return size
