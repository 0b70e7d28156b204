"""Only events that something stands in the way of are looked at one by one."""

from contextlib import closing

import pytest

from services.opendata.projection.dead_letters import concerns, sifting
from services.opendata.projection.projector import Projector
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import contents


@pytest.fixture
def looked_at(monkeypatch):
    """The offsets of the letters looked at."""
    found = []
    real = sifting.letters_of

    def letters_of(judged, concerned):
        letters = real(judged, concerned)
        found.extend(letter.offset for letter in letters)
        return letters

    monkeypatch.setattr(sifting, "letters_of", letters_of)
    return found


def test_where_nothing_stands_aside_none_is_looked_at(world, desk, looked_at):
    for number in range(5):
        world.journal.settle(number)

    assert desk.settled() == 5
    assert looked_at == []


def test_behind_a_parked_event_only_its_stream_is_looked_at(world, desk, looked_at):
    world.journal.settle(1)
    desk.poison(person(1))
    for number in range(2, 5):
        world.journal.settle(number)
    desk.withdraw(1)
    world.project()
    looked_at.clear()
    for number in range(5, 8):
        world.journal.settle(number)
    desk.withdraw(7)

    assert desk.settled() == 6
    assert looked_at == []


def test_behind_a_dropped_event_its_stream_is_looked_at_until_it_goes_on(world, desk, looked_at):
    world.journal.settle(1)
    desk.poison(person(1))
    world.project()
    desk.drop(desk.rows()[0], 0)
    desk.act()
    looked_at.clear()
    for number in range(2, 5):
        world.journal.settle(number)
    desk.correct(1)
    world.project()
    once = list(looked_at)
    desk.withdraw(1)

    assert desk.settled() == 3
    assert (once, looked_at) == ([5], [5])


@pytest.mark.parametrize("garbage", [True, False])
def test_where_too_much_stands_aside_to_be_named_every_event_is_looked_at(
    world, desk, looked_at, monkeypatch, garbage
):
    monkeypatch.setattr(concerns, "MOST_NAMES", 2)
    for number in range(3):
        if garbage:
            desk.garbage(key=f"nobody {number}")
            desk.journal.append_bytes("bosatt.settlements", "0301", b'{"subject":"%d"}' % number)
        else:
            desk.poison(person(number))
    for number in range(9):
        world.journal.settle(number, sex="male")
    world.project()
    looked_at.clear()
    world.journal.settle(9)
    desk.withdraw(8)
    desk.withdraw(0)

    assert desk.settled() == (8 if garbage else 6)
    assert len(looked_at) == 3
    assert len(desk.rows("held")) == (0 if garbage else 4)


@pytest.mark.parametrize("most", [1, 2, 5_000])
def test_behind_an_event_that_was_dropped_before_it_was_read_its_stream_is_looked_at(world, desk, mend, most):
    """By code that could read it, in whatever batches."""
    world.journal.settle(1)
    desk.spoil_correction(1, "4601")
    desk.correct(1, "1103")
    world.project()
    desk.drop(desk.rows("parked")[0], 0)
    desk.act()
    mend()

    anew = world.another_projection()
    with closing(Projector(anew, world.log, most=most, wait=0.0, group="anew")) as projector:
        world.project(projector)

    assert contents(anew)["totals"] == contents(world.projection)["totals"]
