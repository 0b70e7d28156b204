"""A region named in an event must exist on the event's date."""

import pytest

from services.contract.region_rules import district_faults, region_faults
from services.contract.regions import Level


def told(faults):
    return [(fault.pointer, fault.rule) for fault in faults]


@pytest.mark.parametrize(
    ("code", "year", "level"),
    [
        ("0301", 2024, Level.MUNICIPALITY),
        ("5012", 2019, Level.MUNICIPALITY),
        ("9999", 2014, Level.MUNICIPALITY),
        ("NO", 2024, None),
        ("030101", 2024, Level.DISTRICT),
    ],
)
def test_a_region_of_the_level_and_the_year_is_fine(code, year, level):
    assert region_faults(code, "/data/municipality", year, level) == []


def test_an_unknown_code_is_a_fault():
    assert told(region_faults("1214", "/data/region", 2014, None)) == [("/data/region", "region-unknown")]


@pytest.mark.parametrize("code", ["NO", "03", "030101"])
def test_a_region_of_another_level_is_a_fault(code):
    faults = region_faults(code, "/data/municipality", 2024, Level.MUNICIPALITY)

    assert told(faults) == [("/data/municipality", "region-level")]


@pytest.mark.parametrize(
    ("code", "year", "message"),
    [
        (
            "1601",
            2018,
            "1601 Trondheim was valid until 2017, so not in 2018; that year use 5001 Trondheim - Tråante.",
        ),
        (
            "1507",
            2024,
            "1507 Ålesund was valid until 2023, so not in 2024; that year use 1508 Ålesund or 1580 Haram.",
        ),
        (
            "1613",
            2024,
            "1613 Snillfjord was valid until 2017, so not in 2024; that year use 5055 Heim or 5056 Hitra or "
            "5059 Orkland.",
        ),
        (
            "1580",
            2022,
            "1580 Haram is valid from 2024, so not in 2022; that year use 1507 Ålesund.",
        ),
        (
            "1580",
            2019,
            "1580 Haram is valid from 2024, so not in 2019; that year use 1504 Ålesund or 1523 Ørskog or "
            "1529 Skodje or 1534 Haram or 1546 Sandøy.",
        ),
        ("1160", 2004, "1160 Vindafjord is valid from 2006, so not in 2004."),
        (
            "5056",
            2017,
            "5056 Hitra is valid from 2020, so not in 2017; that year use 1613 Snillfjord or 1617 Hitra.",
        ),
    ],
)
def test_a_region_not_valid_is_refused_with_those_named_that_were(code, year, message):
    (fault,) = region_faults(code, "/data/municipality", year, Level.MUNICIPALITY)

    assert (fault.rule, fault.message) == ("region-not-valid", message)


def test_a_district_belongs_to_its_municipality():
    assert district_faults("030101", "/data/district", "0301", 2024) == []
    assert told(district_faults("030101", "/data/district", "4601", 2024)) == [
        ("/data/district", "district-elsewhere")
    ]


@pytest.mark.parametrize(
    ("code", "municipality", "year", "rule"),
    [
        ("460101", "4601", 2019, "region-not-valid"),
        ("999999", "0301", 2024, "region-unknown"),
        ("0301", "0301", 2024, "region-level"),
    ],
)
def test_what_is_no_district_then_is_a_fault_of_its_own(code, municipality, year, rule):
    assert told(district_faults(code, "/data/district", municipality, year)) == [("/data/district", rule)]
