"""Code lists: the values that events, tables and answers may hold."""

from enum import StrEnum
from functools import cache

import pycountry

UNKNOWN = "unknown"
"""The value of a category that nobody stated. Always a cell of its own, never left out."""

OTHER_COUNTRY = "XXX"
"""A country of origin that is known, but not one of those named by the source."""


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class AgeGroup(StrEnum):
    UNDER_18 = "0-17"
    FROM_18_TO_29 = "18-29"
    FROM_30_TO_55 = "30-55"
    FROM_56_TO_67 = "56-67"
    FROM_68 = "68+"
    UNKNOWN = "unknown"


class Care(StrEnum):
    """Who looks after an unaccompanied minor."""

    INSTITUTION = "institution"
    SHARED_HOUSING = "shared_housing"
    FOSTER_HOME = "foster_home"


class Arrival(StrEnum):
    """The way by which a person came to be settled."""

    RECEPTION_CENTRE = "reception_centre"
    RESETTLEMENT = "resettlement"
    RELOCATION = "relocation"
    DIRECT = "direct"


class Housing(StrEnum):
    MUNICIPAL = "municipal"
    AGREED_SELF_SETTLEMENT = "agreed_self_settlement"


class NeedStatus(StrEnum):
    FORECAST = "forecast"
    ISSUED = "issued"
    REVISED = "revised"
    FINAL = "final"


class FigureStatus(StrEnum):
    EXACT = "exact"
    SUPPRESSED = "suppressed"


class ReasonCode(StrEnum):
    """The public part of a reason; the free text beside it is private."""

    NEED_CHANGED = "need_changed"
    CAPACITY = "capacity"
    COUNCIL = "council"
    ERROR = "error"
    OTHER = "other"


class DropCause(StrEnum):
    """Why an event that can't be counted was left out of the totals for good."""

    NOT_OURS = "not_ours"
    UNUSABLE = "unusable"
    SUPERSEDED = "superseded"
    OTHER = "other"


class Origin(StrEnum):
    """How an event came to be: reported by who it concerns, imported from a publication, or made up."""

    REPORTED = "reported"
    IMPORTED = "imported"
    SYNTHETIC = "synthetic"


class Measure(StrEnum):
    """What is counted per region and year. The GraphQL enum is these names in upper case."""

    ANNOUNCED = "announced"
    REQUESTED = "requested"
    REQUESTED_ORIGINALLY = "requested_originally"
    DECIDED = "decided"
    QUOTA = "quota"
    EXTRA_CAPACITY = "extra_capacity"
    SPARE_CAPACITY = "spare_capacity"
    ALLOCATED = "allocated"
    AWAITING = "awaiting"
    MEDIAN_WAIT_DAYS = "median_wait_days"
    SETTLED = "settled"
    REMAINING = "remaining"
    FULFILMENT = "fulfilment"
    SETTLED_PER_THOUSAND = "settled_per_thousand"
    NOT_PLACED_IN_DISTRICT = "not_placed_in_district"


class Dimension(StrEnum):
    """What persons settled are broken down by. The GraphQL enum is these names in upper case."""

    SEX = "sex"
    AGE_GROUP = "age_group"
    COUNTRY_OF_ORIGIN = "country_of_origin"
    UNACCOMPANIED_MINOR = "unaccompanied_minor"
    CARE = "care"
    ARRIVAL = "arrival"
    HOUSING = "housing"
    MONTH = "month"


class Role(StrEnum):
    """Who a caller is, as far as posting events goes."""

    DIRECTORATE = "directorate"
    MUNICIPALITY = "municipality"
    DISTRICT = "district"
    IMPORTER = "importer"
    SYSTEM = "system"


_AGE_LIMITS = (
    (17, AgeGroup.UNDER_18),
    (29, AgeGroup.FROM_18_TO_29),
    (55, AgeGroup.FROM_30_TO_55),
    (67, AgeGroup.FROM_56_TO_67),
)


def age_group_of(age: int) -> AgeGroup:
    """The age group of an age in whole years, by the groups of Oslo's published table."""
    for highest, group in _AGE_LIMITS:
        if age <= highest:
            return group
    return AgeGroup.FROM_68


@cache
def country_codes() -> frozenset[str]:
    """ISO 3166-1 alpha-3 codes, and ``XXX`` for a country other than those named."""
    return frozenset(country.alpha_3 for country in pycountry.countries) | {OTHER_COUNTRY}
