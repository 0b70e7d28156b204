"""A rebuild beside the live version: equal to it to the last column, whatever happens meanwhile."""

import threading
from contextlib import closing
from random import Random

import pytest
from sqlalchemy import inspect

from services.chassis.log.port import LogUnreachable, OutgoingRecord
from services.contract.envelope import log_value
from services.contract.topics import topic_of
from services.opendata.projection import catching_up, storage, tables
from services.opendata.projection.catching_up import StandsStill
from services.opendata.projection.live_projector import LiveProjector
from services.opendata.projection.rebuild import Progress, rebuild
from services.opendata.projection.versions import State, TakenOver, Versions
from tests.opendata.projection.dead_letters.desk import Desk
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import ON_BOTH, contents
from tests.opendata.release.histories import History

pytestmark = ON_BOTH


def history(seed, length=300):
    """Events of all kinds: corrections, withdrawals, erasures, figures, requests, decisions."""
    found, rnd = History(), Random(seed)
    found.crowd(rnd)
    for _ in range(length):
        found.grow(rnd)
    return found.events


def compared(database):
    """Everything but the accounts of versions and checks and what tells of when something was done.

    That is when letters were set aside, and which places were touched when operators retried or
    dropped them: who knows of that beforehand counts them in their turn.
    """
    rows = contents(database)
    del rows["versions"], rows["checks"]
    rows["dead_letters"] = [row[:-1] for row in rows["dead_letters"]]
    rows["changes"] = [row for row in rows["changes"] if not row[2].startswith("operations/")]
    return rows


def version(world, number):
    return world.closing(storage.open_version(world.projection, number))


def states(world):
    return {one.number: one.state for one in Versions(world.projection).all()}


@pytest.mark.parametrize("seed", range(3))
def test_it_equals_what_was_live_in_every_table_and_column(world, seed):
    world.journal.append(history(seed))
    with closing(world.new_projector(most=7)) as projector:
        world.project(projector)

    now = rebuild(world.projection, world.log)

    before, after = compared(world.projection), compared(version(world, 2))
    assert after == before
    assert (now.number, states(world)) == (2, {1: State.RETIRED, 2: State.LIVE})
    filled = {name for name, rows in after.items() if rows}
    assert filled == before.keys() - {"dead_letters", "operations"}


def test_events_that_can_not_be_counted_are_set_aside_in_it_too(world):
    desk = Desk(world)
    for number in range(4):
        desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(number))
        desk.correct(number)
    desk.garbage()
    world.project()
    parked = desk.rows("parked")
    desk.drop(parked[0])
    desk.retry(parked[1])
    world.journal.settle(9)
    world.project()
    desk.act()

    rebuild(world.projection, world.log)

    before, after = compared(world.projection), compared(version(world, 2))
    assert {row.state for row in desk.rows()} == {"parked", "held", "dropped"}
    assert len(before["operations"]) == 2
    assert after == before


def test_what_is_posted_meanwhile_is_in_it_and_questions_are_answered_throughout(world):
    world.journal.append(history(1, 400))
    world.journal.settle(5_000, "3434")
    world.publish()
    posted, answers, failed = [5_000], [], []
    stop = threading.Event()
    following = LiveProjector(world.projection, world.log, wait=0.01, look_every=0.05)

    def post():
        posted.append(posted[-1] + 1)
        world.journal.settle(posted[-1], "3434")

    def answer():
        following.step()
        world.releaser.step()
        answers.append(world.totals("3434").settled)

    def again_and_again(work):
        while not stop.is_set():
            try:
                work()
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=again_and_again, args=(work,)) for work in (post, answer)]
    for thread in threads:
        thread.start()
    try:
        rebuild(world.projection, world.log)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    new = version(world, 2)
    while world.waiting(new):
        following.step()
    following.close()
    world.project()
    world.new_releaser().step()
    assert failed == []
    assert compared(new) == compared(world.projection)
    assert answers == sorted(answers)
    assert world.totals("3434").settled == len(posted)


def test_it_tells_how_far_it_is(world):
    world.journal.append(history(2))
    told = []

    rebuild(world.projection, world.log, told.append)

    records = sum(sum(world.log.end_offsets(topic)) for topic in Versions(world.projection).live().topics)
    assert told[-1] == Progress(2, records, records, ours=True)
    assert [one.folded for one in told] == sorted(one.folded for one in told)
    live = Versions(world.projection).live()
    assert (live.folded, live.records) == (records, records)


def test_a_projection_of_nothing_can_be_made_anew(world):
    told = []

    now = rebuild(world.projection, world.log, told.append)

    assert (now.number, told[-1]) == (2, Progress(2, 0, 0, ours=True))


def test_the_version_before_is_kept_until_the_next_rebuild(world):
    world.journal.append(history(3))
    world.project()
    expected = compared(world.projection)
    for _ in range(2):
        rebuild(world.projection, world.log)
    kept = compared(version(world, 2))

    rebuild(world.projection, world.log)

    assert kept == expected
    assert not any(compared(world.projection).values())
    assert inspect(version(world, 2).engine).get_table_names() == []
    assert compared(version(world, 3)) == compared(version(world, 4)) == expected
    dropped = dict.fromkeys((1, 2), State.DROPPED)
    assert states(world) == dropped | {3: State.RETIRED, 4: State.LIVE}


