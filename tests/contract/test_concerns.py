"""Whom and which year a stream is about, by the facts in force in it."""

import pytest

from services.contract.concerns import NO_YEAR, Concern, concern_of

ALLOCATED = {"municipality": "4601", "allocatedOn": "2023-11"}
SETTLED = {"municipality": "0301", "settledOn": "2024-02-03", "district": "030101"}


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"state": "issued", "municipality": "4601", "year": 2020}, Concern("4601", None, 2020)),
        ({"state": "announced", "year": 2020}, Concern("0301", None, 2020)),
        ({"state": "published", "region": "0301", "year": 2020}, Concern("0301", None, 2020)),
        ({"state": "allocated", "allocation": ALLOCATED}, Concern("4601", None, 2023)),
        (
            {"state": "settled", "allocation": ALLOCATED, "settlement": SETTLED},
            Concern("0301", "030101", 2024),
        ),
        (
            {"state": "settled", "settlement": {"municipality": "0301", "settledOn": "2016"}},
            Concern("0301", None, 2016),
        ),
        ({"state": "declined"}, Concern("0301", None, NO_YEAR)),
        ({"state": "closed"}, Concern("0301", None, NO_YEAR)),
    ],
)
def test_a_stream_is_about_what_its_facts_name_else_the_region_of_its_first_event(facts, told):
    assert concern_of(facts, "0301") == told
