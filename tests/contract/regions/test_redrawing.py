"""Where the regions of one year lie on the map of another."""

import pytest

from services.contract.regions import Level, Redrawing, Region, Registry, redrawing, regions_on, registry

THEN, NOW = 2012, 2026


def on(code, year, today=NOW):
    return [region.code for region in regions_on(registry().find(code), year, today)]


@pytest.mark.parametrize(
    ("code", "targets"),
    [
        ("1601", ("5001",)),
        ("1662", ("5001",)),
        ("1504", ("1508", "1580")),
        ("1613", ("5055", "5056", "5059")),
        ("1850", ("1806", "1875")),
        ("0301", ("0301",)),
        ("120101", ("460101",)),
        ("NO", ("NO",)),
        ("5001", ()),
        ("0000", ()),
    ],
)
def test_a_region_of_the_year_is_followed_to_todays_map(code, targets):
    assert redrawing(THEN, NOW).targets(code) == targets


def test_a_county_is_followed_by_its_municipalities():
    # Rømskog went from Østfold to Akershus, Halsa and Rindal from Møre og Romsdal to Trøndelag.
    assert redrawing(THEN, NOW).targets("01") == ("31", "32")
    assert redrawing(THEN, NOW).targets("15") == ("15", "50")


@pytest.mark.parametrize(
    ("year", "divided"),
    [
        (2012, {"1508", "1580", "1806", "1875", "5055", "5056", "5059"}),
        (2019, {"1508", "1580", "1806", "1875", "5055", "5056", "5059"}),
        (2020, {"1508", "1580"}),
        (2023, {"1508", "1580"}),
        (2024, set()),
    ],
)
def test_regions_into_which_a_part_of_another_came_are_known(year, divided):
    assert redrawing(year, NOW).divided == divided


@pytest.mark.parametrize(
    ("code", "home"), [("1504", "15"), ("1850", "18"), ("5012", "50"), ("5001", "5001"), ("9999", "9999")]
)
def test_the_home_of_a_region_is_the_lowest_that_holds_all_of_it(code, home):
    year = 2018 if code.startswith("50") else 2012
    assert redrawing(year, NOW).home(code) == home


def test_what_is_in_a_region_is_named_whole_or_in_part():
    borders = redrawing(THEN, NOW)

    assert borders.touching("1806") == ("1805", "1850", "1854")
    assert borders.whole("1806") == ("1805", "1854")
    assert borders.sources("50") == ("1567", "1571", "16", "17")
    assert borders.sources("NO") == ("NO",)
    assert borders.touching("1234") == borders.sources("1234") == ()


@pytest.mark.parametrize(
    ("code", "year", "same"),
    [
        ("0301", 1995, True),
        ("03", 1995, True),
        ("NO", 1995, True),
        ("5001", 2012, False),
        ("5001", 2018, False),
        ("5001", 2020, True),
        ("1508", 2023, False),
        ("15", 2019, False),
        ("15", 2020, True),
        ("030101", 2012, True),
        ("460101", 2019, False),
    ],
)
def test_a_region_is_unchanged_where_code_and_extent_are_the_same(code, year, same):
    assert redrawing(year, NOW).is_unchanged(code) is same


def test_back_in_time_a_region_goes_into_all_that_have_come_to_it_since():
    back = redrawing(2021, 2018)

    assert back.targets("5001") == ("5001", "5030")
    assert back.home("5001") == "50"
    assert back.divided >= {"5001", "5030"}
    assert back.targets("1508") == ()
    assert redrawing(2026, 2022).targets("1508") == ("1507",)
    assert "1507" not in redrawing(2026, 2022).divided


def test_on_its_own_map_every_region_is_itself():
    same = redrawing(2019, 2019)

    assert same.divided == frozenset()
    assert all(
        same.is_unchanged(region.code)
        for region in registry()
        if region.valid_in(2019) and registry().children(region, 2019)
    )


def test_years_with_the_same_map_share_what_is_worked_out():
    assert redrawing(2021, 2026) is redrawing(2022, 2024)
    assert redrawing(1, 9999) is redrawing(1995, 2024)


def test_a_region_of_which_nothing_is_known_to_have_come_after_stays_in_what_held_it():
    def one(code, level, parent, last=None, successors=()):
        return Region(code, level, code, parent, None, last, successors)

    regions = Registry(
        [
            one("NO", Level.COUNTRY, None),
            one("C", Level.COUNTY, "NO"),
            one("M", Level.MUNICIPALITY, "C", last=2000),
        ]
    )
    borders = Redrawing(regions, 2000, 2001)

    assert borders.targets("M") == ()
    assert borders.home("M") == "C"
    assert borders.touching("C") == ("M",)


@pytest.mark.parametrize(
    ("code", "year", "there"),
    [
        ("1601", 2026, ["5001"]),
        ("1601", 2018, ["5001"]),
        ("1601", 2012, ["1601"]),
        ("5001", 2012, ["1601", "1662"]),
        ("5001", 2018, ["5001", "5030"]),
        ("5001", 2026, ["5001"]),
        ("1504", 2021, ["1507"]),
        ("1504", 2026, ["1508", "1580"]),
        ("01", 2026, ["31", "32"]),
        ("50", 2012, ["15", "16", "17"]),
        ("30", 2022, ["30"]),
        ("NO", 1995, ["NO"]),
        # The registry does not know what these were made of.
        ("1160", 2000, []),
    ],
)
def test_what_a_region_is_on_the_map_of_any_year(code, year, there):
    assert on(code, year) == there


def test_a_region_that_is_to_come_is_known_on_todays_map():
    assert on("1508", 2022, today=2022) == ["1507"]
    assert on("1508", 2024, today=2022) == ["1508"]
