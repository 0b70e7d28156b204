"""The regions of Norway through time."""

from datetime import date

import pytest

from services.contract.regions import (
    COUNTRY,
    NOT_STATED,
    NOT_STATED_COUNTY,
    Level,
    Region,
    Registry,
    registry,
)

REGIONS = registry()


def codes(regions):
    return [region.code for region in regions]


def region(code, valid_from=None, valid_to=None, parent=None, successors=()):
    return Region(code, Level.MUNICIPALITY, code, parent, valid_from, valid_to, tuple(successors))


def test_the_registry_holds_all_regions_of_the_published_file():
    assert len(list(REGIONS)) == 928


@pytest.mark.parametrize(
    ("level", "year", "number"),
    [
        (Level.COUNTRY, 2024, 1),
        (Level.COUNTY, 2017, 19),
        (Level.COUNTY, 2018, 18),
        (Level.COUNTY, 2020, 11),
        (Level.COUNTY, 2024, 15),
        (Level.MUNICIPALITY, 2019, 422),
        (Level.MUNICIPALITY, 2020, 356),
        (Level.MUNICIPALITY, 2023, 356),
        (Level.MUNICIPALITY, 2024, 357),
    ],
)
def test_a_year_has_as_many_regions_of_a_level_as_norway_had(level, year, number):
    found = REGIONS.at_level(level, year)

    assert len(found) == number
    assert codes(found) == sorted(codes(found))


def test_without_a_year_a_level_holds_the_regions_of_all_times():
    assert {"1601", "5001", "1507", "1508"} <= set(codes(REGIONS.at_level(Level.MUNICIPALITY)))


def test_regions_not_stated_stand_in_no_list_of_a_level():
    listed = codes(REGIONS.at_level(Level.MUNICIPALITY)) + codes(REGIONS.at_level(Level.COUNTY))

    assert NOT_STATED not in listed
    assert NOT_STATED_COUNTY not in listed


def test_a_municipality_not_stated_lies_in_county_99_of_the_country_in_every_year():
    assert REGIONS.lineage(NOT_STATED) == ("9999", "99", "NO")
    assert all(REGIONS.find_in(code, year) for code in ("9999", "99") for year in range(1995, 2031))
    assert not REGIONS.find(NOT_STATED).stated
    assert not REGIONS.find(NOT_STATED_COUNTY).stated
    assert REGIONS.find("0301").stated


@pytest.mark.parametrize(
    ("code", "year", "valid"),
    [
        ("1601", 1995, True),
        ("1601", 2017, True),
        ("1601", 2018, False),
        ("5001", 2017, False),
        ("5001", 2018, True),
        ("5012", 2017, False),
        ("5012", 2018, True),
        ("5012", 2019, True),
        ("5012", 2020, False),
        ("0301", 1995, True),
        ("0301", 2100, True),
    ],
)
def test_a_code_is_valid_from_its_first_year_to_its_last(code, year, valid):
    found = REGIONS.find_in(code, year)

    assert (found is not None) is valid
    assert REGIONS.find(code).code == code


@pytest.mark.parametrize("code", ["", "301", "0302", "no", "1214", "1154", "Oslo"])
def test_an_unknown_code_finds_nothing(code):
    assert REGIONS.find(code) is None
    assert REGIONS.find_in(code, 2024) is None
    assert not REGIONS.within(code, COUNTRY)


def test_a_region_knows_its_first_and_last_day():
    snillfjord = REGIONS.find("5012")
    oslo = REGIONS.find("0301")

    assert (snillfjord.first_day, snillfjord.last_day) == (date(2018, 1, 1), date(2019, 12, 31))
    assert (oslo.first_day, oslo.last_day) == (None, None)


@pytest.mark.parametrize(
    ("code", "successors"),
    [
        ("1601", ["5001"]),
        ("1507", ["1508", "1580"]),
        ("1850", ["1806", "1875"]),
        ("5012", ["5055", "5056", "5059"]),
        ("30", ["31", "32", "33"]),
        ("0301", []),
    ],
)
def test_a_region_names_those_that_it_flowed_into(code, successors):
    assert codes(REGIONS.successors(REGIONS.find(code))) == successors


