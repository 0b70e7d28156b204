"""Fields of one name that stand together: validation compares each with each, so their number counts.

Fragments are where they grow: thirty of them in one place, each with the same ten fields, are 4,350 pairs
in a document of no great size.
"""

from collections.abc import Iterable, Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from services.opendata.graphql.errors import TooMuch
from services.opendata.graphql.limits.size import MOST_FIELDS

MOST_PAIRS = 2_000
_MOST_VISITS = 4 * MOST_FIELDS
"""Fields looked at until it is plain that there are too many: fragments that nobody uses add up, too."""


def check_pairs(document: DocumentNode) -> None:
    """Raises `TooMuch` where more fields would have to be compared than a document may have.

    The document has to be within the other limits.
    """
    counting = _Counting(node for node in document.definitions if isinstance(node, FragmentDefinitionNode))
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            counting.count([node.selection_set])
    counting.count_fragments_left()


class _Counting:
    def __init__(self, fragments: Iterable[FragmentDefinitionNode]) -> None:
        self._fragments = {node.name.value: node.selection_set for node in fragments}
        self._left = set(self._fragments)
        self._pairs = 0
        self._visits = 0

    def count(self, selections: Iterable[SelectionSetNode]) -> None:
        """Count the pairs in selections that come together, and in those inside them."""
        together: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for selection in selections:
            for field in self._fields(selection, spread):
                name = field.name.value if field.alias is None else field.alias.value
                together.setdefault(name, []).append(field)
        for fields in together.values():
            self._pairs += len(fields) * (len(fields) - 1) // 2
            self._visits += len(fields)
        if self._pairs > MOST_PAIRS or self._visits > _MOST_VISITS:
            raise TooMuch(
                "pairs",
                f"Fields of one name that stand together, as from several fragments, may make {MOST_PAIRS} "
                "pairs. Ask for each field once.",
            )
        for fields in together.values():
            inner = [field.selection_set for field in fields if field.selection_set is not None]
            if inner:
                self.count(inner)

    def count_fragments_left(self) -> None:
        """Fragments that no operation uses are compared all the same."""
        for name in self._fragments:
            if name in self._left:
                self._left.discard(name)
                self.count([self._fragments[name]])

    def _fields(self, selection: SelectionSetNode, spread: set[str]) -> Iterator[FieldNode]:
        for node in selection.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                self._left.discard(node.name.value)
                if node.name.value in self._fragments:
                    yield from self._fields(self._fragments[node.name.value], spread)
