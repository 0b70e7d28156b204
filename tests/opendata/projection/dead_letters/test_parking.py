"""What can't be counted is parked; the rest of its stream waits behind it, all else flows."""

import hashlib
from contextlib import closing

import pytest

from services.chassis.log.port import Partition
from services.contract.regions import Level, registry
from services.contract.topics import TopicGeneration
from tests.opendata.projection.dead_letters.desk import SETTLEMENTS
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import ON_BOTH

TOPIC = TopicGeneration(SETTLEMENTS, 1)
pytestmark = ON_BOTH
OSLO = Partition(TOPIC, TOPIC.partition_of("0301"))


def same_partition():
    """Another municipality whose events stand in Oslo's partition."""
    codes = (region.code for region in registry().at_level(Level.MUNICIPALITY, 2024))
    return next(one for one in codes if one != "0301" and TOPIC.partition_of(one) == OSLO.number)


def test_a_row_tells_where_the_record_stands_and_nothing_of_what_is_in_it(world, desk):
    world.journal.settle(1)
    desk.poison(person(2))

    world.project()

    (row,) = desk.rows()
    record = world.log.read(TOPIC, OSLO.number, 1, 1)[0]
    assert (row.topic, row.generation, row.partition, row.offset) == (SETTLEMENTS, 1, OSLO.number, 1)
    assert (row.sequence, row.previous_sequence, row.subject, row.key) == (2, 1, person(2), "0301")
    assert (row.state, row.reason, row.tries) == ("parked", "unknown type", 0)
    assert row.digest == hashlib.sha256(record.value).hexdigest()
    assert (row.last_applied, row.open) == (None, True)
    assert len(row.set_aside_at) == 27


def test_the_rest_of_the_stream_is_held_and_all_else_flows(world, desk):
    world.journal.settle(1)
    desk.spoil("settlement.corrected", {"municipality": "0301", "settledOn": "2024-05-17"}, person(1))
    desk.withdraw(1)
    world.journal.settle(2)
    world.journal.settle(3, same_partition())
    world.journal.settle(4, "4601")

    assert desk.settled("NO") == 4
    assert desk.states() == [(1, "parked"), (2, "held")]
    assert world.marks()[OSLO].sequence == 5


def test_what_comes_in_later_batches_is_held_too(world, desk):
    world.journal.settle(1)
    desk.poison(person(1))
    world.project()
    desk.withdraw(1)
    world.project()
    world.journal.settle(2)
    world.project()

    assert desk.states() == [(1, "parked"), (2, "held")]
    assert desk.settled() == 2


def test_held_events_are_held_also_by_a_projector_that_starts_anew(world, desk):
    world.journal.settle(1)
    desk.poison(person(1))
    with closing(world.new_projector()) as first:
        world.project(first)
    desk.withdraw(1)

    world.project(world.new_projector())

    assert desk.states() == [(1, "parked"), (2, "held")]


def test_an_event_whose_stream_cannot_be_read_holds_all_of_its_key(world, desk):
    other = same_partition()
    world.journal.settle(1)
    desk.poison(subject=None)
    world.journal.settle(2)
    world.journal.settle(3, other)
    world.journal.settle(4, "4601")

    assert (desk.settled(), desk.settled(other), desk.settled("4601")) == (1, 1, 1)
    assert desk.states() == [(1, "parked"), (2, "held")]
    assert desk.rows()[0].subject is None


@pytest.mark.parametrize("subject", [7, ["a"], "", "x" * 101, "a\u0000b"])
def test_a_subject_that_is_no_name_is_not_read(world, desk, subject):
    desk.poison(subject)
    world.journal.settle(2)

    world.project()

    assert [(row.subject, row.state) for row in desk.rows()] == [(None, "parked"), (person(2), "held")]


@pytest.mark.parametrize("value", [b"", b"{", b"\xff", b"[" * 5_000, b"null", b'{"subject":"a"}'])
def test_what_is_in_no_chain_is_parked_and_leaves_the_mark(world, desk, value):
    world.journal.settle(1)
    world.project()
    desk.garbage(value)
    before = world.marks()[OSLO].sequence

    world.project()

    assert {row.state for row in desk.rows()} == {"parked"}
    assert {(row.sequence, row.previous_sequence) for row in desk.rows()} == {(None, None)}
    assert (world.marks()[OSLO].sequence, world.waiting()) == (before, 0)


def test_garbage_that_names_a_stream_holds_that_stream_alone(world, desk):
    world.journal.settle(1)
    desk.garbage(b'{"subject":"%s"}' % person(1).encode())
    desk.withdraw(1)
    world.journal.settle(2)

    assert desk.settled() == 2
    assert desk.states() == [(1, "parked"), (2, "held")]


def test_garbage_twice_is_two_letters_and_the_second_waits_for_the_first(world, desk):
    desk.garbage()
    desk.garbage()

    world.project()

    assert desk.states() == [(0, "parked"), (1, "held")]


def test_a_repeat_of_a_parked_event_is_a_repeat(world, desk):
    desk.poison(person(1))
    world.project()
    record = world.log.read(TOPIC, OSLO.number, 0, 1)[0]
    desk.garbage(record.value)

    world.project()

    assert desk.states() == [(0, "parked")]


def test_two_projectors_hold_what_either_has_parked(world, desk):
    first, second = world.new_projector(most=1), world.new_projector(most=1)
    world.journal.settle(1)
    desk.poison(person(1))
    desk.withdraw(1)
    desk.poison(person(9), key="4601")
    world.journal.settle(2)
    while world.waiting():
        first.step()
        second.step()

    assert [(row.subject, row.state) for row in desk.rows()] in (
        [(person(1), "parked"), (person(1), "held"), (person(9), "parked")],
        [(person(9), "parked"), (person(1), "parked"), (person(1), "held")],
    )
    assert desk.settled() == 2


def test_a_batch_that_was_rolled_back_has_parked_nothing(world, desk):
    desk.poison(person(1))
    projector = world.projector
    projector.step()
    write, projector._writer.add = projector._writer.add, None
    world.journal.settle(2)
    with pytest.raises(TypeError):
        projector.step()
    forgotten = desk.states()
    projector._writer.add = write

    assert desk.settled() == 1
    assert forgotten == []
    assert desk.states() == [(0, "parked")]


@pytest.mark.parametrize("wrong", [{"origin": None}, {"data": []}, {"type": 7}, {"recordedtime": "now"}])
def test_whatever_is_wrong_with_an_event_it_is_parked(world, desk, wrong):
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1), wrong)

    world.project()

    assert [(row.state, row.sequence) for row in desk.rows()] == [("parked", 1)]
