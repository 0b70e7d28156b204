"""Persons settled through a year."""
# mypy: allow-untyped-calls

import graphene

from services.opendata.graphql.describing import PERSONS, described
from services.opendata.graphql.enums import WithheldReasonEnum
from services.opendata.graphql.resolving.reading import attribute


class SeriesPointType(graphene.ObjectType):
    """Persons settled in one period."""

    class Meta:
        name = "SeriesPoint"
        default_resolver = attribute

    period = graphene.String(
        required=True,
        description=described(
            "The period, in Norway: `2024-05-17`, `2024-W20` (ISO week), `2024-05`, `2024-Q2` or `2024`.",
            "2024-05",
        ),
    )
    settled = graphene.Int(
        description=described("Persons settled in the period; null where withheld.", "74", PERSONS)
    )
    cumulative = graphene.Int(
        description=described(
            "Persons settled from 1 January to the period's end, `undated` left out; null where withheld.",
            "326",
            PERSONS,
        )
    )
    withheld = WithheldReasonEnum(
        description=described("Why the numbers are null, where they are withheld.", "SMALL_NUMBERS")
    )


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
        description=described(
            "Persons settled in the year on a day that is not stated; they are in no period.", "849", PERSONS
        )
    )
