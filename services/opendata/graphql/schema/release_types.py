"""A release: the state of all public numbers that an answer is of."""
# mypy: allow-untyped-calls

import graphene

from services.opendata.graphql.resolving.reading import attribute
from services.opendata.graphql.scalars import DateTime


class ReleaseType(graphene.ObjectType):
    """A state of all public numbers. One answer is always of one release."""

    class Meta:
        name = "Release"
        default_resolver = attribute

    id = graphene.ID(required=True, description="Names the release.")
    published_at = DateTime(required=True, description="When it was published.")
    data_through = DateTime(
        description="Everything recorded up to this moment is in it; null while nothing is recorded."
    )
    policy = graphene.String(
        required=True, description="How small numbers are treated; `exact` shows every number as it is."
    )
    next_at = DateTime(description="When the next one is due; null where releases follow no timetable.")
