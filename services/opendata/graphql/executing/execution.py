"""Execution in which one failing field does not take its siblings with it."""

from typing import Any

from graphql import (
    ExecutionContext,
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
)
from graphql.execution.execute import get_field_def
from graphql.pyutils import Path

from services.opendata.graphql.executing.one_pass import writing_items
from services.opendata.graphql.resolving.changes import NO_CHANGES
from services.opendata.graphql.resolving.paging import NO_REGIONS
from services.opendata.graphql.resolving.series import NO_SERIES

WORTH_IT = 3
"""Items of a list for which it pays to find out beforehand how they are written."""

_EMPTY = {"Series": NO_SERIES, "RegionConnection": NO_REGIONS, "ChangeConnection": NO_CHANGES}


class SiblingsStay(ExecutionContext):
    """Answers a failed list, series or page of regions as an empty one, beside its error.

    By the specification an error in a field that is never null makes its parent null: a query for a
    region's totals and, misspelt, its breakdown would lose both. The fields in question are never null
    because "none" is an empty list. Whoever reads `errors` sees by the path which of them is empty for
    want of an answer; the others are what they would have been. A field without an empty form, such as
    a code or a name, fails its parent as usual.
    """

    def complete_list_value(
        self,
        return_type: GraphQLList[GraphQLOutputType],
        field_nodes: list[FieldNode],
        info: GraphQLResolveInfo,
        path: Path,
        result: Any,
    ) -> Any:
        """In one pass where nothing is unforeseen, else item by item as usual."""
        if isinstance(result, list | tuple) and len(result) >= WORTH_IT:
            try:
                write = writing_items(self, return_type.of_type, field_nodes, path)
                return write(list(result))
            except Exception:  # noqa: S110 - whatever it is, the executor finds it again and tells it
                pass
        return super().complete_list_value(return_type, field_nodes, info, path, result)

    def execute_field(
        self, parent_type: GraphQLObjectType, source: Any, field_nodes: list[FieldNode], path: Path
    ) -> Any:
        try:
            return super().execute_field(parent_type, source, field_nodes, path)
        except GraphQLError as error:
            field = get_field_def(self.schema, parent_type, field_nodes[0])
            empty = None if field is None else _empty_form(field.type)
            if field is None or empty is None:
                raise
            self.collected_errors.add(error, path)
            info = self.build_resolve_info(field, field_nodes, parent_type, path)
            return self.complete_value(field.type, field_nodes, info, path, empty)


def _empty_form(type_: GraphQLOutputType) -> object | None:
    nullable = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    return () if isinstance(nullable, GraphQLList) else _EMPTY.get(getattr(nullable, "name", ""))
