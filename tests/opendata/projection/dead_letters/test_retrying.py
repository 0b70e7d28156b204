"""A retry tries a parked event now; what was held behind it follows it in order, or waits on."""

import orjson
import pytest
from sqlalchemy import func, select

from services.chassis import metrics
from services.chassis.log.port import LogUnreachable
from services.contract.codes import Dimension
from services.opendata.projection import tables
from services.opendata.projection.dead_letters import reviewing
from services.opendata.projection.dead_letters.operation import PARTITION
from services.opendata.release import tables as released
from tests.opendata.projection.dead_letters.desk import SETTLEMENTS
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import contents


def ignored(reason):
    return metrics.OPERATIONS_IGNORED.labels(reason)._value.get()


def test_what_can_be_read_by_now_is_counted_with_all_behind_it_in_order(world, desk, mend):
    world.journal.settle(1)
    desk.spoil_correction(1, "4601")
    desk.correct(1, "1103")
    desk.withdraw(1)
    world.journal.settle(2)
    assert (desk.settled(), desk.settled("4601"), desk.settled("1103")) == (2, None, None)
    mend()

    desk.retry(desk.rows()[0])

    assert (desk.settled(), desk.settled("4601"), desk.settled("1103")) == (1, 0, 0)
    assert desk.rows() == []


def test_what_still_cannot_be_read_stays_parked_with_one_more_try(world, desk):
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    desk.correct(1)
    world.project()

    for _ in range(2):
        desk.retry(desk.rows()[0])
        desk.act()

    assert [(row.state, row.tries, row.reason) for row in desk.rows()] == [
        ("parked", 2, "later version"),
        ("held", 0, ""),
    ]
    assert desk.rows()[0].open


def test_the_next_that_cannot_be_read_is_parked_in_its_place(world, desk, mend):
    world.journal.settle(1)
    desk.spoil_correction(1, "4601")
    desk.correct(1, "1103")
    desk.spoil("settlement.withdrawn", {}, person(1), {"type": "no.bosatt.person.vanished.v1"})
    world.journal.post("settlement.attributes-erased", {}, subject=person(1))
    world.project()
    mend()

    desk.retry(desk.rows()[0])

    assert (desk.settled(), desk.settled("4601"), desk.settled("1103")) == (0, 0, 1)
    assert [(row.offset, row.state, row.reason) for row in desk.rows()] == [
        (3, "parked", "unknown type"),
        (4, "held", ""),
    ]


def test_one_stream_is_retried_and_another_waits_on(world, desk, mend):
    world.journal.settle(1)
    world.journal.settle(2)
    desk.spoil_correction(1, "4601")
    desk.spoil_correction(2, "4601")
    desk.withdraw(2)
    world.project()
    mend()

    desk.retry(desk.rows()[0])

    assert (desk.settled(), desk.settled("4601")) == (1, 1)
    assert [(row.subject, row.state) for row in desk.rows()] == [(person(2), "parked"), (person(2), "held")]


def test_the_events_behind_one_of_which_only_the_key_is_known_go_on_with_it(world, desk):
    """Garbage is never counted, but while it lies there, nothing of its key is."""
    desk.garbage()
    world.journal.settle(1)
    desk.poison(person(2))
    world.project()

    desk.retry(desk.rows()[0])
    desk.act()

    assert [(row.state, row.tries) for row in desk.rows()] == [("parked", 1), ("held", 0), ("held", 0)]


def test_more_are_held_than_are_read_at_once(world, desk, mend, monkeypatch):
    monkeypatch.setattr(reviewing, "AT_ONCE", 3)
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024-01-01"}, person(0))
    for day in range(2, 20):
        desk.correct(0, settled_on=f"2024-01-{day:02d}")
        world.journal.settle(day)
    world.project()
    mend()

    desk.retry(desk.rows()[0])

    assert desk.settled() == 19
    assert desk.rows() == []
    with world.projection.read() as connection:
        cells = tables.cells.c
        days = connection.execute(select(cells.day, func.sum(cells.persons)).group_by(cells.day))
        assert {day: int(persons) for day, persons in days if persons} == {"2024-01-19": 1, "2024-05-17": 18}


def test_a_retry_is_released_though_its_partitions_mark_stays(world, desk, mend):
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    assert desk.settled() is None
    marks = world.marks()
    mend()

    desk.retry(desk.rows()[0])

    assert desk.settled() == 1
    assert world.marks() == marks


