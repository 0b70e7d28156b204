"""A release: the state of all public numbers that an answer is of."""
# mypy: allow-untyped-calls

import graphene

from services.opendata.graphql.describing import MOMENT, described
from services.opendata.graphql.resolving.reading import attribute
from services.opendata.graphql.scalars import DateTime


class ReleaseType(graphene.ObjectType):
    """A state of all public numbers. One answer is always of one release."""

    class Meta:
        name = "Release"
        default_resolver = attribute

    id = graphene.ID(required=True, description=described("Names the release: a number that grows.", "6"))
    published_at = DateTime(
        required=True, description=described("When it was published.", "2026-11-22T18:39:12.444176Z", MOMENT)
    )
    data_through = DateTime(
        description=described(
            "Everything recorded up to this moment is in it; null while nothing is recorded.",
            "2026-11-22T18:39:09.293639Z",
            MOMENT,
        )
    )
    policy = graphene.String(
        required=True,
        description=described("How small numbers are treated; `exact` shows every number as it is.", "exact"),
    )
    next_at = DateTime(
        description=described(
            "When the next one is due; null where releases follow no timetable.",
            "2026-12-01T07:00:00.000000Z",
            MOMENT,
        )
    )
