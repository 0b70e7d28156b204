"""Descriptions are written in one form and read from it."""

import pytest

from services.opendata.graphql.describing import PERSONS, Described, described, read_description

SETTLED = Described("Persons settled.\n\nNull until then.", PERSONS, "849")


def test_a_value_is_described_with_unit_and_example_on_lines_of_their_own():
    assert (
        described("Persons settled.", "849", PERSONS) == "Persons settled.\n\nUnit: persons.\nExample: `849`"
    )


@pytest.mark.parametrize(
    "one", [SETTLED, Described("A page."), Described("A name.", example="Oslo"), Described("A.", PERSONS)]
)
def test_what_is_described_is_read_again(one):
    assert read_description(str(one)) == one
