"""Ours beside official figures: what agrees, what differs and why, and what can't be compared."""

import pytest

from services.opendata.release.tables import figures
from services.running.checking import published
from tests.running.checking.system import differences, person

LATER = {"publishedOn": "2025-02-01", "sourceName": "IMDi"}


@pytest.fixture
def told(system):
    system.tell_a_story()
    return system


def publish(system, persons, region="0301", measure="settled", **more):
    counted = {} if persons is None else {"persons": persons}
    figure = {"region": region, "year": 2024, "measure": measure, "status": "exact"}
    system.post("figure.published", figure | LATER | counted | more)


def checked(system):
    system.settle()
    return system.check("published")["published"]


def why(outcome):
    return [one.why for one in outcome.listed]


def test_figures_that_agree_are_counted_and_not_listed(told):
    publish(told, 3)
    publish(told, 120, measure="requested")
    publish(told, 100, measure="requested_originally")
    publish(told, 1, dimension="sex", category="male", percent=33)
    publish(told, 0, dimension="housing", category="municipal", percent=0)

    outcome = checked(told)

    assert (outcome.compared, outcome.differences, outcome.hidden) == (8, 0, 1)


def test_a_difference_has_both_numbers_and_who_published_it(told):
    publish(told, 5, sourceName="Oslo kommune")

    outcome = checked(told)

    assert differences(outcome) == {("persons", "0301", 2024, "settled", 3, 5)}
    assert [one.source for one in outcome.listed] == ["Oslo kommune"]
    assert (outcome.is_well, outcome.unexplained) == (True, 0)


def test_percents_agree_as_far_as_they_are_rounded(told):
    publish(told, None, percent=33.3, dimension="sex", category="male")
    publish(told, None, percent=33.4, dimension="sex", category="unknown")

    assert differences(checked(told)) == {
        ("percent", "0301", 2024, "settled", "sex", "unknown", 33.3333, 33.4)
    }


def test_what_nobody_has_reported_is_a_difference_that_says_so(told):
    publish(told, 0, region="3403", measure="requested")
    publish(told, 7, region="5001")

    assert why(checked(told)) == [(published.NOTHING_REPORTED,), (published.NOTHING_REPORTED,)]


def test_a_region_that_is_not_there_in_that_year_is_told(told):
    publish(told, 5, region="3403")
    told.settle()
    told.execute(told.released, figures.update().where(figures.c.region == "3403").values(region="1601"))

    assert why(told.check("published")["published"]) == [(published.NO_SUCH_REGION,)]


def test_less_than_published_may_be_for_the_sake_of_those_not_placed_and_more_may_not(told):
    publish(told, 9, region="46")
    publish(told, 1, region="03")

    assert dict(zip(["03", "46"], why(checked(told)), strict=True)) == {
        "03": (),
        "46": (published.NOT_STATED, published.INCOMPLETE),
    }


def test_what_was_published_before_the_year_was_over_may_have_changed_since(told):
    publish(told, 90, measure="quota", publishedOn="2024-03-01")

    assert why(checked(told)) == [(published.EARLY,)]


def test_made_up_persons_are_named_as_a_reason(told):
    told.post("person.settled", {"municipality": "5501", "settledOn": "2024"}, person(60), "synthetic")
    publish(told, 3, region="5501")

    assert why(checked(told)) == [(published.SYNTHETIC, published.NOT_STATED)]
