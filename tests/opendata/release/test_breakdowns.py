"""Breakdowns and days: cells add up to all settled, corrections undo exactly, erasure unknowns."""

from datetime import date

import pytest

from services.contract.codes import AgeGroup, Arrival, Care, Dimension, Housing, Origin, Sex
from services.contract.regions import registry
from services.opendata.release.answers import DayCount
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH

TOLD = {
    "sex": "female",
    "ageGroup": "0-17",
    "countryOfOrigin": "SYR",
    "unaccompaniedMinor": True,
    "care": "foster_home",
    "arrival": "resettlement",
    "housing": "municipal",
}
VALUES = ["female", "0-17", "SYR", "true", "foster_home", "resettlement", "municipal", "2024-05"]


@pytest.mark.parametrize(("dimension", "value"), list(zip(Dimension, VALUES, strict=True)))
def test_every_dimension_has_its_cells_and_unknown_beside_them(world, dimension, value):
    world.journal.settle(1, district="030101", **TOLD)
    world.journal.settle(2, settled_on="2024")
    world.journal.settle(3, settled_on="2024", district="030101")

    world.publish()

    for region, unknown in (("030101", 1), ("0301", 2), ("03", 2), ("NO", 2)):
        assert world.breakdown(region, dimension) == {value: 1, "unknown": unknown}


def test_a_combination_has_the_cells_in_which_somebody_is(world):
    world.journal.settle(1, sex="female", ageGroup="0-17", district="030101")
    world.journal.settle(2, sex="male", ageGroup="0-17", district="030102")
    world.journal.settle(3, sex="male", ageGroup="0-17", settled_on="2024")
    world.journal.settle(4, "4601", sex="male")

    world.publish()

    by = (Dimension.SEX, Dimension.AGE_GROUP)
    assert world.breakdown("0301", *by) == {("female", "0-17"): 1, ("male", "0-17"): 2}
    assert world.breakdown("NO", *by)["male", "unknown"] == 1
    assert world.breakdown("030102", *by) == {("male", "0-17"): 1}
    reverse = world.breakdown("0301", Dimension.AGE_GROUP, Dimension.SEX, Dimension.MONTH)
    assert reverse == {
        ("0-17", "female", "2024-05"): 1,
        ("0-17", "male", "2024-05"): 1,
        ("0-17", "male", "unknown"): 1,
    }


def test_cells_have_shares_and_the_origins_of_their_persons(world):
    world.journal.settle(1, sex="female", origin="imported")
    world.journal.settle(2, sex="female")
    world.journal.settle(3, sex="male", origin="synthetic")
    world.publish()

    with world.published.open() as numbers:
        women, men = numbers.breakdown(registry().find("0301"), 2024, [Dimension.SEX])

    assert (women.categories, women.persons, women.share) == (("female",), 2, 2 / 3)
    assert women.origins == (Origin.IMPORTED, Origin.REPORTED)
    assert (men.origins, men.withheld) == ((Origin.SYNTHETIC,), None)


def test_a_cell_that_its_only_person_has_left_is_not_listed(world):
    world.journal.settle(1, sex="female")
    world.publish()
    corrected = {"municipality": "0301", "settledOn": "2024-05-17", "sex": "male"}
    world.journal.post("settlement.corrected", corrected, subject=person(1))

    world.publish()

    assert world.breakdown("0301", Dimension.SEX) == {"male": 1}
    assert world.breakdown("0301", Dimension.SEX, Dimension.MONTH) == {("male", "2024-05"): 1}


def test_a_correction_moves_a_person_between_districts_years_and_cells(world):
    world.journal.settle(1, district="030101", **TOLD)
    world.journal.settle(2, district="030101", **TOLD)
    world.publish()
    corrected = {"municipality": "0301", "settledOn": "2023-12-31", "district": "030102", "sex": "male"}
    world.journal.post("settlement.corrected", corrected, subject=person(2))

    world.publish()

    assert [world.totals(code).settled for code in ("030101", "030102", "0301", "NO")] == [1, None, 1, 1]
    assert [world.totals(code, 2023).settled for code in ("030101", "030102", "0301")] == [None, 1, 1]
    assert world.breakdown("0301", Dimension.COUNTRY_OF_ORIGIN) == {"SYR": 1}
    assert world.breakdown("0301", Dimension.SEX, year=2023) == {"male": 1}
    assert world.breakdown("NO", Dimension.CARE, year=2023) == {"unknown": 1}
    assert world.days("03", 2023).dated == (DayCount(date(2023, 12, 31), 1),)


def test_a_correction_there_and_back_leaves_no_trace(world):
    first = {"municipality": "0301", "settledOn": "2024-05-17", "district": "030101", **TOLD}
    world.journal.post("person.settled", first, subject=person(1))
    world.publish()
    before = [world.breakdown("0301", dimension) for dimension in Dimension]
    elsewhere = {"municipality": "0301", "settledOn": "2023", "sex": "male"}
    world.journal.post("settlement.corrected", elsewhere, subject=person(1))
    world.publish()
    world.journal.post("settlement.corrected", first, subject=person(1))

    world.publish()

    assert [world.breakdown("0301", dimension) for dimension in Dimension] == before
    assert world.breakdown("0301", *Dimension, year=2023) == {}
    assert world.totals("0301", 2023).settled == 0


def test_erasure_moves_a_person_to_unknown_and_keeps_municipality_district_and_year(world):
    world.journal.settle(1, district="030101", **TOLD)
    world.journal.settle(2, district="030101", settled_on="2024-06", **TOLD)
    world.journal.post("settlement.attributes-erased", {}, subject=person(1))

    world.publish()

    for dimension, value in zip(Dimension, VALUES, strict=True):
        if dimension is not Dimension.MONTH:
            assert world.breakdown("030101", dimension) == {value: 1, "unknown": 1}
    assert world.breakdown("030101", Dimension.MONTH) == {"unknown": 2}
    assert world.totals("030101").settled == 2
    assert (world.days("0301").dated, world.days("0301").undated) == ((), 2)
    assert world.totals("0301").unaccompanied_minors.settled == 1


def test_an_imprecise_date_is_put_in_no_month_and_on_no_day(world):
    for number, settled_on in enumerate(("2024-05-17", "2024-05-17", "2024-01-31", "2024-05", "2024")):
        world.journal.settle(number, settled_on=settled_on)

    world.publish()

    assert world.breakdown("0301", Dimension.MONTH) == {"2024-01": 1, "2024-05": 2, "unknown": 2}
    days = world.days("0301")
    assert days.dated == (DayCount(date(2024, 1, 31), 1), DayCount(date(2024, 5, 17), 2))
    assert days.undated == 2


def test_a_year_in_which_nobody_was_settled_has_no_cells_and_no_days(world):
    world.publish()

    assert world.breakdown("NO", Dimension.SEX) == {}
    assert world.breakdown("NO", Dimension.SEX, Dimension.MONTH) == {}
    assert (world.days("NO").dated, world.days("NO").undated) == ((), None)


def test_every_category_is_released_by_its_whole_name(world):
    by_field = {
        "housing": Housing,
        "care": Care,
        "arrival": Arrival,
        "sex": Sex,
        "ageGroup": AgeGroup,
    }
    told = [(field, value.value) for field, values in by_field.items() for value in values]
    for number, (field, value) in enumerate(told):
        world.journal.settle(number, **{field: value})
    world.publish()

    dimensions = ("housing", "care", "arrival", "sex", "age_group")
    found = {category for dimension in dimensions for category in world.breakdown("NO", Dimension(dimension))}

    assert found == {value for _, value in told}
