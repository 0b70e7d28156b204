"""The glance sees what reading all of an event would, or nothing."""

import random

import orjson
import pytest

from services.chassis.consuming.records import Unreadable, event_in, link_of, recorded_time_of
from services.contract.envelope import log_value
from services.opendata.projection.effects import Person, counted_of
from services.opendata.projection.newcomers import newcomer_in
from tests.opendata.projection.journal import Composer, person

SETTLED = {
    "municipality": "0301",
    "settledOn": "2024-05-17",
    "district": "030105",
    "countryOfOrigin": "UKR",
    "sex": "female",
    "ageGroup": "18-29",
    "unaccompaniedMinor": False,
    "arrival": "direct",
    "housing": "municipal",
}


def value_of(name="person.settled", data=None, **changes):
    event = Composer().compose(name, SETTLED if data is None else data, subject=person(1)) | changes
    return log_value(event, 8, 7)


def read_wholly(value):
    """What a record comes to without the glance; None where it is no such event."""
    try:
        event = event_in(value)
        before, own = link_of(event)
        counted = counted_of(event)
        told = recorded_time_of(event)
    except Unreadable:
        return None
    return (before, own, told, counted) if isinstance(counted, Person) else None


@pytest.mark.parametrize(
    "data",
    [
        SETTLED,
        {"municipality": "4601", "settledOn": "2016"},
        {"municipality": "4601", "settledOn": "2016-05", "sex": None, "unaccompaniedMinor": None},
        SETTLED | {"unaccompaniedMinor": True, "care": "foster_home", "ageGroup": "0-17"},
    ],
)
def test_a_person_settled_of_whom_nothing_was_told_is_seen(data):
    value = value_of(data=data)

    assert newcomer_in(value) == read_wholly(value)
    assert newcomer_in(value) is not None


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"null",
        value_of(data=SETTLED | {"previous": {"state": "allocated"}}),
        value_of(data=SETTLED | {"previous": None}),
        value_of(type="no.bosatt.person.settled.v2"),
        value_of(time='"type":"no.bosatt.person.settled.v1"', type="no.bosatt.settlement.corrected.v1"),
        value_of(recordedtime="2024-05-17"),
        value_of(origin="guessed"),
        value_of(data=SETTLED | {"municipality": "0000"}),
        value_of(data=SETTLED | {"sex": "x"}),
        value_of(data=SETTLED | {"unaccompaniedMinor": 1}),
        value_of(data=SETTLED | {"somethingOfALaterVersion": 1}),
        value_of(later=1),
        value_of()[:-1] + b',"time":"\xff"}',
        value_of()[:-1] + b',"time":"\\ud800"}',
        value_of()[:-1] + b',"streamversion":1e999}',
    ],
)
def test_of_anything_else_nothing_is_seen(value):
    assert newcomer_in(value) is None


def test_of_bytes_that_went_astray_no_more_is_seen_than_by_reading_wholly():
    chance = random.Random(7)
    whole = value_of()
    pieces = [
        b'"',
        b"\\",
        b"{",
        b"}",
        b",",
        b":",
        b"0",
        b"9",
        b"-",
        b"e",
        b".",
        b"null",
        b"\x00",
        b"\xc3",
        b" ",
    ]
    seen = 0
    for _ in range(60_000):
        value = bytearray(whole)
        for _ in range(chance.randint(1, 2)):
            place = chance.randrange(len(value))
            value[place : place + chance.randint(0, 2)] = chance.choice(pieces)
        found = newcomer_in(bytes(value))
        if found is not None:
            seen += 1
            assert found == read_wholly(bytes(value)), bytes(value)
    assert seen > 1_000


@pytest.mark.parametrize("text", ["Tromsø", '"', "\\", "\u2028", "\U0001f600", "\x7f"])
def test_texts_beside_what_is_counted_may_be_any(text):
    value = value_of(source=text)

    assert newcomer_in(value) == read_wholly(value)
    assert newcomer_in(value) is not None


def test_a_field_given_twice_counts_as_it_does_when_read_wholly():
    value = value_of().replace(b'"sex":"female"', b'"sex":"male","sex":"female"')

    assert orjson.loads(value)["data"]["sex"] == "female"
    assert newcomer_in(value) == read_wholly(value)
