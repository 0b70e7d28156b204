"""What has changed since a release."""
# mypy: allow-untyped-calls

import graphene

from services.opendata.graphql.describing import DAY, YEAR, described
from services.opendata.graphql.enums import MeasureEnum
from services.opendata.graphql.resolving.reading import Info, attribute, plain
from services.opendata.graphql.scalars import Date
from services.opendata.graphql.schema.breakdown_types import BreakdownKeyType
from services.opendata.graphql.schema.connections import PageInfoType
from services.opendata.graphql.schema.region_types import RegionType
from services.opendata.graphql.schema.totals_types import TotalsType
from services.opendata.release.answers import Change, Totals


class ChangeType(graphene.ObjectType):
    """What differs about a region and year from a release, on the map of the year.

    Where no measure, category or day is named, something else has changed: a deadline, a status, an
    official figure.
    """

    class Meta:
        name = "Change"
        default_resolver = attribute

    region = graphene.Field(RegionType, required=True, description="The region counted.")
    year = graphene.Int(required=True, description=described("The calendar year counted.", "2024", YEAR))
    release = graphene.ID(
        required=True, description=described("The id of the release that changed it last.", "6")
    )
    measures = graphene.List(
        graphene.NonNull(MeasureEnum),
        required=True,
        description=described(
            "The measures that may differ, those that follow from others included.",
            "SETTLED, REMAINING, FULFILMENT",
        ),
    )
    categories = graphene.List(
        graphene.NonNull(BreakdownKeyType),
        required=True,
        description="The categories of which the number of persons differs.",
    )
    days = graphene.List(
        graphene.NonNull(Date),
        required=True,
        description=described("The days of which the number of persons differs.", "2024-05-17", DAY),
    )
    totals = graphene.Field(TotalsType, description="All measures as they are now.")

    @staticmethod
    @plain
    def resolve_totals(change: Change, info: Info) -> Totals | None:
        return info.context.numbers.totals(change.region, change.year)


class ChangeEdgeType(graphene.ObjectType):
    """A change and its place in the order."""

    class Meta:
        name = "ChangeEdge"
        default_resolver = attribute

    cursor = graphene.String(
        required=True,
        description=described("Opaque; give it as `after` to go on from here.", "WzIsMjAxMywiMDMwMSJd"),
    )
    node = graphene.Field(ChangeType, required=True, description="The change.")


class ChangeConnectionType(graphene.ObjectType):
    """A page of what has changed, in the order in which it changed last.

    What changes again while the pages are read comes again at the end, so that nothing is missed.
    """

    class Meta:
        name = "ChangeConnection"
        default_resolver = attribute

    edges = graphene.List(
        graphene.NonNull(ChangeEdgeType), required=True, description="The page's changes with their cursors."
    )
    nodes = graphene.List(graphene.NonNull(ChangeType), required=True, description="The page's changes.")
    page_info = graphene.Field(PageInfoType, required=True, description="Where the page stands in the list.")
