"""Single persons whose margins equal the published ones exactly.

Oslo publishes how many of the 849 are in each district, of each sex, in each age group and from
Ukraine, but not how these go together. So the rows are made up: each attribute is dealt out to
the 849 in an order of its own that depends on nothing but a hash. Every margin is exact by
construction, and attributes are independent of each other, which is what iterative proportional
fitting of the one-dimensional margins would assume too. Their ``origin`` is ``synthetic``.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator

from services.contract.codes import OTHER_COUNTRY
from services.seeding.tables import Row, oslo_breakdowns, oslo_settled

_NAMESPACE = uuid.UUID("6f1f9a52-6d0c-4f0e-9d0a-0a3b0c1d2e3f")


def persons() -> Iterator[dict[str, str]]:
    """One row per person: settlement id, ``district``, ``sex``, ``ageGroup``, ``countryOfOrigin``."""
    districts = [row["code"] for row in oslo_settled() for _ in range(int(row["persons"]))]
    sexes = _dealt("sex", len(districts))
    ages = _dealt("age_group", len(districts))
    countries = _dealt("country_of_origin", len(districts))
    for number, district in enumerate(districts):
        yield {
            "id": str(uuid.uuid5(_NAMESPACE, f"oslo-2024-06-21/{number}")),
            "district": district,
            "sex": sexes[number],
            "ageGroup": ages[number],
            "countryOfOrigin": countries[number],
        }


def _dealt(dimension: str, count: int) -> list[str]:
    """The categories of a dimension, each as often as published, in an order of their own."""
    found = list(_each_person(row for row in oslo_breakdowns() if row["dimension"] == dimension))
    if len(found) != count:
        raise ValueError(f"the margin {dimension} has {len(found)} persons, not {count}")
    order = sorted(range(count), key=lambda number: hashlib.sha256(f"{dimension}/{number}".encode()).digest())
    return [found[number] for number in order]


def _each_person(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        category = OTHER_COUNTRY if row["category"] == "other" else row["category"]
        yield from [category] * int(row["persons"])
