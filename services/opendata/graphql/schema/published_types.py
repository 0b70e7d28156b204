"""Official figures shown beside those of Bosatt."""
# mypy: allow-untyped-calls

import graphene

from services.opendata.graphql.describing import DAY, PER_CENT, PERSONS, described
from services.opendata.graphql.enums import DimensionEnum, FigureStatusEnum, MeasureEnum
from services.opendata.graphql.resolving.reading import attribute
from services.opendata.graphql.scalars import PartialDate


class PublishedFigureType(graphene.ObjectType):
    """An official figure without events behind it: shown for comparison, never summed."""

    class Meta:
        name = "PublishedFigure"
        default_resolver = attribute

    measure = MeasureEnum(required=True, description=described("What is counted.", "SETTLED"))
    status = FigureStatusEnum(
        required=True, description=described("Whether the source gives or hides it.", "EXACT")
    )
    persons = graphene.Int(
        description=described("The figure as a count; null where it is a share, or hidden.", "416", PERSONS)
    )
    percent = graphene.Float(
        description=described(
            "The figure as a share, as its source rounded it; null where it is a count, or hidden.",
            "49.0",
            PER_CENT,
        )
    )
    dimension = DimensionEnum(
        description=described("What it is broken down by; null where it is of all persons.", "SEX")
    )
    category = graphene.String(
        description=described("The category in that dimension; null where it is of all persons.", "female")
    )
    published_on = PartialDate(
        required=True,
        description=described("When it was published, as precisely as known.", "2024-06-21", DAY),
    )
    source_name = graphene.String(required=True, description=described("Who published it.", "IMDi"))
    source_url = graphene.String(description=described("Where it was published.", "https://www.imdi.no/"))