@pytest.mark.parametrize(
    ("code", "predecessors"),
    [
        ("1507", ["1504", "1523", "1529", "1534", "1546"]),
        ("3014", ["0122", "0123", "0124", "0125", "0138"]),
        ("1508", ["1507"]),
        ("1580", ["1507"]),
        ("50", ["16", "17"]),
        ("0301", []),
    ],
)
def test_a_merged_region_names_all_that_flowed_into_it(code, predecessors):
    assert codes(REGIONS.predecessors(REGIONS.find(code))) == predecessors


@pytest.mark.parametrize(
    ("code", "year", "later"),
    [
        ("1601", 2017, ["1601"]),
        ("1601", 2018, ["5001"]),
        ("1601", 2024, ["5001"]),
        ("1613", 2018, ["5012"]),
        ("1613", 2024, ["5055", "5056", "5059"]),
        ("1504", 2020, ["1507"]),
        ("1504", 2024, ["1508", "1580"]),
        ("1580", 2020, []),
        ("0301", 2024, ["0301"]),
    ],
)
def test_a_region_is_followed_through_a_chain_of_successors_to_those_of_a_year(code, year, later):
    assert codes(REGIONS.successors_in(REGIONS.find(code), year)) == later


@pytest.mark.parametrize(
    ("code", "year", "earlier"),
    [
        ("5001", 2018, ["5001"]),
        ("5001", 2017, ["1601", "1662"]),
        ("1508", 2022, ["1507"]),
        ("1508", 2019, ["1504", "1523", "1529", "1534", "1546"]),
        ("5056", 2019, ["5012", "5013"]),
        ("5056", 2017, ["1613", "1617"]),
        ("1601", 2020, []),
    ],
)
def test_a_region_is_followed_back_through_a_chain_of_predecessors_to_those_of_a_year(code, year, earlier):
    assert codes(REGIONS.predecessors_in(REGIONS.find(code), year)) == earlier


def test_a_region_reached_on_two_ways_is_named_once():
    split_and_merged = Registry(
        [
            region("A", None, 2000, successors=["B", "C"]),
            region("B", 2001, 2001, successors=["D"]),
            region("C", 2001, 2001, successors=["D"]),
            region("D", 2002),
        ]
    )

    assert codes(split_and_merged.successors_in(split_and_merged.find("A"), 2002)) == ["D"]


def test_every_successor_exists_and_is_valid_right_after_its_predecessor_ended():
    missing = [
        (old.code, code)
        for old in REGIONS
        for code in old.successors
        if old.valid_to is None or REGIONS.find_in(code, old.valid_to + 1) is None
    ]

    assert missing == []


def test_a_successor_is_of_the_same_level():
    assert all(new.level is old.level for old in REGIONS for new in REGIONS.successors(old))


def test_every_retired_region_has_a_successor():
    assert [old.code for old in REGIONS if old.valid_to is not None and not old.successors] == []


def test_no_region_flows_back_into_itself():
    def after(region, seen=()):
        assert region.code not in seen
        for successor in REGIONS.successors(region):
            after(successor, (*seen, region.code))

    for every in REGIONS:
        after(every)


def test_every_parent_exists_and_covers_the_validity_of_its_child():
    for child in REGIONS:
        if child.code == COUNTRY:
            continue
        parent = REGIONS.parent(child)
        years = range(child.valid_from or 1990, (child.valid_to or 2040) + 1)
        assert all(parent.valid_in(year) for year in years), (child.code, parent.code)


def test_a_parent_is_one_level_up():
    up = {Level.DISTRICT: Level.MUNICIPALITY, Level.MUNICIPALITY: Level.COUNTY, Level.COUNTY: Level.COUNTRY}

    assert all(REGIONS.parent(child).level is up[child.level] for child in REGIONS if child.code != COUNTRY)


def test_only_the_country_has_no_parent():
    assert [region.code for region in REGIONS if REGIONS.parent(region) is None] == [COUNTRY]


def test_a_lineage_leads_from_a_district_to_the_country():
    assert REGIONS.lineage("030101") == ("030101", "0301", "03", "NO")
    assert REGIONS.within("030101", "0301")
    assert REGIONS.within("0301", "0301")
    assert not REGIONS.within("0301", "030101")
    assert not REGIONS.within("030101", "46")


def test_children_are_those_of_a_year_or_of_all_times():
    trondelag = REGIONS.find("50")

    in_2018 = codes(REGIONS.children(trondelag, 2018))
    of_all_times = codes(REGIONS.children(trondelag))

    assert "5012" in in_2018
    assert "5055" not in in_2018
    assert {"5012", "5055"} <= set(of_all_times)
    assert of_all_times == sorted(of_all_times)
    assert REGIONS.children(REGIONS.find("030101")) == []


