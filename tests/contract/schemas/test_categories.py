"""Which categories a dimension has."""

import pytest

from services.contract.codes import Dimension
from services.contract.schemas.categories import category_is_valid


@pytest.mark.parametrize("dimension", list(Dimension))
def test_unknown_is_a_category_of_every_dimension(dimension):
    assert category_is_valid(dimension, "unknown")


@pytest.mark.parametrize(
    ("dimension", "category"),
    [
        ("sex", "female"),
        ("age_group", "68+"),
        ("country_of_origin", "UKR"),
        ("country_of_origin", "XXX"),
        ("unaccompanied_minor", "true"),
        ("unaccompanied_minor", "false"),
        ("care", "foster_home"),
        ("arrival", "relocation"),
        ("housing", "agreed_self_settlement"),
        ("month", "2024-01"),
        ("month", "2024-12"),
    ],
)
def test_a_code_as_in_the_events_is_a_category_of_its_dimension(dimension, category):
    assert category_is_valid(dimension, category)


@pytest.mark.parametrize(
    ("dimension", "category"),
    [
        ("sex", "UKR"),
        ("age_group", "0-18"),
        ("country_of_origin", "Ukraine"),
        ("unaccompanied_minor", "True"),
        ("care", "municipal"),
        ("arrival", "municipal"),
        ("housing", "institution"),
        ("month", "2024-13"),
        ("month", "2024-00"),
        ("month", "2024-1"),
        ("month", "2024"),
        ("month", "2024-05\n"),
    ],
)
def test_anything_else_is_none(dimension, category):
    assert not category_is_valid(dimension, category)
