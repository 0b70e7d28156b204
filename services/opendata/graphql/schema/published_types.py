"""Official figures shown beside those of Bosatt."""
# mypy: allow-untyped-calls

import graphene

from services.opendata.graphql.enums import DimensionEnum, FigureStatusEnum, MeasureEnum
from services.opendata.graphql.resolving.reading import attribute
from services.opendata.graphql.scalars import PartialDate


class PublishedFigureType(graphene.ObjectType):
    """An official figure without events behind it: shown for comparison, never summed."""

    class Meta:
        name = "PublishedFigure"
        default_resolver = attribute

    measure = MeasureEnum(required=True, description="What is counted.")
    status = FigureStatusEnum(required=True, description="Whether the source gives or hides it.")
    persons = graphene.Int(description="The figure in persons; null where it is a share, or hidden.")
    percent = graphene.Float(description="The figure in per cent, 100 is all; null where a count, or hidden.")
    dimension = DimensionEnum(description="What it is broken down by; null where it is of all persons.")
    category = graphene.String(description="The category in that dimension, such as `female`.")
    published_on = PartialDate(required=True, description="When it was published, as precisely as known.")
    source_name = graphene.String(required=True, description="Who published it.")
    source_url = graphene.String(description="Where it was published.")