def test_oslo_has_fifteen_districts():
    assert codes(REGIONS.children(REGIONS.find("0301"), 2024)) == [
        f"0301{number:02d}" for number in range(1, 16)
    ]


def test_a_code_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="0301 stands twice"):
        Registry([region("0301"), region("0301")])


def test_the_registry_is_read_once():
    assert registry() is registry()


@pytest.mark.parametrize(
    ("within", "lowest"),
    [
        (["1508", "1580"], "15"),
        (["1806", "1875"], "18"),
        (["0301"], "0301"),
        (["030101", "030102"], "0301"),
        (["030101", "0301"], "0301"),
        (["0301", "4601", "460101"], "NO"),
        (["NO", "0301"], "NO"),
        ([], None),
    ],
)
def test_the_lowest_common_ancestor_of_regions_holds_them_all_and_nothing_below_it_does(within, lowest):
    assert REGIONS.lowest_common(within) == lowest


@pytest.mark.parametrize(
    ("year", "first"), [(2020, 2020), (2023, 2020), (2024, 2024), (2100, 2024), (2019, 2019), (1995, 2001)]
)
def test_years_between_changes_have_the_same_map(year, first):
    assert REGIONS.map_year(year) == first
    assert REGIONS.map_year(first) == first
    there = {one.code for one in REGIONS if one.valid_in(year)}
    assert there == {one.code for one in REGIONS if one.valid_in(first)}


def test_regions_that_never_change_have_one_map():
    unchanging = Registry([region("A"), region("B")])

    assert unchanging.map_year(1) == unchanging.map_year(9999)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("5001", {"Trondheim", "Klæbu"}),
        ("1806", {"Tysfjord", "Ballangen"}),
        ("1508", {"Ørskog", "Skodje", "Haram", "Sandøy"}),
        ("46", {"Hordaland", "Sogn og Fjordane"}),
        ("31", {"Viken"}),
        ("460101", set()),
        ("0301", set()),
    ],
)
def test_former_names_are_those_of_all_that_a_region_came_from(code, names):
    assert set(REGIONS.former_names(REGIONS.find(code))) == names


def test_former_names_in_a_year_are_those_of_what_had_become_part_of_it_by_then():
    trondheim = REGIONS.find("5001")

    assert REGIONS.former_names(trondheim, 2019) == ("Trondheim",)
    assert set(REGIONS.former_names(trondheim, 2020)) == {"Trondheim", "Klæbu"}


@pytest.mark.parametrize("city", ["1201", "1601"])
def test_the_districts_of_a_city_follow_it_to_its_new_code(city):
    old = REGIONS.find(city)
    [new] = REGIONS.successors(old)
    before, after = (codes(REGIONS.children(one)) for one in (old, new))

    assert before
    assert [code[:4] for code in after] == [new.code] * len(before)
    for code, later in zip(before, after, strict=True):
        district = REGIONS.find(code)
        assert codes(REGIONS.successors(district)) == [later]
        assert district.valid_to == old.valid_to
        assert REGIONS.find(later).valid_from == new.valid_from
        assert REGIONS.find(later).name == district.name


@pytest.mark.parametrize(("city", "number"), [("0301", 15), ("4601", 8), ("5001", 4), ("1103", 9)])
def test_the_four_largest_cities_have_districts(city, number):
    assert len(REGIONS.children(REGIONS.find(city), 2024)) == number


def test_a_district_follows_its_municipality():
    """Else a count of the one would lie outside the count of the other on a later map."""
    for old in REGIONS.at_level(Level.DISTRICT):
        cities = REGIONS.find(old.parent).successors
        assert all(new.parent in cities for new in REGIONS.successors(old)), old.code


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2020, 1, 1)])
def test_on_the_edge_of_validity_either_the_old_code_is_valid_or_the_new_one(day):
    before = day.year == 2019

    assert (REGIONS.find_in("1201", day.year) is not None) == before
    assert (REGIONS.find_in("4601", day.year) is not None) == (not before)
    assert REGIONS.find("1201").last_day == date(2019, 12, 31)
    assert REGIONS.find("4601").first_day == date(2020, 1, 1)
