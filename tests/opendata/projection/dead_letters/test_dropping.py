"""A dropped event is left out for good, and the totals stay those of what was counted.

Every event carries the facts before it. After one was left out these are not the facts in the
totals: the next one of its stream takes out what had really been put in.
"""

import pytest

from services.contract.codes import Dimension
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import contents

OSLO_2024 = {"municipality": "0301", "year": 2024}
SETTLED = {"municipality": "0301", "settledOn": "2024-05-17"}


def drop_first(desk, last_applied, **more):
    desk.world.project()
    desk.drop(desk.rows("parked")[0], last_applied, **more)


def totals(desk, code="0301"):
    """All totals of a region in 2024 that are not 0, with their reports, by measure."""
    desk.settled()
    return {
        row[2]: row[5:]
        for row in contents(desk.world.projection)["totals"]
        if row[:2] == (code, 2024) and any(row[5:])
    }


class TestSettlements:
    def test_settled_dropped_then_corrected_counts_the_person_once(self, world, desk):
        desk.spoil("person.settled", SETTLED, person(1))
        desk.correct(1, "4601")
        drop_first(desk, None)

        assert (desk.settled(), desk.settled("4601"), desk.settled("NO")) == (None, 1, 1)
        assert desk.states() == [(0, "dropped")]

    def test_settled_dropped_then_corrected_later_counts_the_person_once(self, world, desk):
        desk.spoil("person.settled", SETTLED, person(1))
        drop_first(desk, None)
        assert desk.settled() is None
        desk.correct(1)
        desk.correct(1, "4601")

        assert (desk.settled(), desk.settled("4601"), desk.settled("NO")) == (0, 1, 1)

    def test_settled_dropped_then_withdrawn_counts_nobody(self, world, desk):
        desk.spoil("person.settled", SETTLED, person(1))
        desk.withdraw(1)
        drop_first(desk, None)

        assert desk.settled("NO") is None
        assert contents(world.projection)["cells"] == []

    def test_corrected_dropped_then_withdrawn_counts_nobody(self, world, desk):
        world.journal.settle(1)
        desk.spoil_correction(1, "4601")
        desk.withdraw(1)
        drop_first(desk, 0)

        assert (desk.settled(), desk.settled("4601"), desk.settled("NO")) == (0, None, 0)

    def test_corrected_dropped_then_corrected_moves_the_person_from_where_they_were_counted(
        self, world, desk
    ):
        world.journal.settle(1, sex="female")
        desk.spoil_correction(1, "4601", sex="male")
        desk.correct(1, "1103", sex="unknown")
        drop_first(desk, 0)

        assert [desk.settled(code) for code in ("0301", "4601", "1103", "NO")] == [0, None, 1, 1]
        assert world.breakdown("NO", Dimension.SEX) == {"unknown": 1}

    def test_withdrawn_dropped_leaves_the_person_counted(self, world, desk):
        world.journal.settle(1)
        desk.spoil("settlement.withdrawn", {}, person(1))
        drop_first(desk, 0)

        assert desk.settled() == 1

    def test_several_dropped_in_a_row_are_left_out_together(self, world, desk):
        world.journal.settle(1)
        desk.spoil_correction(1, "4601")
        desk.spoil_correction(1, "1103")
        desk.correct(1, "5001")
        drop_first(desk, 0)
        desk.act()
        assert desk.states() == [(1, "dropped"), (2, "parked"), (3, "held")]
        drop_first(desk, 0)

        assert [desk.settled(code) for code in ("0301", "4601", "1103", "5001")] == [0, None, None, 1]

    def test_one_dropped_counted_between_and_one_dropped(self, world, desk):
        world.journal.settle(1)
        desk.spoil_correction(1, "4601")
        desk.correct(1, "1103")
        desk.spoil_correction(1, "4601")
        desk.correct(1, "5001")
        drop_first(desk, 0)
        desk.act()
        assert desk.states() == [(1, "dropped"), (3, "parked"), (4, "held")]
        drop_first(desk, 2)

        assert [desk.settled(code) for code in ("0301", "4601", "1103", "5001")] == [0, None, 0, 1]

    def test_allocation_dropped_then_settled_counts_the_wait_and_the_person_once(self, world, desk):
        allocated = {"municipality": "0301", "allocatedOn": "2024-01-10"}
        desk.spoil("person.allocated", allocated, person(1))
        world.journal.accept(1)
        world.journal.settle(1)
        drop_first(desk, None)

        assert totals(desk) == {"allocated": (1, 2), "awaiting": (0, 2), "settled": (1, 1)}

    def test_accepted_dropped_then_declined_leaves_nobody_allocated(self, world, desk):
        world.journal.allocate(1)
        desk.spoil("allocation.accepted", {"municipality": "0301"}, person(1))
        world.journal.post("allocation.declined", {"municipality": "0301"}, subject=person(1))
        drop_first(desk, 0)

        assert totals(desk) == {"allocated": (0, 1), "awaiting": (0, 1)}

    def test_facts_that_cannot_be_counted_do_not_stand_in_the_way_once_they_were_dropped(self, world, desk):
        """The next event carries as ``previous`` what could not be counted."""
        world.journal.settle(1)
        desk.spoil("settlement.corrected", SETTLED | {"municipality": "9998"}, person(1), {"id": "as it is"})
        desk.correct(1, "4601")
        drop_first(desk, 0)

        assert (desk.settled(), desk.settled("4601")) == (0, 1)
        assert desk.states() == [(1, "dropped")]


