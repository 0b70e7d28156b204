"""Inhabitants on 1 January, of regions that are what they were on the map of 2024."""

from services.contract.regions import Level, population, registry


def test_oslo_had_the_inhabitants_that_statistics_norway_published():
    assert population("0301", 2024) == 717710


def test_where_no_figure_is_at_hand_there_is_none():
    assert population("0301", 2012) is None
    assert population("9999", 2024) is None
    assert population("99", 2020) is None
    assert population("1601", 2017) is None


def test_every_municipality_of_2024_has_inhabitants_from_then_on():
    municipalities = registry().at_level(Level.MUNICIPALITY, 2024)

    missing = [
        (region.code, year)
        for region in municipalities
        for year in range(2024, 2027)
        if not population(region.code, year)
    ]

    assert missing == []


def test_a_region_that_others_were_merged_into_later_has_none_before():
    # Stavanger kept its code when Finnøy and Rennesøy came to it, Trondheim with Klæbu.
    assert population("1103", 2019) is None
    assert population("5001", 2019) is None
    assert population("1103", 2020) == 143574


def test_a_county_that_gained_or_lost_a_municipality_later_has_none_before():
    # Halsa went from Møre og Romsdal to Trøndelag in 2020.
    assert population("15", 2019) is None
    assert population("50", 2019) is None


def test_a_code_that_the_file_does_not_have_has_no_inhabitants_whatever_it_became():
    assert population("0219", 2015) is None
    assert population("3024", 2021) is None
    assert population("30", 2021) is None


def test_a_region_has_them_before_its_code_did_on_a_map_where_it_is_valid_only():
    assert population("3201", 2015) is None
    assert population("3201", 2015, map_year=2026) == 120685
    assert population("3201", 2015, map_year=2021) is None


def test_on_the_map_of_today_a_region_has_the_files_figure_of_any_year():
    assert population("5001", 2019, map_year=2026) == 202235
    assert population("15", 2019, map_year=2026) == 264967
    assert population("NO", 2019, map_year=2026) == population("NO", 2019)
    assert population("5001", 2012, map_year=2026) is None


def test_municipalities_that_became_one_have_none_each_but_their_county_has_them_all():
    assert population("1103", 2019) is None
    assert population("1141", 2019) is None
    assert population("11", 2019) == 475654


def test_after_2024_regions_are_the_same_until_borders_change_again():
    assert population("5001", 2026) == population("5001", 2026, map_year=2024)
    assert population("1508", 2026) == 59663


def test_counties_add_up_to_the_country_where_all_are_known():
    for year in (2024, 2025, 2026):
        counties = registry().at_level(Level.COUNTY, year)

        assert sum(population(county.code, year) for county in counties) == population("NO", year)
