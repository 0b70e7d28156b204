"""Whatever happens in whatever order and batches: what is released is what a naive model says."""

from dataclasses import asdict, fields, is_dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contract.codes import Dimension
from services.contract.regions import registry
from services.opendata.release.answers import Totals
from tests.opendata.release.histories import YEARS, histories
from tests.opendata.release.naive import Naive
from tests.opendata.release.naive_totals import expected_totals
from tests.servers.databases import POSTGRESQL, SQLITE

DISTRICTS = ["030101", "030102", "030115", "030103", "460101", "110308"]
MUNICIPALITIES = ["0301", "4601", "1103", "3401", "3403", "9999"]
ABOVE = ["NO", "03", "46", "11", "34", "99", "15"]
BROKEN_DOWN = ["030101", "030115", "0301", "4601", "9999", "46", "NO"]
COMBINATIONS = [
    (Dimension.SEX, Dimension.AGE_GROUP),
    (Dimension.COUNTRY_OF_ORIGIN, Dimension.UNACCOMPANIED_MINOR, Dimension.MONTH),
    tuple(Dimension),
]
COMBINED_IN = ["030101", "0301", "46", "NO"]


IN_WHATEVER_BATCHES = given(
    history=histories(),
    most=st.sampled_from((1, 2, 7, 1_000)),
    chunk=st.integers(1, 40),
    released_every=st.integers(1, 4),
)


@pytest.mark.parametrize("make_world", [SQLITE], indirect=True)
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@IN_WHATEVER_BATCHES
def test_every_answer_is_the_naive_models(one_world, history, most, chunk, released_every):
    _check(released(one_world, history, most, chunk, released_every), Naive.after(history.plain))


@pytest.mark.parametrize("make_world", [POSTGRESQL], indirect=True)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@IN_WHATEVER_BATCHES
def test_and_so_it_is_on_a_server(one_world, history, most, chunk, released_every):
    _check(released(one_world, history, most, chunk, released_every), Naive.after(history.plain))


def released(world, history, most, chunk, released_every):
    """The world with a history in it, appended, projected and released bit by bit."""
    world.begin_anew()
    projector = world.new_projector(most, wait=0.0)
    for number, start in enumerate(range(0, len(history.events), chunk)):
        world.journal.append(history.events[start : start + chunk])
        if world.waiting():
            projector.step()
        if number % released_every == 0:
            world.releaser.step()
    world.project(projector)
    world.releaser.step()
    projector.close()
    return world


def _check(world, naive):
    with world.published.open() as numbers:
        for code in (*DISTRICTS, *MUNICIPALITIES, *ABOVE):
            region = registry().find(code)
            for year in YEARS:
                assert _plain(numbers.totals(region, year)) == expected_totals(naive, code, year), (
                    code,
                    year,
                )
                assert _days(numbers.days(region, year)) == naive.days(code, year)
                assert _figures(numbers.published(region, year)) == _latest(naive, code, year)
                for by in ((dimension,) for dimension in Dimension if code in BROKEN_DOWN):
                    assert _cells(numbers.breakdown(region, year, by)) == naive.breakdown(code, year, by)
            assert list(numbers.years(region)) == sorted(y for place, y in naive.touched if place == code)
        for code in COMBINED_IN:
            for by in COMBINATIONS:
                found = numbers.breakdown(registry().find(code), 2024, by)
                assert _cells(found) == naive.breakdown(code, 2024, by)


def _plain(totals):
    names = {field.name for field in fields(Totals)} - {"region", "year", "release"}
    found = {name: getattr(totals, name) for name in names}
    found |= {name: asdict(value) for name, value in found.items() if is_dataclass(value)}
    found["withheld"] = {(one.measure, one.reason) for one in totals.withheld}
    return found


def _cells(cells):
    whole = sum(cell.persons for cell in cells)
    assert all(cell.share == cell.persons / whole and cell.withheld is None for cell in cells)
    assert [cell.categories for cell in cells] == sorted(cell.categories for cell in cells)
    return {cell.categories: (cell.persons, set(cell.origins)) for cell in cells}


def _days(days):
    found = {one.day.isoformat(): one.persons for one in days.dated}
    return found | ({"": days.undated} if days.undated else {})


def _figures(figures):
    return {(one.measure, one.dimension, one.category): (one.status, one.persons) for one in figures}


def _latest(naive, code, year):
    return {
        key[2:]: (figure["status"], figure.get("persons"))
        for key, figure in naive.figures.items()
        if key[:2] == (code, year)
    }
