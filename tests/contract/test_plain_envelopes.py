"""The short way of reading an envelope gives what the long one gives, or nothing."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from services.contract.envelope import EventEnvelope, plain_envelope
from services.contract.identity_numbers import may_hold_identity_number, pointers_to_identity_numbers

PLAIN = {
    "specversion": "1.0",
    "id": "a",
    "source": "urn:b",
    "type": "no.bosatt.person.settled.v1",
    "subject": "c",
    "time": "2024-06-21T12:00:00Z",
    "datacontenttype": "application/json",
    "origin": "imported",
    "knowntime": "2023",
    "data": {"municipality": "0301"},
}
LONG_WAY = EventEnvelope()

texts = st.text(st.characters(codec="utf-8") | st.sampled_from("\x00\x7f\x9f\n"), max_size=320)
values = (
    st.none()
    | st.booleans()
    | st.integers()
    | texts
    | st.sampled_from(
        [
            "1.0",
            "1",
            "application/json",
            "application/json; charset=utf-8",
            "reported",
            "imported",
            "synthetic",
            "2024-06-21T12:00:00Z",
            "2024-06-21",
            "2024-06",
            "2024-13",
            "2024-06-31T12:00:00Z",
            "x" * 100,
            "x" * 101,
            "x" * 200,
            "x" * 301,
        ]
    )
    | st.just({})
    | st.just({"previous": {}})
    | st.just([])
)
names = st.sampled_from([*PLAIN, "traceparent", "sequence", "data_base64", "dataschema", "vendor"])


@given(changes=st.dictionaries(names, values, max_size=3), left_out=st.sets(names, max_size=1))
def test_it_agrees_with_the_long_way(changes, left_out):
    event = {name: value for name, value in (PLAIN | changes).items() if name not in left_out}

    found = plain_envelope(event)

    if found is not None:
        assert found == LONG_WAY.load(event)


def test_an_ordinary_event_goes_the_short_way():
    assert plain_envelope(PLAIN) == PLAIN


@pytest.mark.parametrize("document", [None, 1, "x", [], {}, {"data": {}}])
def test_what_is_no_event_does_not(document):
    assert plain_envelope(document) is None
    with pytest.raises(ValidationError):
        LONG_WAY.load(document)


numbers = st.sampled_from(
    ["01010112377", "010101 12377", 1010112377, 41010112371, 1010112377.0, "201712345609"]
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(string.digits + " -.a", max_size=14)
    | numbers
)
documents = st.dictionaries(
    st.text(string.digits + "a", max_size=13),
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_size=4,
)


@given(document=documents)
def test_where_a_quick_look_finds_nothing_a_close_one_finds_nothing_either(document):
    if not may_hold_identity_number(document):
        assert list(pointers_to_identity_numbers(document)) == []


@pytest.mark.parametrize("number", ["01010112377", "010101 12377", "201712345609", "٠١٠١٠١١٢٣٧٧"])
def test_a_number_in_any_digits_is_worth_a_close_look(number):
    assert may_hold_identity_number({"data": {"reason": f"x{number}x"}})


def test_a_quick_look_is_enough_for_an_ordinary_event():
    assert not may_hold_identity_number(PLAIN)
