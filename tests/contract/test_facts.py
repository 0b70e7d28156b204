"""The facts in force in a stream, and how each event changes them."""

import pytest

from services.contract.facts import facts_after, figure_key, previous_of
from tests.contract.folding import JUNE, fold

PLACE = {"municipality": "0301", "year": 2024}


def need(persons, status="issued", **more):
    return (
        "need.announced",
        {"year": 2024, "persons": persons, "announcedOn": "2024", "status": status, **more},
    )


def issued(persons, **more):
    return ("request.issued", {**PLACE, "persons": persons, "issuedOn": "2024-01-10", **more})


def decided(persons, **more):
    return ("quota.decided", {**PLACE, "persons": persons, "decidedOn": "2024-02-01", **more})


def figure(persons, measure="settled", **more):
    return (
        "figure.published",
        {
            "region": "0301",
            "year": 2024,
            "measure": measure,
            "status": "exact",
            "persons": persons,
            "publishedOn": "2024-06-21",
            "sourceName": "Oslo kommune",
            **more,
        },
    )


def test_a_repeated_need_changes_what_it_states_and_forgets_what_is_no_longer_known():
    facts = fold(
        need(35000, unaccompaniedMinors=500, resettlement=3000, municipalitiesAsked=300, reason="x"),
        need(37000, "revised", unaccompaniedMinors=None, resettlement=2000, reasonCode="need_changed"),
    )

    assert facts == {
        "state": "announced",
        "year": 2024,
        "persons": 37000,
        "announcedOn": "2024",
        "status": "revised",
        "resettlement": 2000,
        "municipalitiesAsked": 300,
        "original": {"status": "issued", "persons": 35000, "unaccompaniedMinors": 500},
    }


@pytest.mark.parametrize(
    ("statuses", "original"),
    [
        (["forecast"], 1),
        (["forecast", "revised"], 1),
        (["forecast", "issued"], 2),
        (["forecast", "forecast", "issued", "issued", "final"], 3),
        (["issued", "revised", "final"], 1),
        (["issued", "issued"], 1),
        (["revised", "final"], 1),
        (["final", "issued"], 2),
    ],
)
def test_the_original_need_is_the_first_issued_else_the_first(statuses, original):
    events = [need(place, status) for place, status in enumerate(statuses, start=1)]

    facts = fold(*events)

    assert facts["original"]["persons"] == original
    assert facts["persons"] == len(statuses)


def test_a_request_is_its_own_original_unless_it_says_otherwise():
    assert fold(issued(100))["original"] == {"persons": 100}
    assert fold(issued(100, original=True))["original"] == {"persons": 100}


def test_of_a_request_whose_first_version_is_not_known_the_original_is_unknown_for_good():
    revised = ("request.revised", {**PLACE, "persons": 90, "revisedOn": "2024-03"})

    assert "original" not in fold(issued(100, original=False))
    assert "original" not in fold(issued(100, original=False), revised)


def test_a_revised_request_keeps_its_original_and_what_it_does_not_mention():
    revised = {**PLACE, "persons": 90, "revisedOn": "2024-03", "unaccompaniedMinors": None, "reason": "x"}

    facts = fold(issued(100, answerBy="2024-03-01", unaccompaniedMinors=5), ("request.revised", revised))

    assert facts == {
        **PLACE,
        "state": "revised",
        "persons": 90,
        "issuedOn": "2024-01-10",
        "revisedOn": "2024-03",
        "answerBy": "2024-03-01",
        "original": {"persons": 100},
    }


def test_a_withdrawn_request_leaves_no_number_and_one_issued_anew_begins_again():
    withdrawn = (
        "request.withdrawn",
        {**PLACE, "withdrawnOn": "2024-05", "reason": "x", "reasonCode": "error"},
    )

    assert fold(issued(100), withdrawn) == {**PLACE, "state": "withdrawn", "withdrawnOn": "2024-05"}
    assert fold(issued(100), withdrawn, issued(80))["original"] == {"persons": 80}


