"""Where figures of a year belong whose code was not valid that year."""

import pytest

from services.importing.mapping import municipality, valid_region


@pytest.mark.parametrize(
    ("code", "year", "where"),
    [
        ("1601", 2018, "5001"),  # Trondheim, counted under its old code a year too long
        ("5001", 2012, "1601"),
        ("1903", 2012, "1901"),  # Harstad: of two that merged the one of the same name
        ("1901", 2020, "5402"),
        ("1507", 2024, None),  # Ålesund was split: nobody knows which part
        ("1508", 2021, "1507"),
        ("0716", 1998, None),  # Re came of two, and neither was called so
        ("5402", 2012, "1901"),
    ],
)
def test_a_figure_goes_where_there_is_one_region_or_one_of_the_same_name(code, year, where):
    region = municipality(code)
    assert region is not None

    found = valid_region(region, year)

    assert (None if found is None else found.code) == where


@pytest.mark.parametrize("code", ["1214", "NO", "03", "030101", "99", "abcd"])
def test_what_is_no_municipality_is_not_known(code):
    assert municipality(code) is None


def test_a_municipality_not_stated_is_one():
    assert municipality("9999") is not None
