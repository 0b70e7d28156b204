"""Every number of a download is the one that GraphQL answers at the same release."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.opendata.exports.comparing import breakdown_rows, published_rows, series_rows, totals_rows
from tests.opendata.exports.downloading import TODAY, Downloading
from tests.opendata.exports.told import tell
from tests.opendata.projection.worlds import ON_BOTH
from tests.opendata.release.histories import YEARS, histories
from tests.opendata.release.test_against_naive_model import released
from tests.servers.databases import POSTGRESQL, SQLITE

BY = {
    "SEX": "sex",
    "AGE_GROUP": "ageGroup",
    "COUNTRY_OF_ORIGIN": "countryOfOrigin",
    "UNACCOMPANIED_MINOR": "unaccompaniedMinor",
    "CARE": "care",
    "ARRIVAL": "arrival",
    "HOUSING": "housing",
    "MONTH": "month",
}
BORDERS = ("THEN", "NOW")
THIS_YEAR = TODAY.year

WHATEVER_HAPPENED = given(
    history=histories(),
    dimensions=st.lists(st.sampled_from(list(BY)), min_size=1, max_size=8, unique=True),
    interval=st.sampled_from(["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]),
)
# Each example asks of all of Norway, so that there is no time to look for a smaller one that fails too.
FEW = {
    "deadline": None,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": [HealthCheck.too_slow],
}


@pytest.mark.parametrize("make_world", [SQLITE], indirect=True)
@settings(max_examples=4, **FEW)
@WHATEVER_HAPPENED
def test_all_regions_years_and_measures_are_those_of_graphql(one_world, history, dimensions, interval):
    _check(Downloading(released(one_world, history, 1_000, 40, 1).published.open), dimensions, interval)


@pytest.mark.parametrize("make_world", [POSTGRESQL], indirect=True)
@settings(max_examples=2, **FEW)
@WHATEVER_HAPPENED
def test_and_so_they_are_on_a_server(one_world, history, dimensions, interval):
    _check(Downloading(released(one_world, history, 1_000, 40, 1).published.open), dimensions, interval)


@ON_BOTH
def test_so_are_those_of_merged_and_divided_regions(world):
    tell(world)

    _check(Downloading(world.published.open), ["SEX", "MONTH"], "WEEK", (2012, 2023, 2024))


def _check(ask, dimensions, interval, among=YEARS):
    by = {dimension: BY[dimension] for dimension in dimensions}
    asked = f"by={','.join(by)}"
    years = [year for year in among if ask.rows(f"totals.csv?level=COUNTRY&from={year}&to={year}")]
    for borders in BORDERS:
        here = (borders, THIS_YEAR)
        assert ask.rows(f"totals.csv?borders={borders}") == [
            row for year in years for row in totals_rows(ask, year, *here)
        ]
        assert ask.rows(f"series.csv?borders={borders}&interval={interval}") == [
            row for year in years for row in series_rows(ask, year, *here, interval)
        ]
        assert ask.rows(f"breakdown.csv?borders={borders}&{asked}") == [
            row for year in years for row in breakdown_rows(ask, year, *here, by)
        ]
    assert ask.rows("published.csv") == [row for year in years for row in published_rows(ask, year)]
