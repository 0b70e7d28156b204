"""The envelope: CloudEvents 1.0 as a client sends it, and as it stands on the log."""

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.envelope import (
    SET_BY_SERVICE,
    EventEnvelope,
    first_known_moment,
    known_moment,
    known_time_of,
    log_value,
    read_time,
    sequence_text,
    settlement_id,
    time_text,
)

ENVELOPE = EventEnvelope()
LEAST = {
    "specversion": "1.0",
    "id": "7",
    "source": "https://oslo.example/bosetting",
    "type": "no.bosatt.quota.decided.v1",
    "data": {"municipality": "0301"},
}
# Hypothesis takes its bounds without an offset.
FIRST = datetime(1, 1, 2)  # noqa: DTZ001
LAST = datetime(9999, 12, 30)  # noqa: DTZ001
MOMENTS = st.datetimes(FIRST, timezones=st.just(UTC))


def faults(**changes):
    return ENVELOPE.validate(LEAST | changes)


def test_the_required_attributes_are_enough():
    assert ENVELOPE.load(LEAST) == LEAST


def test_all_missing_attributes_are_named_at_once():
    assert set(ENVELOPE.validate({})) == {"specversion", "id", "source", "type", "data"}


def test_every_declared_attribute_is_kept_as_it_is():
    event = LEAST | {
        "subject": "0301/2024",
        "time": "2024-06-21T12:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "https://bosatt.example/schema",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "origin": "imported",
        "knowntime": "2019",
    }

    assert ENVELOPE.load(event) == event


def test_unknown_extension_attributes_are_ignored():
    event = LEAST | {"tracestate": "a=b", "myextension": 7, "other": {"nested": [1]}}

    assert ENVELOPE.load(event) == LEAST


def test_attributes_that_only_a_service_gives_are_refused_all_at_once():
    given_by_service = dict.fromkeys(SET_BY_SERVICE, "1")

    found = faults(**given_by_service, data_base64="e30=", data={"previous": {}}, time="yesterday")

    assert set(SET_BY_SERVICE) == {
        "sequence",
        "previoussequence",
        "recordedtime",
        "streamversion",
        "partitionkey",
    }
    assert set(found) == {*SET_BY_SERVICE, "data_base64", "data", "time"}
    assert set(found["data"]) == {"previous"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("specversion", "0.3"),
        ("specversion", 1.0),
        ("id", ""),
        ("id", 7),
        ("id", "x" * 201),
        ("source", ""),
        ("source", "x" * 301),
        ("type", 1),
        ("subject", ""),
        ("subject", "x" * 101),
        ("time", "2024-06-21"),
        ("time", "2024-06-21T12:00:00"),
        ("time", "2024-13-21T12:00:00Z"),
        ("time", "2024-06-21T25:00:00Z"),
        ("time", 1718971200),
        ("datacontenttype", "text/plain"),
        ("datacontenttype", "application/xml"),
        ("datacontenttype", "application/jsonx"),
        ("datacontenttype", "application/json-seq"),
        ("datacontenttype", "application/json/x"),
        ("datacontenttype", "application/json\n"),
        ("dataschema", 5),
        ("origin", "guessed"),
        ("origin", "REPORTED"),
        ("knowntime", "soon"),
        ("knowntime", "2024-13"),
        ("knowntime", 2024),
        ("data", []),
        ("data", "{}"),
        ("data", 1),
        ("data", None),
    ],
)
def test_an_attribute_of_another_form_is_refused_by_its_name(name, value):
    assert set(faults(**{name: value})) == {name}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/vnd.x+json",
        "Application/JSON",
        "application/json ; charset=utf-8",
    ],
)
def test_data_may_be_said_to_be_any_kind_of_json(content_type):
    assert faults(datacontenttype=content_type) == {}


@pytest.mark.parametrize(
    ("knowntime", "moment"),
    [
        ("2024-06-21T12:00:00Z", "2024-06-21T12:00:00.000000Z"),
        ("2024-06-21T12:00:00.5+02:00", "2024-06-21T10:00:00.500000Z"),
        ("2024-06-21", "2024-06-21T21:59:59.000000Z"),
        ("2024-06", "2024-06-30T21:59:59.000000Z"),
        ("2024", "2024-12-31T22:59:59.000000Z"),
    ],
)
def test_a_knowntime_is_a_moment_or_the_last_second_in_norway_of_a_period(knowntime, moment):
    assert faults(knowntime=knowntime) == {}
    assert time_text(known_moment(knowntime)) == moment
    assert known_time_of({"knowntime": knowntime, "recordedtime": "later"}) == moment


def test_without_a_knowntime_an_event_became_known_when_it_was_recorded():
    assert known_time_of({"recordedtime": "2024-06-21T12:00:00.000000Z"}) == "2024-06-21T12:00:00.000000Z"


@pytest.mark.parametrize(
    "text", ["", "2024", "12:00", "2024-06-21T12:00:00", "2024-06-21X12:00:00Z", "x" * 30]
)
def test_what_is_no_moment_with_an_offset_cannot_be_read(text):
    with pytest.raises(ValueError, match=r".+"):
        read_time(text)


def test_a_moment_is_read_into_utc():
    assert read_time("2024-06-21T12:00:00.25+02:00") == datetime(2024, 6, 21, 10, 0, 0, 250000, tzinfo=UTC)
    assert read_time("2024-06-21 12:00:00Z").tzinfo is UTC


@given(MOMENTS)
def test_a_written_moment_is_read_back_the_same(moment):
    assert read_time(time_text(moment)) == moment


