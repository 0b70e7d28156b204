"""What the source hides of requests and decisions, on the map of its year and on another."""

import pytest

from services.contract.codes import FigureStatus, Measure
from services.contract.regions import redrawing, registry
from services.opendata.release.answers import WithheldReason
from services.opendata.release.redrawn import redrawn
from services.opendata.release.sheets import Count, Sheet, note_decision
from services.opendata.release.totals import totals_of

HIDDEN, INCOMPLETE = WithheldReason.HIDDEN_BY_SOURCE, WithheldReason.INCOMPLETE
YEAR, TODAY = 2017, 2026
SUPPRESSED = {"status": FigureStatus.SUPPRESSED}


def sheet_of(hidden, known=()):
    """A sheet of 2017 in which the source hides some requests and others are known, at all levels."""
    sheet = Sheet(redrawing(YEAR, YEAR))
    for code in known:
        for above in registry().lineage(code):
            sheet.counts[above, "requested"] = Count(5, 1)
    for code in hidden:
        note_decision(sheet, code, Measure.REQUESTED, SUPPRESSED)
    return sheet


def told(sheet, code):
    """Why the request of a region is withheld."""
    totals = totals_of(sheet, registry().find(code), YEAR, release=None)
    return {one.measure: one.reason for one in totals.withheld}.get(Measure.REQUESTED)


def on_todays_map(sheet):
    return redrawn(sheet, redrawing(YEAR, TODAY), {})


@pytest.mark.parametrize(
    ("code", "reason"),
    [("1601", HIDDEN), ("16", INCOMPLETE), ("NO", INCOMPLETE), ("1201", None), ("12", None)],
)
def test_on_its_own_map_a_number_is_hidden_and_all_above_incomplete(code, reason):
    assert told(sheet_of(["1601"]), code) == reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [("5001", INCOMPLETE), ("50", INCOMPLETE), ("NO", INCOMPLETE), ("4601", None), ("46", None)],
)
def test_on_todays_map_one_hidden_number_among_others_leaves_the_sum_incomplete(code, reason):
    # Klæbu (1662), of which nothing is known, came to Trondheim too.
    assert told(on_todays_map(sheet_of(["1601"])), code) == reason


def test_on_todays_map_a_region_is_hidden_where_all_that_came_to_it_is():
    assert told(on_todays_map(sheet_of(["1601", "1662"])), "5001") == HIDDEN


def test_on_todays_map_what_is_known_is_given_and_not_complete():
    sheet = on_todays_map(sheet_of(["1662"], known=["1601"]))

    trondheim = totals_of(sheet, registry().find("5001"), YEAR, release=None)

    assert (trondheim.requested, told(sheet, "5001")) == (5, None)
    assert "5001" in sheet.hidden_decisions[Measure.REQUESTED].above


def test_a_number_that_an_event_tells_is_not_hidden():
    assert told(sheet_of(["1601"], known=["1601"]), "1601") is None