def test_a_build_that_nobody_goes_on_with_is_dropped_and_begun_anew(world):
    world.journal.append(history(4))
    world.project()
    left = begun_and_left(world)

    now = rebuild(world.projection, world.log, silence=0.3)

    assert now.number == 3
    assert states(world) == {1: State.RETIRED, left.number: State.DROPPED, 3: State.LIVE}
    assert compared(version(world, 3)) == compared(world.projection)
    assert inspect(version(world, left.number).engine).get_table_names() == []


def begun_and_left(world):
    """What a rebuild leaves behind that was killed half way."""
    versions = Versions(world.projection)
    left = versions.begin(versions.live().topics)
    storage.make(world.projection, left)
    database = version(world, left.number)
    with closing(world.projector_of(database, group=left.group, most=50)) as projector:
        projector.step()
        projector.step()
    versions.note(left, 50, 300)
    return left


def test_who_comes_while_another_builds_waits_for_it_and_shows_its_progress(world):
    world.journal.append(history(5))
    versions = Versions(world.projection)
    other = versions.begin(versions.live().topics)
    storage.make(world.projection, other)
    told = []

    def tell(progress):
        told.append(progress)
        versions.note(other, 7, 100)
        if len(told) == 3:
            versions.switch(other)

    now = rebuild(world.projection, world.log, tell, silence=30.0)

    assert now.number == other.number
    assert told[-1] == Progress(other.number, 7, 100, ours=False)
    assert states(world) == {1: State.RETIRED, 2: State.LIVE}


def test_who_wants_other_generations_waits_and_then_builds_its_own(world):
    versions = Versions(world.projection)
    live = versions.live().topics
    other = versions.begin(live)
    storage.make(world.projection, other)

    def tell(progress):
        if not progress.ours:
            versions.switch(other)

    now = rebuild(world.projection, world.log, tell, folded=live[1:])

    assert (now.number, now.topics) == (3, live[1:])


def test_who_was_away_for_so_long_that_another_began_anew_does_no_harm(world):
    world.journal.append(history(6))
    world.project()
    others = []

    def tell(progress):
        if progress.ours and not others:
            others.append(rebuild(world.projection, world.log, silence=0.0))

    with pytest.raises(TakenOver):
        rebuild(world.projection, world.log, tell)

    assert (others[0].number, Versions(world.projection).live().number) == (3, 3)
    assert compared(version(world, 3)) == compared(world.projection)


def test_who_stops_it_leaves_nothing_behind(world):
    world.journal.append(history(7))
    world.project()

    def stopped(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(world.projection, world.log, stopped)

    assert states(world) == {1: State.LIVE, 2: State.DROPPED}
    assert inspect(version(world, 2).engine).get_table_names() == []


def test_where_the_live_version_gets_no_further_it_need_not_either(world, monkeypatch):
    monkeypatch.setattr(catching_up, "PATIENCE", 0.3)
    break_the_chain(world)
    world.project()

    rebuild(world.projection, world.log)

    assert compared(version(world, 2)) == compared(world.projection)


def test_where_the_log_can_not_be_folded_as_far_as_before_nothing_changes(world, monkeypatch):
    monkeypatch.setattr(catching_up, "PATIENCE", 0.3)
    break_the_chain(world)
    world.project()
    with world.projection.write() as connection:
        marks = tables.marks
        connection.execute(marks.update().where(marks.c.sequence == 1).values(sequence=3))

    with pytest.raises(StandsStill, match=r"bosatt\.settlements partition \d at offset 1 of 2"):
        rebuild(world.projection, world.log)

    assert states(world) == {1: State.LIVE, 2: State.DROPPED}


def break_the_chain(world):
    """A record that can't be: it lies before and after the mark."""
    event = world.journal.settle(1)
    topic = topic_of("settlements")
    number = topic.partition_of("0301")
    value = log_value(event, 3, 0)
    with closing(world.log.producer(topic, 1)) as producer:
        producer.send([OutgoingRecord(number, "0301", value)])


class Unsteady:
    """A log of which reading fails so many times."""

    def __init__(self, log, failures):
        self._log = log
        self._failures = failures

    def __getattr__(self, name):
        return getattr(self._log, name)

    def consumer(self, group, topics):
        consumer = self._log.consumer(group, topics)
        poll = consumer.poll

        def unsteady(timeout, most):
            if self._failures:
                self._failures -= 1
                raise LogUnreachable
            return poll(timeout, most)

        consumer.poll = unsteady
        return consumer


def test_a_log_that_fails_for_a_moment_is_read_again(world):
    world.journal.append(history(8))
    world.project()

    rebuild(world.projection, Unsteady(world.log, 3))

    assert compared(version(world, 2)) == compared(world.projection)


def test_a_log_that_fails_again_and_again_is_given_up(world, monkeypatch):
    monkeypatch.setattr(catching_up, "MOST_FAILURES", 2)
    world.journal.append(history(8))
    world.project()

    with pytest.raises(StandsStill, match="LogUnreachable"):
        rebuild(world.projection, Unsteady(world.log, 100))

    assert states(world) == {1: State.LIVE, 2: State.DROPPED}
