"""The rules of the decisions service, by HTTP."""

import pytest

from tests.chassis.commands.posting import detail_at, event, told

NAMES = ("quota.decided", "quota.revised", "quota.withdrawn", "answer.delayed")


def shares(**persons):
    return [{"code": code.removeprefix("d"), "persons": number} for code, number in persons.items()]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "condition", ["conditions", "nationality", "familiesOnly", "reservation", "familyReunification"]
)
def test_a_condition_or_reservation_is_refused_and_the_error_says_why(decisions, name, condition):
    answer = decisions.post(event(name, changes={condition: "Ukraine"}))

    assert answer.status_code == 422
    assert told(answer) == {f"/data/{condition}": "undeclared-field"}
    for word in (
        "clear number",
        "no conditions on nationality or family",
        "family reunification",
        "guidance",
    ):
        assert word in detail_at(answer, f"/data/{condition}")
    assert "Ukraine" not in answer.text


def test_so_is_one_on_a_districts_share(decisions):
    districts = [{"code": "030101", "persons": 1, "familiesOnly": True}]

    answer = decisions.post(event("quota.decided", changes={"districts": districts}))

    assert told(answer) == {"/data/districts/0/familiesOnly": "undeclared-field"}


@pytest.mark.parametrize(
    ("name", "field"),
    [("quota.decided", "decidedOn"), ("quota.revised", "decidedOn"), ("quota.withdrawn", "withdrawnOn")],
)
@pytest.mark.parametrize("when", ["2024-07-02", "2024-08", "2025"])
def test_what_has_happened_does_not_lie_in_the_future(decisions, name, field, when):
    assert told(decisions.post(event(name, changes={field: when}))) == {f"/data/{field}": "in-future"}


def test_an_answer_is_expected_in_the_future(decisions):
    assert decisions.post(event("answer.delayed", changes={"expectedOn": "2025-01-01"})).status_code == 201


@pytest.mark.parametrize("name", NAMES)
def test_a_retired_municipality_is_refused_with_its_successor_named(decisions, name):
    answer = decisions.post(event(name, changes={"municipality": "0219"}))

    assert told(answer) == {"/data/municipality": "region-not-valid"}
    assert "3201 Bærum" in detail_at(answer, "/data/municipality")


def test_a_municipality_that_is_not_there_yet_is_refused(decisions):
    answer = decisions.post(event("quota.decided", changes={"municipality": "4601", "year": 2019}))

    assert told(answer) == {"/data/municipality": "region-not-valid"}
    assert "1201 Bergen" in detail_at(answer, "/data/municipality")


@pytest.mark.parametrize("code", ["03", "NO", "030101"])
def test_only_a_municipality_decides(decisions, code):
    assert told(decisions.post(event("quota.decided", changes={"municipality": code}))) == {
        "/data/municipality": "region-level"
    }


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("460101", "district-elsewhere"),
        ("0301", "region-level"),
        ("030199", "region-unknown"),
    ],
)
def test_a_share_goes_to_a_district_of_the_municipality(decisions, code, rule):
    districts = [*shares(d030101=1), {"code": code, "persons": 1}]

    answer = decisions.post(event("quota.decided", changes={"districts": districts}))

    assert told(answer) == {"/data/districts/1/code": rule}


def test_a_share_without_a_code_is_told_with_the_other_faults(decisions):
    districts = [{"persons": 3000}, {"code": "460101", "persons": 1}]

    answer = decisions.post(event("quota.decided", changes={"districts": districts}))

    assert told(answer) == {
        "/data/districts": "shares-above-quota",
        "/data/districts/0/code": "required",
        "/data/districts/1/code": "district-elsewhere",
    }


def test_a_district_has_one_share(decisions):
    districts = [*shares(d030101=1, d030102=2), *shares(d030101=3)]

    answer = decisions.post(event("quota.decided", changes={"districts": districts}))

    assert told(answer) == {
        "/data/districts/0/code": "district-twice",
        "/data/districts/2/code": "district-twice",
    }


def test_shares_sum_to_at_most_the_number_decided(decisions):
    above = event("quota.decided", changes={"persons": 10, "districts": shares(d030101=6, d030102=5)})
    exact = event("quota.decided", changes={"persons": 10, "districts": shares(d030101=5, d030102=5)})

    answer = decisions.post(above)

    assert told(answer) == {"/data/districts": "shares-above-quota"}
    assert "11, more than the 10" in detail_at(answer, "/data/districts")
    assert decisions.post(exact).status_code == 201


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"persons": 9}, "/data/persons"),
        ({"districts": shares(d030101=11)}, "/data/districts"),
        ({"persons": 20, "districts": shares(d030101=21)}, "/data/districts"),
    ],
)
def test_and_so_after_a_revision_of_either(decisions, changes, pointer):
    decisions.post(event("quota.decided", changes={"persons": 10, "districts": shares(d030101=5, d030102=5)}))

    answer = decisions.post(event("quota.revised", changes=changes))

    assert (answer.status_code, told(answer)) == (422, {pointer: "shares-above-quota"})
    assert len(decisions.stored()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"persons": 10},
        {"persons": 9, "districts": shares(d030101=9)},
        {"persons": 9, "districts": None},
        {"persons": 9, "districts": []},
        {"persons": None},
        {"caseReference": "2024/2"},
        {"districts": shares(d030103=10)},
    ],
)
def test_a_revision_that_leaves_them_within_is_accepted(decisions, changes):
    decisions.post(event("quota.decided", changes={"persons": 10, "districts": shares(d030101=5, d030102=5)}))

    assert decisions.post(event("quota.revised", changes=changes)).status_code == 201


def test_shares_that_were_revised_away_do_not_count_later(decisions):
    decisions.post(event("quota.decided", changes={"persons": 10, "districts": shares(d030101=10)}))
    decisions.post(event("quota.revised", changes={"districts": shares(d030101=1)}))

    assert decisions.post(event("quota.revised", changes={"persons": 1})).status_code == 201


def test_a_new_decision_has_nothing_of_the_one_withdrawn(decisions):
    decisions.post(event("quota.decided", changes={"persons": 10, "districts": shares(d030101=10)}))
    decisions.post(event("quota.withdrawn"))

    assert decisions.post(event("quota.decided", changes={"persons": 1})).status_code == 201


@pytest.mark.parametrize(
    ("part", "whole"),
    [("unaccompaniedMinors", "persons"), ("extraCapacityUnaccompaniedMinors", "extraCapacity")],
)
def test_a_part_is_no_more_than_the_whole(decisions, part, whole):
    answer = decisions.post(event("quota.decided", changes={whole: 10, part: 11}))

    assert told(answer) == {f"/data/{part}": "part-above-whole"}


def test_who_accepts_no_unaccompanied_minors_decides_on_none(decisions):
    no_minors = {"acceptsUnaccompaniedMinors": False}

    answer = decisions.post(event("quota.decided", changes={**no_minors, "unaccompaniedMinors": 1}))

    assert told(answer) == {"/data/unaccompaniedMinors": "contradiction"}
    assert (
        decisions.post(event("quota.decided", changes={**no_minors, "unaccompaniedMinors": 0})).status_code
        == 201
    )


def test_decided_nought_is_a_decision(decisions):
    assert decisions.post(event("quota.decided", changes={"persons": 0})).status_code == 201
