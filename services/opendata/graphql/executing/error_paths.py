"""Where in the answer a mistake in the text would have stood."""

from typing import Any

from graphql import (
    BREAK,
    DocumentNode,
    FieldNode,
    Node,
    OperationDefinitionNode,
    Visitor,
    VisitorAction,
    visit,
)


class _Paths(Visitor):
    """Collects, for each node sought, the response names of the fields around it."""

    def __init__(self, sought: list[Node]) -> None:
        super().__init__()
        self._sought = {id(node) for node in sought}
        self._around: list[str] = []
        self.found: dict[int, list[str]] = {}

    def enter(self, node: Node, *_: Any) -> VisitorAction:
        if isinstance(node, FieldNode):
            self._around.append(node.alias.value if node.alias else node.name.value)
        if id(node) in self._sought:
            self.found[id(node)] = list(self._around)
            if len(self.found) == len(self._sought):
                return BREAK
        return None

    def leave(self, node: Node, *_: Any) -> None:
        if isinstance(node, FieldNode):
            self._around.pop()


def paths_to(document: DocumentNode, nodes: list[Node]) -> dict[int, list[str]]:
    """The path of each node that lies in an operation, by the node's ``id()``.

    What stands in a fragment has no path of its own: it may be spread in many places.
    """
    seeker = _Paths(nodes)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            visit(definition, seeker)
    return seeker.found
