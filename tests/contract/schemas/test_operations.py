"""Events that Bosatt itself sends."""

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