def test_breakdowns_are_released_too_of_what_was_counted_late(world, desk, mend):
    world.journal.settle(1, sex="female")
    desk.spoil_correction(1, "4601", sex="male")
    world.journal.settle(2, "4601", sex="female")
    desk.settled()
    before = [world.breakdown(code, Dimension.SEX) for code in ("0301", "4601", "NO")]
    mend()

    desk.retry(desk.rows()[0])
    desk.settled()

    assert before == [{"female": 1}, {"female": 1}, {"female": 2}]
    after = [world.breakdown(code, Dimension.SEX) for code in ("4601", "NO")]
    assert after == [{"female": 1, "male": 1}] * 2
    assert world.breakdown("4601", Dimension.SEX, Dimension.MONTH) == {
        ("female", "2024-05"): 1,
        ("male", "2024-05"): 1,
    }


def test_a_release_names_the_operations_that_it_contains(world, desk, mend):
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    desk.settled()
    mend()
    desk.retry(desk.rows()[0])
    desk.settled()

    with world.released.read() as connection:
        marks = connection.scalars(
            select(released.releases.c.marks).order_by(released.releases.c.number)
        ).all()
    assert [orjson.loads(one)["operations/1/0"] for one in marks] == [0, 1]


def test_listeners_hear_of_what_a_retry_has_counted(world, desk, mend):
    heard = []
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    world.project()
    world.projector.on_commit(lambda: heard.append(True))
    desk.retry(desk.rows()[0])
    desk.act()
    mend()
    desk.retry(desk.rows()[0])

    desk.act()

    assert heard == [True]


def test_a_place_changes_when_the_last_event_did_not_when_it_was_retried(world, desk, mend):
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    world.journal.settle(2)
    world.project()
    mend()

    desk.retry(desk.rows()[0])
    world.project()
    desk.act()

    changes = {(row[2], row[3]) for row in contents(world.projection)["changes"] if row[0] == "0301"}
    assert changes == {("settlements/1/1", 2), ("operations/1/0", 1)}


def test_a_record_that_is_gone_from_the_log_stays_parked(world, desk, monkeypatch):
    desk.poison(person(1))
    world.project()
    monkeypatch.setattr(world.projector._operations, "_log", _Emptied(world.log))

    desk.retry(desk.rows()[0])
    desk.act()

    assert [(row.state, row.reason) for row in desk.rows()] == [("parked", "gone from the log")]


def test_where_the_log_cannot_be_read_nothing_is_done_and_the_retry_comes_again(
    world, desk, mend, monkeypatch
):
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    world.project()
    mend()
    desk.retry(desk.rows()[0])
    with monkeypatch.context() as context:
        context.setattr(world.projector._operations, "_log", _Unreachable(world.log))
        with pytest.raises(LogUnreachable):
            desk.act()
    before = [(row.state, row.tries) for row in desk.rows()], desk.operations()

    assert desk.settled() == 1
    assert before == ([("parked", 0)], [])


def test_another_record_than_the_digest_names_is_left_alone(world, desk, mend):
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    world.project()
    mend()
    before = ignored("digest")

    desk.retry(desk.rows()[0], digest="0" * 64)

    assert desk.settled() is None
    assert [(row.state, row.tries) for row in desk.rows()] == [("parked", 0)]
    assert ignored("digest") == before + 1


def test_what_is_held_or_counted_is_not_retried(world, desk):
    world.journal.settle(1)
    desk.poison(person(1))
    desk.withdraw(1)
    world.project()
    parked, held = desk.rows()
    before = ignored("not_parked")

    desk.retry(held)
    desk.retry(parked, offset=0)
    desk.act()

    assert [(row.state, row.tries) for row in desk.rows()] == [("parked", 0), ("held", 1)]
    assert ignored("not_parked") == before + 2


@pytest.mark.parametrize(
    "place",
    [{"topic": "bosatt.releases"}, {"generation": 2}, {"partition": 6}, {"topic": "bosatt.operations"}],
)
def test_a_place_that_is_not_folded_is_ignored(world, desk, place):
    desk.poison(person(1))
    world.project()
    before = ignored("no_such_place")

    desk.retry(desk.rows()[0], **place)
    desk.act()

    assert ignored("no_such_place") == before + 1
    assert desk.operations() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "no.bosatt.person.settled.v1"},
        {"type": None},
        {"data": None},
        {"data": {"offset": 2**63}},
        {"id": None},
        {"id": "a\x00"},
        {"id": "x" * 201},
        {"recordedtime": None},
    ],
)
def test_an_operation_that_cannot_be_read_is_passed_and_said(world, desk, mend, wrong):
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    world.project()
    mend()
    (row,) = desk.rows()
    before = ignored("unreadable")
    place = {name: getattr(row, name) for name in ("topic", "generation", "partition", "offset", "digest")}
    event = world.journal.compose("deadletter.retried", place, subject="first")
    changed = event | wrong
    if isinstance(wrong.get("data"), dict):
        changed["data"] = event["data"] | wrong["data"]
    world.journal.append_value(PARTITION.topic.topic, "NO", changed)
    desk.retry(row)

    assert desk.settled() == 1
    assert ignored("unreadable") == before + 1


