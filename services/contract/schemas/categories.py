"""Which categories a dimension has."""

import re

from services.contract.codes import (
    OTHER_COUNTRY,
    UNKNOWN,
    AgeGroup,
    Arrival,
    Care,
    Dimension,
    Housing,
    Sex,
    country_codes,
)

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

_CODES: dict[str, frozenset[str]] = {
    Dimension.SEX: frozenset(Sex),
    Dimension.AGE_GROUP: frozenset(AgeGroup),
    Dimension.UNACCOMPANIED_MINOR: frozenset(("true", "false")),
    Dimension.CARE: frozenset(Care),
    Dimension.ARRIVAL: frozenset(Arrival),
    Dimension.HOUSING: frozenset(Housing),
}


def category_is_valid(dimension: str, category: str) -> bool:
    """Whether a category may stand in a dimension; ``unknown`` may in every one."""
    if category == UNKNOWN:
        return True
    if dimension == Dimension.COUNTRY_OF_ORIGIN:
        return category in country_codes() or category == OTHER_COUNTRY
    if dimension == Dimension.MONTH:
        return _MONTH.fullmatch(category) is not None
    return category in _CODES[dimension]