class TestRequestsAndDecisions:
    def test_issued_dropped_then_revised_counts_what_is_in_force(self, world, desk):
        desk.spoil("request.issued", OSLO_2024 | {"persons": 100, "issuedOn": "2024-01"})
        revised = OSLO_2024 | {"persons": 80, "revisedOn": "2024-02"}
        world.journal.post("request.revised", revised)
        drop_first(desk, None)

        assert totals(desk) == {"asked": (1, 1), "requested": (80, 1), "requested_originally": (100, 1)}

    def test_revised_dropped_then_withdrawn_takes_out_what_was_put_in(self, world, desk):
        world.journal.post("request.issued", OSLO_2024 | {"persons": 100, "issuedOn": "2024-01"})
        desk.spoil("request.revised", OSLO_2024 | {"persons": 80, "revisedOn": "2024-02"})
        world.journal.post("request.withdrawn", OSLO_2024 | {"withdrawnOn": "2024-03"})
        drop_first(desk, 0)

        assert totals(desk) == {}

    def test_withdrawn_dropped_then_issued_again_counts_once(self, world, desk):
        world.journal.post("request.issued", OSLO_2024 | {"persons": 100, "issuedOn": "2024-01"})
        desk.spoil("request.withdrawn", OSLO_2024 | {"withdrawnOn": "2024-02"})
        world.journal.post("request.issued", OSLO_2024 | {"persons": 50, "issuedOn": "2024-03"})
        drop_first(desk, 0)

        assert totals(desk) == {"asked": (1, 1), "requested": (50, 1), "requested_originally": (50, 1)}

    def test_shares_of_districts_follow(self, world, desk):
        decided = OSLO_2024 | {"persons": 10, "decidedOn": "2024-01"}
        world.journal.post("quota.decided", decided | {"districts": [{"code": "030101", "persons": 4}]})
        revised = OSLO_2024 | {"decidedOn": "2024-02", "districts": [{"code": "030102", "persons": 5}]}
        desk.spoil("quota.revised", revised)
        world.journal.post("quota.revised", OSLO_2024 | {"persons": 12, "decidedOn": "2024-03"})
        drop_first(desk, 0)

        assert totals(desk)["quota"] == (12, 1)
        assert "quota" not in totals(desk, "030101")
        assert totals(desk, "030102")["quota"] == (5, 1)

    def test_need_dropped_then_announced_again_is_the_one_announced(self, world, desk):
        need = {"year": 2024, "persons": 90, "announcedOn": "2023", "status": "issued"}
        desk.spoil("need.announced", need)
        world.journal.post("need.announced", need | {"persons": 70, "status": "revised"})
        drop_first(desk, None)
        desk.settled()

        assert world.totals("NO").announced == 70

    def test_figure_dropped_leaves_the_one_before(self, world, desk):
        figure = {
            "region": "0301",
            "year": 2024,
            "measure": "settled",
            "status": "exact",
            "persons": 10,
            "publishedOn": "2024",
            "sourceName": "IMDi",
        }
        world.journal.post("figure.published", figure, subject="figure/0301/2024")
        desk.spoil("figure.published", figure | {"persons": 11}, "figure/0301/2024")
        drop_first(desk, 0)
        desk.settled()

        assert [one.persons for one in world.figures("0301")] == [10]


