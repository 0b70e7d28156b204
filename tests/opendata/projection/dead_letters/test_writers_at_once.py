"""A batch of a partition and an operation about it never miss each other, whoever commits first."""

from types import SimpleNamespace

import pytest

from services.chassis.consuming.records import digest_of
from services.chassis.database import Overtaken
from services.contract.topics import topic_of
from tests.opendata.projection.journal import person
from tests.servers.databases import POSTGRESQL

pytestmark = pytest.mark.parametrize("make_world", [POSTGRESQL], indirect=True)
"""On SQLite only one writes at a time."""


def before(monkeypatch, thing, name, action):
    """Have something happen once, just before a method is called."""
    real, actions = getattr(thing, name), [action]

    def called(*arguments, **named):
        if actions:
            actions.pop()()
        return real(*arguments, **named)

    monkeypatch.setattr(thing, name, called)


@pytest.fixture
def two(world):
    """Two projectors: one reads all partitions, the other only what operators did."""
    other = world.new_projector(wait=0.0)
    other.close()
    first = world.new_projector(wait=0.0)
    first.step()
    first.step()
    return first, other


def settle_all(world, projector):
    for _ in range(6):
        projector.step()
    assert world.waiting() == 0


@pytest.mark.parametrize("fresh", [True, False], ids=["its first batch", "a later batch"])
def test_an_operation_that_commits_while_its_record_is_being_parked(world, desk, two, monkeypatch, fresh):
    projector, other = two
    if not fresh:
        world.journal.settle(9)
        settle_all(world, projector)
    desk.poison(person(1))
    world.journal.settle(2)
    desk.drop(as_it_will_stand(world, 0 if fresh else 1))
    monkeypatch.setattr(projector._operations, "take_in", lambda: False)
    before(monkeypatch, projector.marks, "move", other._operations.take_in)

    settle_all(world, projector)

    assert [(row.subject, row.state) for row in desk.rows()] == [(person(1), "dropped")]
    assert [row.waits for row in desk.operations()] == [False]


def test_a_release_that_commits_while_the_next_of_the_stream_is_being_held(world, desk, two, monkeypatch):
    projector, other = two
    world.journal.settle(1)
    desk.poison(person(1))
    settle_all(world, projector)
    desk.drop(desk.rows()[0], 0)
    desk.withdraw(1)
    monkeypatch.setattr(projector._operations, "take_in", lambda: False)
    before(monkeypatch, projector.marks, "move", other._operations.take_in)

    settle_all(world, projector)

    assert [(row.state, row.open) for row in desk.rows()] == [("dropped", False)]
    world.releaser.step()
    assert world.totals("0301").settled == 0


def test_a_batch_that_commits_while_an_operation_is_being_carried_out(world, desk, two, monkeypatch):
    projector, other = two
    world.journal.settle(1)
    desk.poison(person(1))
    settle_all(world, projector)
    desk.drop(desk.rows()[0], 0)
    desk.withdraw(1)
    monkeypatch.setattr(projector._operations, "take_in", lambda: False)
    attempts = overtaken_by(monkeypatch, other._operations, projector.step)

    other._operations.take_in()
    settle_all(world, projector)

    assert len(attempts) == 2
    assert [(row.state, row.open) for row in desk.rows()] == [("dropped", False)]
    world.releaser.step()
    assert world.totals("0301").settled == 0


def test_of_two_who_carry_out_the_same_operation_one_is_overtaken(world, desk, two, monkeypatch):
    projector, other = two
    world.journal.settle(1)
    desk.poison(person(1))
    settle_all(world, projector)
    desk.retry(desk.rows()[0])
    attempts = overtaken_by(monkeypatch, other._operations, projector._operations.take_in)

    other._operations.take_in()
    settle_all(world, projector)

    assert len(attempts) == 1
    assert [row.tries for row in desk.rows()] == [1]


def test_who_is_overtaken_again_and_again_says_so_and_reads_no_batch(world, desk, two, monkeypatch):
    projector, _ = two
    desk.poison(person(1))
    settle_all(world, projector)
    desk.retry(desk.rows()[0])
    world.journal.settle(2)
    with monkeypatch.context() as context:
        context.setattr(projector._operations, "_act", _overtaken)
        with pytest.raises(Overtaken):
            projector.step()
    waited = world.waiting()

    settle_all(world, projector)

    assert waited == 1
    assert [row.tries for row in desk.rows()] == [1]


def _overtaken(_connection, _one):
    raise Overtaken


def overtaken_by(monkeypatch, operations, action):
    """Have something commit once an operation's transaction has seen its state, before it writes."""
    act, attempts = operations._act, []

    def after_a_look(connection, one):
        attempts.append(one)
        connection.exec_driver_sql("SELECT count(*) FROM marks")
        return act(connection, one)

    monkeypatch.setattr(operations, "_act", after_a_look)
    before(monkeypatch, operations, "_take_mark", action)
    return attempts


def as_it_will_stand(world, offset):
    """The row of a letter in Oslo's partition before any projector has written it."""
    topic = topic_of("settlements")
    number = topic.partition_of("0301")
    record = world.log.read(topic, number, offset, 1)[0]
    place = {"topic": topic.topic, "generation": 1, "partition": number, "offset": offset}
    return SimpleNamespace(**place, digest=digest_of(record), reason="unknown type")
