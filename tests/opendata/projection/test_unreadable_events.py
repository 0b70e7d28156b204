"""Events that make no sense are told from others; those with fields of later versions are folded."""

import pytest

from services.chassis.consuming.consumer_loop import Unreadable
from services.opendata.projection.effects import effects_of
from tests.opendata.projection.journal import Composer, person

SETTLED = {"municipality": "0301", "settledOn": "2024-05-17", "district": "030101"}
ALLOCATED = {"municipality": "0301", "allocatedOn": "2024-05-17"}
REQUEST = {"municipality": "0301", "year": 2024, "persons": 10, "issuedOn": "2024"}
QUOTA = {"municipality": "0301", "year": 2024, "persons": 10, "decidedOn": "2024"}
DELAYED = {"municipality": "0301", "year": 2024, "expectedOn": "2024-05-17"}
NEED = {"year": 2024, "persons": 10, "announcedOn": "2024", "status": "issued"}
FIGURE = {
    "region": "0301",
    "year": 2024,
    "measure": "settled",
    "status": "exact",
    "persons": 10,
    "percent": 4.5,
    "publishedOn": "2024",
    "sourceName": "IMDi",
    "sourceUrl": "https://imdi.no",
}


def composed(name, data, subject="any"):
    return Composer().compose(name, data, subject=subject)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("person.settled", SETTLED),
        ("person.allocated", ALLOCATED),
        ("request.issued", REQUEST),
        ("quota.decided", QUOTA | {"districts": [{"code": "030101", "persons": 1, "later": 1}]}),
        ("answer.delayed", DELAYED),
        ("need.announced", NEED),
        ("figure.published", FIGURE),
    ],
)
def test_a_field_that_is_not_known_yet_is_ignored(name, data):
    usual = effects_of(composed(name, data))
    event = composed(name, data | {"later": {"than": ["this"]}})

    found = effects_of(event | {"laterattribute": 1})

    assert found == usual