def test_garbage_among_operations_is_passed(world, desk, mend):
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    world.project()
    mend()
    world.journal.append_bytes(PARTITION.topic.topic, "NO", b"{")
    desk.retry(desk.rows()[0])

    assert desk.settled() == 1


def test_an_operation_among_settlements_is_nothing_but_poison(world, desk, mend):
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    world.project()
    (row,) = desk.rows()
    mend()
    place = {name: getattr(row, name) for name in ("topic", "generation", "partition", "offset", "digest")}
    event = world.journal.compose("deadletter.retried", place, subject="first")

    world.journal.append_value(SETTLEMENTS, "4601", event)

    assert desk.settled() is None
    assert {row.reason for row in desk.rows("parked")} == {"later version", "unknown type"}


def test_a_repeated_operation_is_done_once(world, desk):
    desk.poison(person(1))
    world.project()
    desk.retry(desk.rows()[0])
    world.journal.repeat(world.log.read(PARTITION.topic, 0, 0, 1)[0])

    desk.act()

    assert [row.tries for row in desk.rows()] == [1]


def test_of_two_projectors_one_does_what_an_operator_did(world, desk, mend):
    projectors = [world.new_projector(), world.new_projector()]
    desk.spoil("person.settled", {"municipality": "0301", "settledOn": "2024"}, person(1))
    while world.waiting():
        for one in projectors:
            one.step()
    for one in projectors:
        one._operations.take_in()
    mend()
    desk.retry(desk.rows()[0])

    for one in projectors:
        one.step()

    world.releaser.step()
    assert world.totals("0301", 2024).settled == 1


def test_operations_are_kept_as_they_were_read(world, desk):
    desk.poison(person(1))
    world.project()
    (row,) = desk.rows()
    desk.retry(row)
    desk.drop(row, last_applied=None, cause="not_ours", note="Sent by a test.")
    desk.act()

    first, second = desk.operations()
    assert (first.operation, first.sequence, first.digest, first.waits) == ("retried", 1, row.digest, False)
    assert (first.last_applied, first.fault, first.cause, first.note) == (None, None, None, None)
    assert (second.operation, second.sequence, second.cause, second.note) == (
        "dropped",
        2,
        "not_ours",
        "Sent by a test.",
    )
    content = orjson.loads(world.log.read(PARTITION.topic, 0, 1, 1)[0].value)
    assert (second.event_id, second.recorded_time) == (content["id"], content["recordedtime"])


def test_a_broken_chain_of_operations_stops_them_and_nothing_else(world, desk):
    metrics.CONSUMER_STOPPED.clear()
    desk.poison(person(1))
    world.project()
    desk.retry(desk.rows()[0])
    desk.act()
    world.journal._chains[PARTITION.topic, 0] = 0
    desk.retry(desk.rows()[0])
    world.journal.settle(2)

    assert desk.settled() == 1
    assert [row.tries for row in desk.rows()] == [1]
    assert metrics.CONSUMER_STOPPED.labels("operations", "bosatt.operations", 0)._value.get() == 1
    with world.projection.read() as connection:
        marks = tables.marks.c
        query = select(marks.sequence, marks.offset).where(marks.topic == "bosatt.operations")
        assert connection.execute(query).one() == (1, 1)


class _Emptied:
    """A log whose settlements have been deleted."""

    def __init__(self, log):
        self._log = log
        self.end_offsets = log.end_offsets

    def read(self, topic, partition, start, most):
        return [] if topic.topic == SETTLEMENTS else self._log.read(topic, partition, start, most)


class _Unreachable(_Emptied):
    def read(self, topic, partition, start, most):
        if topic.topic == SETTLEMENTS:
            raise LogUnreachable("down")
        return self._log.read(topic, partition, start, most)


def test_whoever_was_faster_with_one_operation_all_are_taken_in_before_a_batch(world, desk, monkeypatch):
    """So that nobody who folds anew beside others comes to a record before what was done to it."""
    first, second = world.projector, world.new_projector(wait=0.0)
    second._operations.take_in()
    second.close()
    for number in range(3):
        desk.poison(person(number))
    world.project()
    for row in desk.rows():
        desk.retry(row)
    with monkeypatch.context() as context:
        context.setattr(first._operations, "_log", _OnlyTheFirst(world.log))
        first._operations.take_in()
    one = [row.tries for row in desk.rows()]

    second._operations.take_in()

    assert (one, [row.tries for row in desk.rows()]) == ([1, 0, 0], [1, 1, 1])


class _OnlyTheFirst:
    """A log on which only the first operation stands so far."""

    def __init__(self, log):
        self._log = log

    def end_offsets(self, _topic):
        return [1]

    def read(self, topic, partition, start, most):
        limit = 1 if topic == PARTITION.topic else most
        return self._log.read(topic, partition, start, limit)
