"""Persons settled by category."""

from datetime import date

import pytest

from services.contract.codes import Dimension, Origin
from services.opendata.release.answers import BreakdownCell, WithheldReason
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory, Person

NUMBERS = NumbersInMemory(
    [
        Person("0301", 2024, date(2024, 5, 17), {Dimension.SEX: "female", Dimension.AGE_GROUP: "0-17"}),
        Person("0301", 2024, date(2024, 5, 17), {Dimension.SEX: "female", Dimension.AGE_GROUP: "18-29"}),
        Person("0301", 2024, date(2024, 6, 1), {Dimension.SEX: "male"}),
        Person("0301", 2024, None, {}),
    ]
)


def cells(arguments, fields, numbers=NUMBERS):
    return Asking(numbers).data(
        f'{{ region(code: "0301") {{ breakdown(year: 2024, {arguments}) {{ {fields} }} }} }}'
    )["region"]["breakdown"]


def test_a_dimension_gives_a_cell_for_each_category_with_somebody_in_it():
    found = cells("by: [SEX]", "keys { dimension value } persons share withheld origins")

    assert [(cell["keys"], cell["persons"], cell["share"]) for cell in found] == [
        ([{"dimension": "SEX", "value": "female"}], 2, 0.5),
        ([{"dimension": "SEX", "value": "male"}], 1, 0.25),
        ([{"dimension": "SEX", "value": "unknown"}], 1, 0.25),
    ]
    assert {(cell["withheld"], *cell["origins"]) for cell in found} == {(None, "REPORTED")}


def test_one_dimension_may_be_written_without_a_list():
    assert len(cells("by: SEX", "persons")) == 3


def test_several_dimensions_give_their_categories_in_the_order_asked_for():
    found = cells("by: [MONTH, SEX]", "keys { value } persons")

    assert [([key["value"] for key in cell["keys"]], cell["persons"]) for cell in found] == [
        (["2024-05", "female"], 2),
        (["2024-06", "male"], 1),
        (["unknown", "unknown"], 1),
    ]


def test_the_category_of_one_dimension_is_found_by_its_name():
    found = cells("by: [SEX, AGE_GROUP]", "key(dimension: AGE_GROUP) { dimension value }")

    assert [cell["key"]["value"] for cell in found] == ["0-17", "18-29", "unknown", "unknown"]
    assert {cell["key"]["dimension"] for cell in found} == {"AGE_GROUP"}


def test_the_category_of_a_dimension_not_asked_for_is_null():
    assert cells("by: [SEX]", "key(dimension: CARE) { value }") == [{"key": None}] * 3


def test_a_cell_withheld_says_why():
    class Withholding(NumbersInMemory):
        def breakdown(self, region, year, by, map_year=None):
            return [BreakdownCell(("female",), None, None, WithheldReason.SMALL_NUMBERS, (Origin.REPORTED,))]

    assert cells("by: [SEX]", "persons share withheld", Withholding()) == [
        {"persons": None, "share": None, "withheld": "SMALL_NUMBERS"}
    ]


def test_a_label_is_norwegian_unless_told():
    found = cells("by: [SEX]", "keys { a: label b: label(language: null) c: label(language: EN) }")

    assert found[0]["keys"] == [{"a": "Kvinner", "b": "Kvinner", "c": "Women"}]


@pytest.mark.parametrize("by", ["[]", "[SEX, AGE_GROUP, SEX]"])
def test_no_dimension_or_one_named_twice_is_an_error(by):
    error = Asking(NUMBERS).error(
        f'{{ region(code: "0301") {{ name breakdown(year: 2024, by: {by}) {{ persons }} }} }}'
    )

    assert error["path"] == ["region", "breakdown"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert error["locations"] == [{"line": 1, "column": 31}]
