"""Asking by what was known, by a last day, or on today's map; the first two can't be answered yet."""
# mypy: allow-untyped-calls

from datetime import date, datetime
from typing import Any

import graphene

from services.opendata.graphql.describing import DAY, MOMENT_WITH_OFFSET, described
from services.opendata.graphql.enums import Borders, BordersEnum
from services.opendata.graphql.errors import not_yet
from services.opendata.graphql.scalars import Date, DateTime


def other_times() -> dict[str, Any]:
    """The arguments that every field with numbers of a year has."""
    return {
        "as_of": graphene.Argument(
            DateTime,
            description=described(
                "As known at that moment. Answers an error with the code NOT_YET for now.",
                "2024-06-21T23:59:59+02:00",
                MOMENT_WITH_OFFSET,
            ),
        ),
        "until": graphene.Argument(
            Date,
            description=described(
                "What happened up to that day. Answers an error with the code NOT_YET for now.",
                "2024-06-21",
                DAY,
            ),
        ),
        "borders": graphene.Argument(
            BordersEnum,
            default_value=Borders.THEN,
            description=described(
                "On which map of Norway: that of the year, or today's, to which the regions of the year "
                "are summed. Under NOW a region that is not on today's map has no numbers.",
                "NOW",
            ),
        ),
    }


def map_year_of(
    today: date,
    as_of: datetime | None = None,
    until: date | None = None,
    borders: Borders | None = Borders.THEN,
) -> int | None:
    """The year of the map that numbers are asked on; None for that of the numbers' own year.

    Raises an error for what can't be answered yet: a wrong number would be worse than none.
    """
    if as_of is not None:
        raise not_yet("asOf is not answered yet. Leave it out to get the newest release.")
    if until is not None:
        raise not_yet("until is not answered yet. Leave it out to get the whole year.")
    return today.year if borders is Borders.NOW else None