@pytest.mark.parametrize(
    ("name", "data", "wrong"),
    [
        ("person.settled", SETTLED, {"municipality": "0000"}),
        ("person.settled", SETTLED, {"municipality": ["0301"]}),
        ("person.settled", {"settledOn": "2024", "municipality": "0301"}, {"municipality": "030101"}),
        ("person.settled", {"settledOn": "2024", "municipality": "0301"}, {"municipality": "NO"}),
        ("person.settled", SETTLED, {"district": "0301"}),
        ("person.settled", SETTLED, {"district": "030199"}),
        ("person.settled", SETTLED, {"settledOn": "2024-13-01"}),
        ("person.settled", SETTLED, {"settledOn": "2024-02-30"}),
        ("person.settled", SETTLED, {"settledOn": "2024-W20-1"}),
        ("person.settled", SETTLED, {"settledOn": "1024"}),
        ("person.settled", SETTLED, {"settledOn": 2024}),
        ("person.settled", SETTLED, {"settledOn": None}),
        ("person.settled", SETTLED, {"sex": "other"}),
        ("person.settled", SETTLED, {"ageGroup": "18"}),
        ("person.settled", SETTLED, {"countryOfOrigin": "ZZZ"}),
        ("person.settled", SETTLED, {"unaccompaniedMinor": "yes"}),
        ("person.settled", SETTLED, {"unaccompaniedMinor": 1}),
        ("person.settled", SETTLED, {"care": ["institution"]}),
        ("person.allocated", ALLOCATED, {"allocatedOn": "soon"}),
        ("person.allocated", ALLOCATED, {"unaccompaniedMinor": 2}),
        ("request.issued", REQUEST, {"persons": "10"}),
        ("request.issued", REQUEST, {"persons": -1}),
        ("request.issued", REQUEST, {"persons": 1.5}),
        ("request.issued", REQUEST, {"persons": True}),
        ("request.issued", REQUEST, {"persons": 18_446_744_073_709_551_615}),
        ("request.issued", REQUEST, {"year": "2024"}),
        ("request.issued", REQUEST, {"year": 1066}),
        ("request.issued", REQUEST, {"municipality": "03"}),
        ("request.issued", REQUEST, {"answerBy": "2024-05"}),
        ("request.issued", REQUEST, {"answerBy": "whenever"}),
        ("quota.decided", QUOTA, {"districts": [{"code": "030101"}]}),
        ("quota.decided", QUOTA, {"districts": [{"code": "4601", "persons": 1}]}),
        ("quota.decided", QUOTA, {"districts": 5}),
        ("quota.decided", QUOTA, {"acceptsUnaccompaniedMinors": "no"}),
        ("quota.decided", QUOTA, {"extraCapacity": [1]}),
        ("answer.delayed", DELAYED, {"expectedOn": "2024"}),
        ("need.announced", NEED, {"persons": None}),
        ("need.announced", NEED, {"resettlement": "many"}),
        ("need.announced", NEED, {"status": "perhaps"}),
        ("need.announced", NEED, {"announcedOn": "2024-99"}),
        ("figure.published", FIGURE, {"region": "0000"}),
        ("figure.published", FIGURE, {"measure": "happiness"}),
        ("figure.published", FIGURE, {"status": "guessed"}),
        ("figure.published", FIGURE, {"persons": "10"}),
        ("figure.published", FIGURE, {"percent": "10"}),
        ("figure.published", FIGURE, {"sourceName": 5}),
        ("figure.published", FIGURE, {"sourceUrl": 5}),
        ("figure.published", FIGURE, {"sourceName": None}),
        ("figure.published", FIGURE, {"dimension": "sex"}),
        ("figure.published", FIGURE, {"dimension": "sex", "category": "blue"}),
        ("figure.published", FIGURE, {"dimension": "colour", "category": "blue"}),
    ],
)
def test_a_field_out_of_its_schema_is_unreadable(name, data, wrong):
    event = composed(name, data) | {"data": data | wrong}

    with pytest.raises(Unreadable, match="schema"):
        effects_of(event)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "no.bosatt.person.moved.v1"},
        {"type": "no.bosatt.person.moved.v2"},
        {"type": "no.bosatt.release.published.v1"},
        {"type": "no.bosatt.release.published.v2"},
        {"type": "no.bosatt.deadletter.dropped.v1"},
        {"type": "no.bosatt.person.settled.vx"},
        {"type": "person.settled"},
        {"type": "person.settled.v2"},
        {"type": "v2"},
        {"type": None},
        {"type": 2},
    ],
)
def test_an_unknown_type_is_unreadable(wrong):
    with pytest.raises(Unreadable, match="unknown type"):
        effects_of(composed("person.settled", SETTLED) | wrong)


@pytest.mark.parametrize("version", ["v2", "v10"])
def test_a_later_version_of_a_type_is_unreadable_and_told_from_an_unknown_type(version):
    with pytest.raises(Unreadable, match="later version"):
        effects_of(composed("person.settled", SETTLED) | {"type": f"no.bosatt.person.settled.{version}"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": ["no.bosatt.person.settled.v1"]},
        {"origin": "invented"},
        {"origin": None},
        {"data": None},
        {"data": []},
        {"data": {**SETTLED, "previous": [1]}},
        {"data": {**SETTLED, "previous": {"state": "settled", "settlement": {}}}},
    ],
)
def test_an_envelope_out_of_its_schema_is_unreadable(wrong):
    with pytest.raises(Unreadable, match="schema"):
        effects_of(composed("person.settled", SETTLED) | wrong)


@pytest.mark.parametrize("missing", ["type", "data", "origin", "recordedtime"])
def test_an_envelope_that_lacks_something_is_unreadable(missing):
    event = composed("person.settled", SETTLED)
    del event[missing]

    with pytest.raises(Unreadable, match="schema"):
        effects_of(event)


def test_an_event_that_lacks_the_facts_before_it_is_unreadable():
    composer = Composer()
    composer.compose("person.allocated", ALLOCATED, subject=person(1))
    event = composer.compose("allocation.accepted", {"municipality": "0301"}, subject=person(1))
    del event["data"]["previous"]

    with pytest.raises(Unreadable, match="schema"):
        effects_of(event)
