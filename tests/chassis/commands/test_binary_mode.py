"""One CloudEvent in binary mode: attributes in headers, data in the body."""

from urllib.parse import quote

import orjson
import pytest

from tests.chassis.commands.posting import event


def post(service, document, **headers):
    attributes = {f"ce-{name}": value for name, value in document.items() if name != "data"}
    return service.post(
        None,
        body=orjson.dumps(document["data"]),
        headers={"Content-Type": "application/json", **attributes, **headers},
    )


def test_it_is_stored_as_the_same_event_in_structured_mode_is(decisions):
    decided = event("quota.decided", time="2024-06-30T08:00:00Z", origin="imported")
    first = decisions.post(decided)

    answer = post(decisions, decided)

    assert (answer.status_code, answer.json) == (200, first.json | {"status": "duplicate"})


def test_percent_encoded_and_quoted_headers_are_read(decisions):
    decided = event("quota.decided", source="urn:Tromsø kommune")
    decisions.post(decided)

    encoded = post(decisions, decided | {"source": quote("urn:Tromsø kommune")})
    quoted = post(decisions, decided | {"source": f'"{quote("urn:Tromsø kommune")}"'})

    assert (encoded.status_code, quoted.status_code) == (200, 200)


def test_faults_are_told_as_in_structured_mode(decisions):
    faulty = event("quota.decided", changes={"persons": -1}, without=("source",))

    answer = post(decisions, faulty)

    assert {one["pointer"] for one in answer.json["errors"]} == {"/source", "/data/persons"}


@pytest.mark.parametrize("data", ["1", "null", "[]"])
def test_a_body_that_is_no_object_is_422(decisions, data):
    answer = decisions.post(
        None, body=data.encode(), headers={"Content-Type": "application/json", "ce-specversion": "1.0"}
    )

    assert answer.status_code == 422
    assert "/data" in {one["pointer"] for one in answer.json["errors"]}


def test_json_without_attributes_is_415(decisions):
    answer = decisions.post({}, headers={"Content-Type": "application/json"})

    assert answer.status_code == 415


@pytest.mark.parametrize("name", ["ce-a-b", "ce-", "ce-x_y"])
def test_a_header_that_names_no_attribute_is_400(decisions, name):
    assert post(decisions, event("quota.decided"), **{name: "x"}).status_code == 400


def test_a_header_that_is_no_utf_8_is_400(decisions):
    assert post(decisions, event("quota.decided"), **{"ce-subject": "%ff"}).status_code == 400


def test_what_only_the_service_gives_is_refused_in_a_header_too(decisions):
    answer = post(decisions, event("quota.decided"), **{"ce-sequence": "1"})

    assert [one["pointer"] for one in answer.json["errors"]] == ["/sequence"]
