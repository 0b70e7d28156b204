"""From bytes to a well-formed event, or every fault at once."""

import orjson
import pytest

from services.chassis.commands.json_bodies import parse_json
from services.chassis.commands.parsing import parse_events
from services.chassis.problems import Problem
from services.contract.event_types import types_of
from tests.chassis.commands.posting import detail_at, event, told
from tests.contract.identity_samples import birth_numbers, duf_number

TEN_FAULTS = {
    "municipality": "Oslo",
    "year": 1066,
    "persons": "many",
    "decidedOn": "2024-02-30",
    "acceptsUnaccompaniedMinors": "yes",
    "unaccompaniedMinors": -1,
    "extraCapacity": 1.5,
    "caseReference": "x" * 101,
    "districts": [{"code": "030101"}, "Frogner"],
    "onlyFamilies": True,
}


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        (b"", 1, 1),
        (b'{"id": "1",\n  "data": {,}}', 2, 12),
        (b'{"id": "1"', 1, 11),
        (b"{'id': 1}", 1, 2),
        (b'{"persons": NaN}', 1, 13),
    ],
)
def test_malformed_json_is_400_with_line_and_column(decisions, body, line, column):
    answer = decisions.post(None, body=body)

    assert answer.status_code == 400
    assert answer.json["type"] == "urn:bosatt:problem:malformed-json"
    assert (answer.json["line"], answer.json["column"]) == (line, column)
    assert f"line {line}, column {column}" in answer.json["detail"]


def test_a_body_in_another_encoding_is_400_with_the_place_of_the_first_such_byte(decisions):
    answer = decisions.post(None, body='{"id": "1",\n "source": "Bærum"}'.encode("latin-1"))

    assert answer.status_code == 400
    assert (answer.json["line"], answer.json["column"]) == (2, 14)
    assert "UTF-8" in answer.json["detail"]


@pytest.mark.parametrize("name", ["vendorextension", "traceparent", "data", "id"])
@pytest.mark.parametrize("depth", [33, 300, 900, 1_000])
def test_a_document_nested_too_deeply_is_400(decisions, name, depth):
    flat = orjson.dumps(event("quota.decided", without=[name]))
    body = flat[:-1] + f',"{name}":'.encode() + b"[" * depth + b"]" * depth + b"}"

    answer = decisions.post(None, body=body)

    assert answer.status_code == 400
    assert answer.json["type"] == "urn:bosatt:problem:too-deep"


def test_a_vendors_own_attribute_may_be_nested_a_little(decisions):
    assert decisions.post(event("quota.decided", vendorextension=[{"a": [{"b": 1}]}])).status_code == 201


@pytest.mark.parametrize("document", [[], [event("quota.decided")], "event", 7, None, True])
def test_a_document_that_is_no_object_is_422(decisions, document):
    answer = decisions.post(document)

    assert answer.status_code == 422
    assert told(answer) == {"": "form"}


def test_an_event_with_ten_faults_gets_ten_pointers(decisions):
    answer = decisions.post(event("quota.decided", TEN_FAULTS))

    assert answer.status_code == 422
    assert told(answer) == {
        "/data/municipality": "form",
        "/data/year": "form",
        "/data/persons": "form",
        "/data/decidedOn": "form",
        "/data/acceptsUnaccompaniedMinors": "form",
        "/data/unaccompaniedMinors": "form",
        "/data/extraCapacity": "form",
        "/data/caseReference": "form",
        "/data/districts/0/persons": "required",
        "/data/districts/1": "form",
        "/data/onlyFamilies": "undeclared-field",
    }
    assert answer.json["detail"].startswith("11 things to mend")
    assert decisions.stored() == []


