"""How many regions one request may read, each list counted."""

import pytest

from services.chassis.metrics import GRAPHQL_REJECTED
from services.opendata.graphql.limits import cost
from services.opendata.graphql.resolving.budget import MOST_REGIONS_READ, Budget, TooManyRegions
from tests.opendata.graphql.asking import Asking


def refusals() -> float:
    return GRAPHQL_REJECTED.labels("regions")._value.get()


def test_children_of_parents_of_children_refuse_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is estimated beforehand may be too little, some day.
    monkeypatch.setattr(cost, "MOST_OBJECTS", 10**9)
    before = refusals()
    up_and_down = "children { parent { " * 5 + "name" + " } }" * 5

    answer = Asking()(f'{{ release {{ id }} region(code: "NO") {{ name {up_and_down} }} }}')

    assert "data" not in answer
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["LIMIT_REGIONS"]
    assert refusals() == before + 1


def test_the_whole_country_down_to_its_districts_may_be_read() -> None:
    answer = Asking()('{ region(code: "NO") { children { children { code children { code } } } } }')

    assert "errors" not in answer


def test_what_is_spent_is_told_exactly() -> None:
    budget = Budget()
    budget.spend([None] * MOST_REGIONS_READ)  # type: ignore[list-item]

    with pytest.raises(TooManyRegions):
        budget.spend([None])  # type: ignore[list-item]
