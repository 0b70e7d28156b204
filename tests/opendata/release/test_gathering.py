"""Medians of stored histograms, worked out by the database."""

from statistics import median

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.opendata.projection import tables
from services.opendata.release.gathering import WAIT_MEASURE, gather
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH

HISTOGRAMS = st.dictionaries(st.integers(0, 400), st.integers(0, 5), min_size=1, max_size=8)


def keep(world, region, owner, histogram):
    rows = [
        {"region": region, "year": 2024, "days": days, "owner": owner, "persons": persons}
        for days, persons in histogram.items()
    ]
    with world.projection.write() as connection:
        connection.execute(tables.waits.insert(), rows)


def medians(world, *regions):
    with world.projection.read() as connection:
        totals = gather(connection, 2024, list(regions))["totals"]
    return {key[1]: row for key, row in totals.items() if key[2] == WAIT_MEASURE}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(here=HISTOGRAMS, of_another_owner=HISTOGRAMS, elsewhere=HISTOGRAMS)
def test_they_are_those_of_the_persons_one_by_one(one_world, here, of_another_owner, elsewhere):
    world = one_world
    world.begin_anew()
    keep(world, "0301", "settlements/1/0", here)
    keep(world, "0301", "settlements/1/1", of_another_owner)
    keep(world, "4601", "settlements/1/0", elsewhere)
    expected = {}
    for region, histograms in (("0301", (here, of_another_owner)), ("4601", (elsewhere,))):
        persons = [days for one in histograms for days, count in one.items() for _ in range(count)]
        if persons:
            expected[region] = (2 * median(persons), len(persons))

    found = medians(world, "0301", "4601")

    assert found == expected
    assert {type(value) for row in found.values() for value in row} <= {int}


def test_of_nobody_there_is_none(one_world):
    one_world.begin_anew()
    keep(one_world, "0301", "settlements/1/0", {3: 1})
    keep(one_world, "0301", "settlements/1/1", {3: -1})

    assert medians(one_world, "0301", "4601") == {}
