"""Persons settled through a year."""
# mypy: allow-untyped-calls

import graphene

from services.opendata.graphql.enums import WithheldReasonEnum
from services.opendata.graphql.resolving.reading import attribute


class SeriesPointType(graphene.ObjectType):
    """Persons settled in one period."""

    class Meta:
        name = "SeriesPoint"
        default_resolver = attribute

    period = graphene.String(
        required=True,
        description="The period: `2024-05-17`, `2024-W20` (ISO week), `2024-05`, `2024-Q2` or `2024`.",
    )
    settled = graphene.Int(description="Persons settled in the period.")
    cumulative = graphene.Int(description="Persons settled from 1 January to the period's end.")
    withheld = WithheldReasonEnum(description="Why the numbers are null, where they are withheld.")


class SeriesType(graphene.ObjectType):
    """Persons settled through a year, by period."""

    class Meta:
        name = "Series"
        default_resolver = attribute

    points = graphene.List(
        graphene.NonNull(SeriesPointType),
        required=True,
        description="The periods in which somebody was settled, in order. Empty ones are left out.",
    )
    undated = graphene.Int(
        description="Persons settled in the year on a day that is not stated; they are in no period."
    )
