"""The rules of the requests service, by HTTP."""

import pytest

from tests.chassis.commands.posting import detail_at, event, told

FUTURE = {
    "need.announced": "announcedOn",
    "figure.published": "publishedOn",
    "request.issued": "issuedOn",
    "request.revised": "revisedOn",
    "request.withdrawn": "withdrawnOn",
}


@pytest.mark.parametrize(("name", "field"), FUTURE.items())
@pytest.mark.parametrize("when", ["2024-07-02", "2024-08", "2025"])
def test_what_has_happened_does_not_lie_in_the_future(requests, name, field, when):
    assert told(requests.post(event(name, changes={field: when}))) == {f"/data/{field}": "in-future"}


@pytest.mark.parametrize("when", ["2024-07-01", "2024-07", "2024", "1995-01-01"])
def test_today_and_periods_that_have_begun_do_not(requests, when):
    assert requests.post(event("request.issued", changes={"issuedOn": when})).status_code == 201


def test_a_deadline_may_lie_in_the_future(requests):
    assert requests.post(event("request.issued", changes={"answerBy": "2025-03-01"})).status_code == 201


def test_a_retired_municipality_is_refused_with_its_successor_named(requests):
    answer = requests.post(event("request.issued", changes={"municipality": "1601"}))

    assert told(answer) == {"/data/municipality": "region-not-valid"}
    assert "5001 Trondheim" in detail_at(answer, "/data/municipality")


def test_a_retired_municipality_is_good_for_its_own_years(requests):
    data = {"municipality": "1601", "year": 2017, "issuedOn": "2017"}

    assert requests.post(event("request.issued", changes=data)).status_code == 201


def test_a_municipality_that_is_not_there_yet_is_refused_with_its_predecessor_named(requests):
    answer = requests.post(event("request.issued", changes={"municipality": "5001", "year": 2017}))

    assert told(answer) == {"/data/municipality": "region-not-valid"}
    assert "1601" in detail_at(answer, "/data/municipality")


@pytest.mark.parametrize(
    ("code", "rule"),
    [("0399", "region-unknown"), ("03", "region-level"), ("NO", "region-level"), ("030101", "region-level")],
)
def test_only_a_municipality_is_asked(requests, code, rule):
    assert told(requests.post(event("request.issued", changes={"municipality": code}))) == {
        "/data/municipality": rule
    }


@pytest.mark.parametrize("code", ["NO", "03", "0301", "030101", "9999", "99"])
def test_a_figure_may_be_of_any_region(requests, code):
    assert requests.post(event("figure.published", changes={"region": code})).status_code == 201


@pytest.mark.parametrize("code", ["1601", "16", "0399"])
def test_that_is_valid_in_its_year(requests, code):
    assert list(told(requests.post(event("figure.published", changes={"region": code})))) == ["/data/region"]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("need.announced", "unaccompaniedMinors"),
        ("need.announced", "resettlement"),
        ("request.issued", "unaccompaniedMinors"),
        ("request.revised", "unaccompaniedMinors"),
    ],
)
def test_a_part_is_no_more_than_the_whole(requests, name, part):
    answer = requests.post(event(name, changes={"persons": 10, part: 11}))

    assert told(answer) == {f"/data/{part}": "part-above-whole"}


def test_asked_for_nought_is_a_request(requests):
    assert requests.post(event("request.issued", changes={"persons": 0})).status_code == 201


@pytest.mark.parametrize("name", FUTURE)
def test_a_field_that_is_not_declared_is_refused_and_the_error_says_why(requests, name):
    answer = requests.post(event(name, changes={"nationality": "UKR"}))

    assert told(answer) == {"/data/nationality": "undeclared-field"}
    assert "Only declared fields are accepted" in detail_at(answer, "/data/nationality")