def test_a_nought_is_a_fact():
    assert fold(issued(0))["persons"] == 0
    assert fold(decided(0, acceptsUnaccompaniedMinors=False))["acceptsUnaccompaniedMinors"] is False


def test_a_delay_is_known_until_the_decision_comes():
    delayed = ("answer.delayed", {**PLACE, "expectedOn": "2024-03-15", "reason": "x"})

    assert fold(delayed) == {**PLACE, "state": "delayed", "expectedOn": "2024-03-15"}
    assert "expectedOn" not in fold(delayed, decided(10))


def test_a_revised_decision_keeps_the_first_and_what_it_does_not_mention():
    shares = [{"code": "030101", "persons": 40}]
    revised = {**PLACE, "decidedOn": "2024-05-02", "persons": 120, "extraCapacity": None, "reason": "x"}

    facts = fold(
        decided(100, unaccompaniedMinors=5, extraCapacity=10, districts=shares), ("quota.revised", revised)
    )

    assert facts == {
        **PLACE,
        "state": "revised",
        "persons": 120,
        "unaccompaniedMinors": 5,
        "decidedOn": "2024-05-02",
        "districts": shares,
        "original": {"persons": 100, "unaccompaniedMinors": 5},
    }


def test_a_decision_no_longer_known_is_no_number():
    facts = fold(decided(100), ("quota.revised", {**PLACE, "decidedOn": "2024-05", "persons": None}))

    assert "persons" not in facts
    assert facts["original"] == {"persons": 100}


def test_a_withdrawn_decision_leaves_no_number():
    facts = fold(decided(100), ("quota.withdrawn", {**PLACE, "withdrawnOn": "2024-06"}))

    assert facts == {**PLACE, "state": "withdrawn", "withdrawnOn": "2024-06"}


def test_of_official_figures_the_latest_of_each_measure_dimension_and_category_counts():
    women = {"dimension": "sex", "category": "female"}

    facts = fold(figure(1), figure(2, **women), figure(3, measure="quota"), figure(4), figure(5, **women))

    assert {key: found["persons"] for key, found in facts["figures"].items()} == {
        "settled//": 4,
        "settled/sex/female": 5,
        "quota//": 3,
    }
    assert (facts["region"], facts["year"], facts["state"]) == ("0301", 2024, "published")
    assert "region" not in facts["figures"]["settled//"]


def test_of_official_figures_only_the_one_replaced_is_carried_as_previous():
    facts = fold(figure(1), figure(3, measure="quota"))
    name, again = figure(4)

    assert previous_of(name, facts, again)["figures"] == {
        figure_key(again): facts["figures"][figure_key(again)]
    }
    assert previous_of(name, facts, figure(9, measure="decided")[1])["figures"] == {}


def test_every_other_event_carries_all_the_facts_before_it():
    facts = fold(decided(100))

    assert previous_of("quota.revised", facts, {**PLACE}) is facts


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("release.published", "published"),
        ("heartbeat.sent", "published"),
        ("deadletter.retried", "retried"),
        ("deadletter.dropped", "dropped"),
    ],
)
def test_bosatts_own_events_leave_no_facts_but_their_state(event, state):
    assert facts_after(event, None, {"sequence": 1}, "reported", JUNE) == {"state": state}


def test_a_field_that_the_contract_does_not_know_yet_is_kept():
    assert fold(decided(100, newField={"a": 1}))["newField"] == {"a": 1}
    revised = ("quota.revised", {**PLACE, "decidedOn": "2024-05", "newField": 2})
    assert fold(decided(100, newField=1), revised)["newField"] == 2


def test_facts_before_an_event_are_never_changed_by_it():
    before = fold(figure(1))
    kept = {"state": "published", "region": "0301", "year": 2024, "figures": dict(before["figures"])}

    facts_after(*figure(2)[:1], before, figure(2)[1], "reported", JUNE)

    assert before == kept