@given(st.datetimes(FIRST, LAST), st.integers(-14, 14))
def test_a_moment_is_written_in_utc_whatever_its_offset(naive, hours):
    moment = naive.replace(tzinfo=timezone(timedelta(hours=hours)))

    assert read_time(time_text(moment)) == moment


@given(st.integers(0, 10**20 - 1), st.integers(0, 10**20 - 1))
def test_sequences_as_texts_sort_like_numbers(one, other):
    assert len(sequence_text(one)) == 20
    assert int(sequence_text(one)) == one
    assert (sequence_text(one) < sequence_text(other)) == (one < other)


@given(
    st.dictionaries(
        st.text(), st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), max_size=5
    ),
    st.integers(1, 2**62),
)
def test_an_event_on_the_log_reads_back_with_its_place_in_the_chain(data, sequence):
    event = LEAST | {"data": data, "recordedtime": "2024-06-21T12:00:00.000000Z"}

    read = orjson.loads(log_value(event, sequence, sequence - 1))

    assert read == event | {
        "sequence": sequence_text(sequence),
        "previoussequence": sequence_text(sequence - 1),
    }


def test_a_settlements_id_is_written_in_one_way():
    assert settlement_id("3F2504E0-4F89-41D3-9A0C-0305E82C3301") == "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0301/2024",
        "3f2504e04f8941d39a0c0305e82c3301",
        "3f2504e0-4f89-41d3-9a0c-0305e82c330",
        "3f2504e0-4f89-41d3-9a0c-0305e82c33011",
        "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}",
        "gf2504e0-4f89-41d3-9a0c-0305e82c3301",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301\n",
    ],
)
def test_anything_else_is_no_settlements_id(text):
    with pytest.raises(ValueError, match="not a UUID"):
        settlement_id(text)


@pytest.mark.parametrize("event", [[], [1], 5, "x", None, True])
def test_what_is_no_object_is_no_event(event):
    assert ENVELOPE.validate(event) == {"_schema": ["Must be a JSON object: one CloudEvent."]}


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2024-W25-5T12:00:00Z",
        "2024-06-21T120000Z",
        "2024-06-21T12:00:00+0200",
        "2024-06-21T12:00:00,5Z",
        "2024-06-21T12:00:00+02",
        "2024-06-21T12:00:00+02:00:30",
        "2024-06-21T12:00Z0000000",
        "2024-06-21T12:00:00Z\n",
    ],
)
def test_a_moment_out_of_reach_or_in_another_form_than_rfc_3339_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        read_time(text)
    assert set(faults(time=text, knowntime=text)) == {"time", "knowntime"}


@pytest.mark.parametrize(
    "text", ["2024-06-21t12:00:00z", "2024-06-21T12:00:00.000000000Z", "2024-06-21T12:00:00-00:00"]
)
def test_every_form_of_rfc_3339_is_a_moment(text):
    assert read_time(text) == datetime(2024, 6, 21, 12, tzinfo=UTC)
    assert faults(time=text, knowntime=text) == {}


@pytest.mark.parametrize("knowntime", ["0001-12-31", "0002", "0999-05"])
def test_a_known_moment_long_ago_is_written_so_that_it_sorts_by_time(knowntime):
    assert len(time_text(known_moment(knowntime))) == len("2024-06-21T12:00:00.000000Z")
    assert time_text(known_moment(knowntime)) < "1000"


@given(MOMENTS, MOMENTS)
def test_moments_as_texts_sort_by_time(one, other):
    assert (time_text(one) < time_text(other)) == (one < other)


def test_an_attribute_that_is_null_is_as_good_as_left_out():
    optional = ["subject", "time", "datacontenttype", "dataschema", "traceparent", "origin", "knowntime"]
    unset = dict.fromkeys([*optional, *SET_BY_SERVICE, "data_base64", "myextension"])

    assert ENVELOPE.load(LEAST | unset) == LEAST


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
def test_a_required_attribute_that_is_null_is_missing(name):
    assert faults(**{name: None}) == {name: ["Missing data for required field."]}


def test_data_that_are_null_are_no_object():
    assert faults(data=None) == {"data": ["Must be a JSON object."]}


@pytest.mark.parametrize("name", ["id", "source", "subject"])
@pytest.mark.parametrize("character", ["\x00", "\n", "\x1f", "\x7f", "\x85"])
def test_a_control_character_has_no_place_in_a_name(name, character):
    assert faults(**{name: f"a{character}b"}) == {name: ["Must not hold control characters."]}
    assert faults(**{name: "Bosetting æøå – 😀"}) == {}


@pytest.mark.parametrize(
    ("knowntime", "moment"),
    [
        ("2024", "2023-12-31T23:00:00.000000Z"),
        ("2024-07", "2024-06-30T22:00:00.000000Z"),
        ("2024-06-21", "2024-06-20T22:00:00.000000Z"),
        ("2024-06-21T12:00:00Z", "2024-06-21T12:00:00.000000Z"),
    ],
)
def test_a_known_time_may_stand_for_the_beginning_of_its_period(knowntime, moment):
    assert time_text(first_known_moment(knowntime)) == moment


@pytest.mark.parametrize("knowntime", ["0001", "0001-01", "0001-01-01"])
def test_a_known_time_that_begins_before_the_calendar_does_is_refused(knowntime):
    assert set(faults(knowntime=knowntime)) == {"knowntime"}
    with pytest.raises(ValueError, match="years 1 to 9999"):
        first_known_moment(knowntime)


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "01010112345",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n",
        "x" * 10_000,
        7,
        [],
    ],
)
def test_a_traceparent_of_another_form_is_ignored_for_tracing_must_never_cost_an_event(traceparent):
    assert ENVELOPE.load(LEAST | {"traceparent": traceparent}) == LEAST
