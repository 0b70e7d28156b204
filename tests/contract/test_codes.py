"""Code lists and the groups that ages fall into."""

import pytest

from services.contract import codes
from services.contract.codes import age_group_of, country_codes


@pytest.mark.parametrize(
    ("age", "group"),
    [
        (0, "0-17"),
        (17, "0-17"),
        (18, "18-29"),
        (29, "18-29"),
        (30, "30-55"),
        (55, "30-55"),
        (56, "56-67"),
        (67, "56-67"),
        (68, "68+"),
        (130, "68+"),
    ],
)
def test_an_age_falls_into_its_group_up_to_the_very_border(age, group):
    assert age_group_of(age) == group


def test_every_age_has_exactly_one_known_group():
    groups = [age_group_of(age) for age in range(131)]

    assert groups == sorted(groups, key=list(codes.AgeGroup).index)
    assert set(groups) == set(codes.AgeGroup) - {codes.AgeGroup.UNKNOWN}


@pytest.mark.parametrize("code", ["NOR", "UKR", "SYR", "AFG", "COD", "SSD", "XXX"])
def test_iso_alpha_3_codes_and_other_are_countries(code):
    assert code in country_codes()


@pytest.mark.parametrize("code", ["UK", "UA", "ukr", "SUN", "YUG", "XXA", "UNKNOWN", ""])
def test_other_letters_are_no_countries(code):
    assert code not in country_codes()


def test_there_are_as_many_countries_as_iso_names_and_one_for_other():
    assert len(country_codes()) == 249 + 1


@pytest.mark.parametrize(
    ("codes_of", "values"),
    [
        (codes.Sex, ["female", "male", "unknown"]),
        (codes.AgeGroup, ["0-17", "18-29", "30-55", "56-67", "68+", "unknown"]),
        (codes.Care, ["institution", "shared_housing", "foster_home"]),
        (codes.Arrival, ["reception_centre", "resettlement", "relocation", "direct"]),
        (codes.Housing, ["municipal", "agreed_self_settlement"]),
        (codes.NeedStatus, ["forecast", "issued", "revised", "final"]),
        (codes.FigureStatus, ["exact", "suppressed"]),
        (codes.ReasonCode, ["need_changed", "capacity", "council", "error", "other"]),
        (codes.DropCause, ["not_ours", "unusable", "superseded", "other"]),
        (codes.Origin, ["reported", "imported", "synthetic"]),
        (
            codes.Measure,
            [
                "announced",
                "requested",
                "requested_originally",
                "decided",
                "quota",
                "extra_capacity",
                "spare_capacity",
                "allocated",
                "awaiting",
                "median_wait_days",
                "settled",
                "remaining",
                "fulfilment",
                "settled_per_thousand",
                "not_placed_in_district",
            ],
        ),
        (
            codes.Dimension,
            [
                "sex",
                "age_group",
                "country_of_origin",
                "unaccompanied_minor",
                "care",
                "arrival",
                "housing",
                "month",
            ],
        ),
    ],
)
def test_a_code_list_holds_the_published_values_and_no_others(codes_of, values):
    assert [str(code) for code in codes_of] == values
