"""Numbers of any year on today's map: summed where regions merged, never split where one was divided."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.opendata.graphql.limits import cost
from tests.opendata.graphql.asking import Asking
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH

TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def ask(world):
    """Ask what the world has released, as on a day of 2026."""
    return Asking(open_numbers=world.published.open, now=TODAY)


def settle(world, persons, municipality, year, **facts):
    for _ in range(persons):
        world.settled = getattr(world, "settled", 0) + 1
        world.journal.settle(world.settled, municipality, settled_on=str(year), **facts)


def totals(ask, code, year, fields, borders="NOW"):
    answer = ask.data(
        f'{{ region(code: "{code}") {{ totals(year: {year}, borders: {borders}) {{ {fields} }} }} }}'
    )
    return answer["region"]["totals"]


def test_a_history_on_todays_map_includes_the_years_under_former_codes(world, ask):
    settle(world, 3, "1601", 2012)
    settle(world, 1, "1662", 2012)
    settle(world, 2, "5001", 2019)
    settle(world, 4, "5030", 2019)
    settle(world, 5, "5001", 2021)
    world.journal.post(
        "request.issued", {"municipality": "1662", "year": 2013, "persons": 9, "issuedOn": "2012"}
    )
    world.publish()

    answer = ask.data(
        '{ region(code: "5001") { now: history(from: 2012, to: 2021, borders: NOW) { year settled requested '
        "comparable } then: history(from: 2012, to: 2021) { year settled } } }"
    )

    assert answer["region"]["now"] == [
        {"year": 2012, "settled": 4, "requested": None, "comparable": True},
        {"year": 2013, "settled": None, "requested": 9, "comparable": True},
        {"year": 2019, "settled": 6, "requested": None, "comparable": True},
        {"year": 2021, "settled": 5, "requested": None, "comparable": True},
    ]
    assert answer["region"]["then"] == [{"year": 2019, "settled": 2}, {"year": 2021, "settled": 5}]


def test_a_merged_region_says_where_its_numbers_come_from(world, ask):
    settle(world, 3, "1601", 2012)
    settle(world, 1, "1662", 2012)
    world.publish()

    flows = "flows { source { code name } targets { code } persons }"

    assert totals(ask, "5001", 2012, flows)["flows"] == [
        {"source": {"code": "1601", "name": "Trondheim"}, "targets": [{"code": "5001"}], "persons": 3},
        {"source": {"code": "1662", "name": "Klæbu"}, "targets": [{"code": "5001"}], "persons": 1},
    ]
    assert [flow["source"]["code"] for flow in totals(ask, "50", 2012, flows)["flows"]] == [
        "1567",
        "1571",
        "16",
        "17",
    ]
    assert totals(ask, "0301", 2012, flows)["flows"] == []
    assert totals(ask, "NO", 2012, flows)["flows"] == []


def test_a_region_that_was_divided_is_not_comparable_and_its_county_holds_the_count(world, ask):
    settle(world, 3, "1504", 2012)
    settle(world, 2, "1534", 2012)
    settle(world, 1, "1502", 2012)
    world.journal.post(
        "request.issued", {"municipality": "1504", "year": 2012, "persons": 9, "issuedOn": "2012"}
    )
    world.publish()

    fields = (
        "settled requested quota remaining comparable withheld { measure reason } notPlacedByBorders origins "
        "coverage { municipalities reporting complete } flows { source { code } targets { code } persons }"
    )

    both = [{"code": "1508"}, {"code": "1580"}]
    assert totals(ask, "1508", 2012, fields) == {
        "settled": None,
        "requested": None,
        "quota": None,
        "remaining": None,
        "comparable": False,
        "withheld": [
            {"measure": "REQUESTED", "reason": "NOT_COMPARABLE"},
            {"measure": "REQUESTED_ORIGINALLY", "reason": "NOT_COMPARABLE"},
            {"measure": "SETTLED", "reason": "NOT_COMPARABLE"},
        ],
        "notPlacedByBorders": None,
        "origins": [],
        "coverage": {"municipalities": 0, "reporting": 0, "complete": False},
        "flows": [
            {"source": {"code": code}, "targets": both, "persons": persons}
            for code, persons in (("1504", 3), ("1523", None), ("1529", None), ("1534", 2), ("1546", None))
        ],
    }
    of_county = totals(ask, "15", 2012, "settled requested comparable notPlacedByBorders")
    assert of_county == {"settled": 6, "requested": 9, "comparable": True, "notPlacedByBorders": 5}
    assert totals(ask, "15", 2012, "settled notPlacedByBorders", "THEN") == {
        "settled": 6,
        "notPlacedByBorders": 0,
    }
    assert totals(ask, "NO", 2012, "settled notPlacedByBorders") == {"settled": 6, "notPlacedByBorders": 0}


def test_what_came_wholly_to_a_region_without_numbers_is_not_placed_either(world, ask):
    settle(world, 3, "1805", 2012)
    settle(world, 2, "1850", 2012)
    settle(world, 1, "1804", 2012)
    world.publish()

    assert totals(ask, "1806", 2012, "settled coverage { municipalities reporting }") == {
        "settled": None,
        "coverage": {"municipalities": 2, "reporting": 1},
    }
    assert totals(ask, "18", 2012, "settled notPlacedByBorders") == {"settled": 6, "notPlacedByBorders": 5}


def test_a_region_that_is_not_on_todays_map_has_no_numbers_on_it(world, ask):
    settle(world, 3, "1601", 2012)
    world.publish()

    answer = ask.data(
        '{ region(code: "1601") { totals(year: 2012, borders: NOW) { settled } history(borders: NOW) '
        "{ year } series(year: 2012, borders: NOW) { points { period } undated } "
        "breakdown(year: 2012, by: [SEX], borders: NOW) { persons } } }"
    )

    assert answer["region"] == {
        "totals": None,
        "history": [],
        "series": {"points": [], "undated": None},
        "breakdown": [],
    }


def test_districts_follow_their_city_to_its_new_code(world, ask):
    settle(world, 3, "1201", 2012, district="120102")
    settle(world, 1, "1201", 2012)
    world.publish()

    assert totals(ask, "460102", 2012, "settled flows { source { code } }") == {
        "settled": 3,
        "flows": [{"source": {"code": "120102"}}],
    }
    assert totals(ask, "4601", 2012, "settled notPlacedInDistrict notPlacedByBorders") == {
        "settled": 4,
        "notPlacedInDistrict": 1,
        "notPlacedByBorders": 0,
    }


def test_breakdown_and_series_sum_over_the_regions_that_came_together(world, ask):
    settle(world, 3, "1601", 2012, sex="female")
    settle(world, 1, "1662", 2012, sex="female")
    settle(world, 2, "1662", 2012, sex="male", ageGroup="0-17")
    world.journal.settle(900, "1601", settled_on="2012-05-17")
    world.journal.settle(901, "1662", settled_on="2012-05-18")
    world.publish()

    answer = ask.data(
        '{ region(code: "5001") { one: breakdown(year: 2012, by: [SEX], borders: NOW) { keys { value } '
        "persons share } "
        "two: breakdown(year: 2012, by: [SEX, AGE_GROUP], borders: NOW) { keys { value } persons } "
        "series(year: 2012, borders: NOW) { points { period settled cumulative } undated } } }"
    )

    def cells(name):
        return {
            tuple(key["value"] for key in cell["keys"]): cell["persons"] for cell in answer["region"][name]
        }

    assert cells("one") == {("female",): 4, ("male",): 2, ("unknown",): 2}
    assert cells("two") == {
        ("female", "unknown"): 4,
        ("male", "0-17"): 2,
        ("unknown", "unknown"): 2,
    }
    assert answer["region"]["one"][0]["share"] == 0.5
    assert answer["region"]["series"] == {
        "points": [{"period": "2012-05", "settled": 2, "cumulative": 2}],
        "undated": 6,
    }


def test_breakdown_and_series_of_a_region_without_numbers_say_why(world, ask):
    settle(world, 3, "1504", 2012, sex="female")
    world.journal.settle(900, "1504", settled_on="2012-05-17")
    world.publish()

    answer = ask.data(
        '{ region(code: "1508") { breakdown(year: 2012, by: [SEX], borders: NOW) { keys { value } persons '
        "share withheld origins } "
        "series(year: 2012, borders: NOW) { points { period settled cumulative withheld } undated } } }"
    )

    blank = {"persons": None, "share": None, "withheld": "NOT_COMPARABLE", "origins": []}
    assert answer["region"]["breakdown"] == [
        {"keys": [{"value": "female"}], **blank},
        {"keys": [{"value": "unknown"}], **blank},
    ]
    assert answer["region"]["series"] == {
        "points": [{"period": "2012-05", "settled": None, "cumulative": None, "withheld": "NOT_COMPARABLE"}],
        "undated": None,
    }


def test_the_median_wait_of_a_merged_region_is_that_of_all_its_persons(world, ask):
    waited = [*(("1601", 1) for _ in range(7)), ("1662", 40), ("1662", 50), ("1662", 60)]
    for number, (code, days) in enumerate(waited):
        world.journal.allocate(number, code, allocated_on="2012-01-01")
        world.journal.accept(number, code)
        world.journal.settle(number, code, settled_on=str(date(2012, 1, 1) + timedelta(days)))
    world.publish()

    fields = "medianWaitDays withheld { measure reason }"
    small = [{"measure": "MEDIAN_WAIT_DAYS", "reason": "SMALL_NUMBERS"}]

    assert totals(ask, "1601", 2012, fields, "THEN") == {"medianWaitDays": None, "withheld": small}
    assert totals(ask, "5001", 2012, fields) == {"medianWaitDays": 1.0, "withheld": []}
    assert totals(ask, "50", 2012, fields) == {"medianWaitDays": 1.0, "withheld": []}


def test_a_median_wait_follows_what_is_withdrawn_and_what_is_corrected(world, ask):
    for number in range(12):
        code = "1601" if number < 9 else "1662"
        world.journal.allocate(number, code, allocated_on="2012-01-01")
        world.journal.accept(number, code)
        world.journal.settle(number, code, settled_on=str(date(2012, 1, 2) + timedelta(number)))
    world.publish()
    assert totals(ask, "5001", 2012, "medianWaitDays") == {"medianWaitDays": 6.5}

    world.journal.post(
        "settlement.corrected", {"municipality": "1601", "settledOn": "2012-12-31"}, subject=person(0)
    )
    world.journal.post("settlement.withdrawn", {}, subject=person(11))
    world.publish()

    assert totals(ask, "5001", 2012, "medianWaitDays") == {"medianWaitDays": 7.0}


def test_a_rate_is_that_of_the_region_of_today(world, ask):
    settle(world, 2, "1601", 2017)
    world.publish()

    inhabitants = 'region(code: "5001") { population(year: 2019) }'
    assert totals(ask, "5001", 2017, "settledPerThousand")["settledPerThousand"] > 0
    assert ask.data(f"{{ {inhabitants} }}") == {"region": {"population": None}}


def test_todays_map_is_that_of_the_year_that_it_is_in_norway(world):
    settle(world, 2, "1507", 2022)
    world.publish()

    def asked_on(day):
        ask = Asking(open_numbers=world.published.open, now=day)
        found = totals(ask, "1507", 2022, "settled comparable")
        return found and found["settled"]

    assert asked_on(datetime(2023, 12, 31, 22, 59, tzinfo=UTC)) == 2
    assert asked_on(datetime(2023, 12, 31, 23, 0, tzinfo=UTC)) is None


def test_flows_count_among_the_regions_that_a_request_may_read(world, ask, monkeypatch):
    monkeypatch.setattr(cost, "MOST_OBJECTS", 10**9)
    settle(world, 2, "1601", 2012)
    world.publish()

    flows = " ".join(
        f"y{year}: totals(year: {year}, borders: NOW) {{ flows {{ targets {{ code }} }} }}"
        for year in range(1995, 2018)
    )
    answer = ask(
        f"{{ a: regions(first: 500, level: MUNICIPALITY) {{ nodes {{ {flows} }} }} "
        f"b: regions(first: 500, level: COUNTY) {{ nodes {{ {flows} }} }} }}"
    )

    assert "data" not in answer
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["LIMIT_REGIONS"]
