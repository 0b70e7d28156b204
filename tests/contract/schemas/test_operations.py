"""Events that Bosatt itself sends."""

import pytest

from tests.contract.schemas.documents import faults

MARK = {"topic": "bosatt.requests", "generation": 1, "partition": 0, "sequence": 12}


def test_a_release_names_the_marks_that_it_contains():
    assert faults("release.published", marks=[MARK, MARK | {"partition": 1}]) == {}


def test_a_mark_is_whole_and_holds_numbers():
    found = faults("release.published", marks=[{}, MARK | {"sequence": "12", "offset": 1}])["marks"]

    assert set(found[0]) == set(MARK)
    assert set(found[1]) == {"sequence", "offset"}


def test_a_release_without_anything_recorded_reaches_through_no_moment():
    assert faults("release.published", dataThrough=None) == {}


def test_a_heartbeat_holds_a_sequence_for_every_partition():
    assert faults("heartbeat.sent", sequences=[0, 5, 12]) == {}
    assert list(faults("heartbeat.sent", sequences=[0, "5"])) == ["sequences"]


@pytest.mark.parametrize("name", ["deadletter.retried", "deadletter.dropped"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": ""},
        {"topic": "x" * 61},
        {"generation": 0},
        {"partition": -1},
        {"offset": -1},
        {"offset": "12"},
        {"digest": "0F" * 32},
        {"digest": "0f" * 31},
    ],
)
def test_an_operation_names_a_place_and_a_digest_that_can_be(name, wrong):
    assert list(faults(name, **wrong)) == list(wrong)


@pytest.mark.parametrize(
    "wrong", [{"lastApplied": -1}, {"fault": ""}, {"cause": "tired"}, {"note": "x" * 201}]
)
def test_what_is_said_of_a_dropped_event_is_short_and_of_the_list(wrong):
    assert list(faults("deadletter.dropped", **wrong)) == list(wrong)


def test_before_a_dropped_event_none_of_its_stream_need_have_been_counted():
    assert faults("deadletter.dropped", lastApplied=None) == {}
