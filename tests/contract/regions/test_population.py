"""Inhabitants on 1 January."""

from services.contract.regions import Level, population, registry


def test_oslo_had_the_inhabitants_that_statistics_norway_published():
    assert population("0301", 2024) == 717710


def test_where_no_figure_is_at_hand_there_is_none():
    assert population("0301", 2012) is None
    assert population("9999", 2024) is None
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
