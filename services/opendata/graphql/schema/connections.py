"""Lists of regions by pages."""
# mypy: allow-untyped-calls

import graphene

from services.opendata.graphql.describing import ITEMS, described
from services.opendata.graphql.resolving.reading import attribute
from services.opendata.graphql.schema.region_types import RegionType


class PageInfoType(graphene.ObjectType):
    """Where a page stands in its list."""

    class Meta:
        name = "PageInfo"
        default_resolver = attribute

    has_next_page = graphene.Boolean(
        required=True, description=described("Whether more come after this page.", "true")
    )
    has_previous_page = graphene.Boolean(
        required=True, description=described("Whether some come before this page.", "false")
    )
    start_cursor = graphene.String(
        description=described(
            "The cursor of the first item on the page; null where there is none.", "WyJtYXAiLDAsMCwiTk8iXQ=="
        )
    )
    end_cursor = graphene.String(
        description=described(
            "The cursor of the last item on the page: give it as `after` to get the next page.",
            "WyJtYXAiLDAsMCwiTk8iXQ==",
        )
    )


class RegionEdgeType(graphene.ObjectType):
    """A region and its place in a list."""

    class Meta:
        name = "RegionEdge"
        default_resolver = attribute

    cursor = graphene.String(
        required=True,
        description=described("Opaque; give it as `after` to go on from here.", "WyJtYXAiLDAsMCwiTk8iXQ=="),
    )
    node = graphene.Field(RegionType, required=True, description="The region.")


class RegionConnectionType(graphene.ObjectType):
    """A page of a list of regions."""

    class Meta:
        name = "RegionConnection"
        default_resolver = attribute

    edges = graphene.List(
        graphene.NonNull(RegionEdgeType), required=True, description="The page's regions with their cursors."
    )
    nodes = graphene.List(graphene.NonNull(RegionType), required=True, description="The page's regions.")
    page_info = graphene.Field(PageInfoType, required=True, description="Where the page stands in the list.")
    total_count = graphene.Int(
        required=True, description=described("How many regions the whole list has.", "357", ITEMS)
    )