class TestWhatIsNoEventOfAStream:
    """What is not in the chain was never an event: nothing is missing where it is dropped."""

    @pytest.mark.parametrize("value", [b"{", b'{"subject":"%s"}' % person(1).encode()])
    def test_what_follows_garbage_carries_the_facts_in_the_totals(self, world, desk, value):
        world.journal.settle(1)
        desk.garbage(value)
        desk.correct(1, "4601")
        desk.withdraw(1)
        drop_first(desk, None)

        assert (desk.settled(), desk.settled("4601")) == (0, 0)
        assert [(row.state, row.open) for row in desk.rows()] == [("dropped", False)]

    def test_an_event_in_the_chain_without_a_stream_lets_the_whole_key_go_on(self, world, desk):
        world.journal.settle(1)
        desk.poison(subject=None)
        desk.correct(1, "4601")
        world.journal.settle(2)
        drop_first(desk, None)

        assert (desk.settled(), desk.settled("4601")) == (1, 1)

    def test_a_forged_event_in_a_stream_takes_nothing_out_of_it(self, world, desk):
        """It was none of the service's: what the next one carries and what is in the totals agree."""
        world.journal.settle(1)
        desk.poison(person(1))
        desk.correct(1, "4601")
        drop_first(desk, 0)

        assert (desk.settled(), desk.settled("4601")) == (0, 1)


def test_the_next_that_cannot_be_read_holds_what_follows_it(world, desk):
    world.journal.settle(1)
    desk.poison(person(1))
    desk.poison(person(1))
    desk.withdraw(1)
    drop_first(desk, 0)
    desk.act()

    assert desk.states() == [(1, "dropped"), (2, "parked"), (3, "held")]


def test_poison_that_comes_after_a_drop_is_parked_anew(world, desk):
    world.journal.settle(1)
    desk.poison(person(1))
    drop_first(desk, 0)
    desk.act()
    desk.poison(person(1))
    desk.withdraw(1)
    world.project()

    assert desk.states() == [(1, "dropped"), (2, "parked"), (3, "held")]


def test_what_was_dropped_is_not_retried_and_not_counted_by_code_that_could(world, desk, mend):
    desk.spoil("person.settled", SETTLED, person(1))
    drop_first(desk, None)
    desk.act()
    mend()
    desk.retry(desk.rows()[0])

    assert desk.settled() is None
    assert [(row.state, row.tries) for row in desk.rows()] == [("dropped", 1)]


def test_a_row_says_why_it_could_not_be_counted_and_where_the_one_before_stands(world, desk):
    world.journal.settle(1)
    desk.poison(person(1))
    drop_first(desk, 0)
    desk.act()

    (row,) = desk.rows()
    assert (row.state, row.reason, row.last_applied, row.open) == ("dropped", "unknown type", 0, True)


def test_once_it_was_followed_a_dropped_event_is_no_longer_looked_at(world, desk):
    world.journal.settle(1)
    desk.poison(person(1))
    drop_first(desk, 0)
    desk.act()
    desk.withdraw(1)
    world.project()

    assert [row.open for row in desk.rows()] == [False]


@pytest.mark.parametrize(
    ("last_applied", "reason"),
    [
        (1, "the facts before it can't be told"),
        (2, "the facts before it can't be told"),
        (3, "the facts before it can't be told"),
        (77, "the facts before it are gone from the log"),
    ],
    ids=["another stream", "garbage", "itself", "nothing"],
)
def test_where_the_facts_before_cannot_be_had_the_next_event_is_parked(world, desk, last_applied, reason):
    """All stand in one partition. An operator who drops the next one too, rightly, mends it."""
    world.journal.settle(1)
    world.journal.settle(2, "1114")
    desk.garbage(b"{", key="1114")
    desk.poison(person(1))
    desk.withdraw(1)
    world.project()
    desk.drop(desk.rows("parked")[1], last_applied, fault="unknown type")
    desk.act()
    parked = [(row.offset, row.reason) for row in desk.rows("parked")]
    desk.drop(desk.rows("parked")[1], 0)
    desk.withdraw(1)

    assert parked == [(2, "undecodable"), (4, reason)]
    assert desk.settled() == 0


def test_a_held_event_may_be_dropped_before_its_turn(world, desk):
    world.journal.settle(1)
    desk.poison(person(1))
    desk.withdraw(1)
    world.project()
    parked, held = desk.rows()
    desk.drop(held, 0, fault="unknown type")
    desk.act()
    desk.drop(parked, 0)

    assert desk.settled() == 1
    assert desk.states() == [(1, "dropped"), (2, "dropped")]


def test_a_drop_that_comes_too_late_changes_nothing(world, desk):
    world.journal.settle(1)
    desk.poison(person(2))
    world.project()
    (row,) = desk.rows()

    desk.drop(row, None, offset=0)

    assert desk.settled() == 1
    assert desk.states() == [(1, "parked")]


def test_no_row_holds_anything_of_what_was_in_the_record(world, desk):
    secret = "Sissel"
    desk.poison(person(1), name=secret, data={"name": secret})
    desk.garbage(secret.encode())
    world.project()
    for row in desk.rows("parked"):
        desk.drop(row, None)
    desk.act()

    assert secret not in repr(contents(world.projection))
