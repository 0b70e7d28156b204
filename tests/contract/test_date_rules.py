"""When things happened."""

from datetime import date

import pytest

from services.contract.date_rules import future_faults, surely_before, year_of

TODAY = date(2024, 6, 21)


@pytest.mark.parametrize("when", ["2024-06-21", "2024-06-20", "2024-06", "2024", "2023", None])
def test_what_may_have_happened_by_today_is_fine(when):
    assert future_faults({"settledOn": when}, ["settledOn", "absent"], TODAY) == []


@pytest.mark.parametrize("when", ["2024-06-22", "2024-07", "2025"])
def test_what_can_only_lie_in_the_future_is_a_fault(when):
    faults = future_faults({"settledOn": when, "decidedOn": "2024"}, ["decidedOn", "settledOn"], TODAY)

    assert [(fault.pointer, fault.rule) for fault in faults] == [("/data/settledOn", "in-future")]


@pytest.mark.parametrize(
    ("first", "second", "before"),
    [
        ("2024-06-20", "2024-06-21", True),
        ("2024-06-21", "2024-06-21", False),
        ("2024-05", "2024-06-01", True),
        ("2024-06", "2024-06-30", False),
        ("2023", "2024", True),
        ("2024", "2024-12", False),
        ("2024-12", "2024", False),
    ],
)
def test_a_partial_date_lies_surely_before_another_only_when_all_of_it_does(first, second, before):
    assert surely_before(first, second) is before


@pytest.mark.parametrize("when", ["2016", "2016-05", "2016-05-17"])
def test_every_partial_date_has_a_year(when):
    assert year_of(when) == 2016