def test_faults_of_attributes_and_of_rules_are_told_together(decisions):
    data = {
        "municipality": "1201",
        "year": 2024,
        "persons": 10,
        "decidedOn": "2030",
        "unaccompaniedMinors": 11,
        "districts": [{"code": "030101", "persons": 11}, {"code": "030101", "persons": 1}],
        "reservation": "families only",
    }
    bad = event(
        "quota.decided", data, without=["id"], specversion="0.3", sequence="1", subject="", time="today"
    )

    answer = decisions.post(bad)

    assert told(answer) == {
        "/id": "required",
        "/specversion": "form",
        "/sequence": "set-by-service",
        "/subject": "form",
        "/time": "form",
        "/data/municipality": "region-not-valid",
        "/data/decidedOn": "in-future",
        "/data/unaccompaniedMinors": "part-above-whole",
        "/data/districts/0/code": ["district-elsewhere", "district-twice"],
        "/data/districts/1/code": ["district-elsewhere", "district-twice"],
        "/data/districts": "shares-above-quota",
        "/data/reservation": "undeclared-field",
    }


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "data"])
@pytest.mark.parametrize("as_null", [False, True])
def test_a_missing_attribute_is_422_with_its_pointer(decisions, name, as_null):
    bad = event("quota.decided", without=[name])

    answer = decisions.post({**bad, name: None} if as_null else bad)

    assert answer.status_code == 422
    assert told(answer) == {f"/{name}": "form" if as_null and name == "data" else "required"}


@pytest.mark.parametrize(
    "name", ["sequence", "previoussequence", "recordedtime", "streamversion", "partitionkey"]
)
def test_an_attribute_that_only_the_service_gives_is_422(decisions, name):
    answer = decisions.post(event("quota.decided", **{name: "1"}))

    assert told(answer) == {f"/{name}": "set-by-service"}


def test_previous_from_a_client_is_422(decisions):
    answer = decisions.post(event("quota.decided", changes={"previous": {"persons": 1}}))

    assert told(answer) == {"/data/previous": "set-by-service"}


@pytest.mark.parametrize(
    "name",
    [
        "no.bosatt.person.settled.v1",
        "no.bosatt.quota.decided.v2",
        "quota.decided",
        "no.bosatt.heartbeat.sent.v1",
    ],
)
def test_a_type_that_the_service_does_not_take_is_422_and_names_those_that_it_takes(decisions, name):
    answer = decisions.post(event("quota.decided", type=name, without=["id"]))

    assert answer.status_code == 422
    assert told(answer) == {"/type": "unknown-type", "/id": "required"}
    assert "no.bosatt.quota.decided.v1" in detail_at(answer, "/type")


def test_a_type_that_is_no_text_is_422(decisions):
    assert told(decisions.post(event("quota.decided", type=5))) == {"/type": "form"}


def test_a_pointer_is_escaped(decisions):
    answer = decisions.post(event("quota.decided", changes={"a/b~c": 1}))

    assert told(answer) == {"/data/a~1b~0c": "undeclared-field"}


def test_unknown_extension_attributes_are_ignored(decisions):
    answer = decisions.post(event("quota.decided", vendorid="7", tenant={"a": 1}))

    assert answer.status_code == 201
    assert not {"vendorid", "tenant"} & decisions.stored()[0].keys()


def test_the_valid_fields_of_a_faulty_event_are_kept_for_the_rules():
    (parsed,) = parse_events([event("quota.decided", changes={"persons": "x"})], types_of("decisions"))

    assert parsed.data["municipality"] == "0301"
    assert [fault.pointer for fault in parsed.faults] == ["/data/persons"]


def test_json_is_read_as_it_is():
    assert parse_json(b'{"a": [1, 2.5, null, "\xc3\xb8"]}') == {"a": [1, 2.5, None, "ø"]}
    with pytest.raises(Problem):
        parse_json(b"{")


@pytest.mark.parametrize(
    ("pointer", "form"),
    [
        ("/id", "row {}"),
        ("/source", "urn:{}"),
        ("/subject", "{}"),
        ("/time", "2024-05-01T12:00:00.{}Z"),
        ("/knowntime", "2024-05-01T12:00:00.{}Z"),
        ("/data/reason", "about {}"),
        ("/data/caseReference", "{}"),
        ("/data/{}", "x"),
    ],
)
@pytest.mark.parametrize("number", [*birth_numbers(1, seed=3), duf_number(2016, 123456)])
def test_an_identity_number_is_found_in_an_event_with_nothing_else_wrong_however_often(pointer, form, number):
    place, name = pointer.rsplit("/", 1)
    told_of = "quota.revised" if name == "reason" else "quota.decided"
    changes = {name.format(number): form.format(number)}
    document = event(told_of, **({"changes": changes} if place else changes))

    found = parse_events([document, document], types_of("decisions"))

    assert [{fault.rule for fault in one.faults} & {"identity-number"} for one in found] == [
        {"identity-number"}
    ] * 2
