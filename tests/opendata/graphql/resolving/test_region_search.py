"""Which regions a list holds: every filter, alone and with others."""

from datetime import UTC, datetime

import pytest

from services.opendata.release.answers import DecisionStatus
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory

STATUSES = NumbersInMemory(
    known={
        ("0301", 2024): {"decision_status": DecisionStatus.DECIDED},
        ("1103", 2024): {"decision_status": DecisionStatus.DECIDED},
        ("5001", 2024): {"decision_status": DecisionStatus.ASKED},
        ("0301", 2023): {"decision_status": DecisionStatus.WITHDRAWN},
        ("1601", 2017): {"decision_status": DecisionStatus.DECIDED},
    }
)


def listed(arguments, numbers=None, now=datetime(2024, 6, 21, tzinfo=UTC)):
    answer = Asking(numbers, now=now).data(
        f"{{ regions(first: 500, {arguments}) {{ totalCount nodes {{ code }} }} }}"
    )
    found = [node["code"] for node in answer["regions"]["nodes"]]
    assert answer["regions"]["totalCount"] == len(found)
    return found


@pytest.mark.parametrize(
    ("level", "number"), [("COUNTRY", 1), ("COUNTY", 15), ("MUNICIPALITY", 357), ("DISTRICT", 36)]
)
def test_a_level_holds_the_regions_of_today(level, number):
    assert len(listed(f"level: {level}")) == number


def test_without_filters_all_regions_of_today_come_from_the_country_down():
    found = listed("level: null")

    assert len(found) == 1 + 15 + 357 + 36
    assert found[:3] == ["NO", "03", "11"]
    assert found == sorted(found, key=lambda code: (len(code) if code != "NO" else 0, code))


def test_within_holds_all_levels_below_and_not_the_region_itself():
    found = listed('within: "03"')

    assert found[0] == "0301"
    assert len(found) == 16
    assert all(code.startswith("0301") for code in found)


def test_within_and_level_hold_what_fits_both():
    assert len(listed('within: "NO", level: COUNTY')) == 15
    assert listed('within: "11", level: COUNTY') == []
    assert len(listed('within: "11", level: MUNICIPALITY')) == 23


def test_within_a_region_that_nobody_knows_is_an_error_and_not_an_empty_list():
    error = Asking().error('{ regions(within: "0000") { totalCount } }')

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "'0000'" in error["message"]


def test_within_a_region_of_the_past_there_is_something_in_its_time_only():
    assert listed('within: "30"') == []
    assert len(listed('within: "30", on: "2023-06-01"')) == 51


def test_codes_are_found_whenever_they_were_valid():
    assert listed('codes: ["5001", "1601", "0000", "0301"]') == ["0301", "1601", "5001"]


def test_codes_with_a_date_or_year_are_found_if_valid_then():
    assert listed('codes: ["5001", "1601"], on: "2017-05-01"') == ["1601"]
    assert listed('codes: ["5001", "1601"], year: 2018') == ["5001"]


def test_no_codes_are_none():
    assert listed("codes: []") == []


def test_search_finds_a_part_of_the_name():
    assert listed('search: "trond", level: MUNICIPALITY') == ["5001"]


@pytest.mark.parametrize(
    ("search", "codes"),
    [
        ("klæbu", ["5001"]),
        ("klaebu", ["5001"]),
        ("Tysfjord", ["1806", "1875"]),
        ("Hordaland", ["46"]),
        ("viken", ["31", "32", "33"]),
        ("hamaroy", ["1875"]),
        ("sor-trondelag", ["50"]),
    ],
)
def test_search_finds_a_region_by_the_names_of_what_it_came_from(search, codes):
    assert listed(f'search: "{search}"') == codes


def test_search_on_a_day_of_the_past_finds_what_had_the_name_then():
    assert listed('search: "klæbu", on: "2017-05-01"') == ["1662"]
    assert listed('search: "klæbu", on: "2019-05-01"') == ["5030"]
    assert listed('search: "klæbu", on: "2020-01-01"') == ["5001"]


def test_search_and_other_filters_hold_what_fits_all():
    assert listed('search: "oslo"') == ["03", "0301", "030101"]
    assert listed('search: "oslo", level: COUNTY') == ["03"]


@pytest.mark.parametrize(("on", "number"), [("2017-12-31", 426), ("2019-12-31", 422), ("2023-12-31", 356)])
def test_a_date_gives_the_map_of_that_day(on, number):
    assert len(listed(f'level: MUNICIPALITY, on: "{on}"')) == number


def test_a_date_goes_before_the_years_of_other_arguments():
    order = "orderBy: {measure: SETTLED, year: 2023, direction: ASC}"

    assert len(listed(f'level: MUNICIPALITY, on: "2019-01-01", year: 2023, {order}')) == 422


def test_a_year_goes_before_the_year_of_the_order():
    order = "orderBy: {measure: SETTLED, year: 2023, direction: ASC}"

    assert len(listed(f"level: MUNICIPALITY, year: 2019, {order}")) == 422


def test_the_year_of_the_order_gives_the_map_where_no_other_is_named():
    order = "orderBy: {measure: SETTLED, year: 2019, direction: ASC}"

    assert len(listed(f"level: MUNICIPALITY, {order}")) == 422


def test_codes_in_an_order_are_found_whenever_they_were_valid():
    order = "orderBy: {measure: SETTLED, year: 2024, direction: ASC}"

    assert listed(f'codes: ["1601", "5001"], {order}') == ["1601", "5001"]


def test_today_is_the_day_that_it_is_in_norway():
    new_year_in_oslo = datetime(2019, 12, 31, 23, 30, tzinfo=UTC)

    assert len(listed("level: MUNICIPALITY", now=new_year_in_oslo)) == 356


def test_a_decision_status_is_that_of_the_year():
    assert listed("decisionStatus: DECIDED, year: 2024", STATUSES) == ["0301", "1103"]
    assert listed("decisionStatus: ASKED, year: 2024", STATUSES) == ["5001"]
    assert listed("decisionStatus: WITHDRAWN, year: 2023", STATUSES) == ["0301"]
    assert listed("decisionStatus: DECIDED, year: 2017", STATUSES) == ["1601"]


def test_a_decision_status_of_a_region_that_did_not_exist_then_is_none():
    assert listed('decisionStatus: DECIDED, year: 2018, on: "2017-01-01"', STATUSES) == []


def test_a_decision_status_without_a_year_is_an_error():
    error = Asking().error("{ release { id } regions(decisionStatus: DECIDED) { totalCount } }")

    assert error["path"] == ["regions"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert "year" in error["message"]


def test_regions_not_stated_are_in_no_list_unless_asked_for():
    assert "9999" not in listed("level: MUNICIPALITY")
    assert "99" not in listed("level: COUNTY")
    assert listed('search: "uoppgitt"') == []


def test_regions_not_stated_come_where_asked_for():
    assert "9999" in listed("level: MUNICIPALITY, includeNotStated: true")
    assert listed('search: "uoppgitt", includeNotStated: true') == ["99", "9999"]
    assert listed('within: "99", includeNotStated: true') == ["9999"]


def test_regions_not_stated_come_where_named():
    assert listed('codes: ["9999", "0301"]') == ["0301", "9999"]


def test_null_for_include_not_stated_is_no():
    assert "9999" not in listed("level: MUNICIPALITY, includeNotStated: null")
