"""What is well is said to be well, whatever is going on meanwhile."""

from services.opendata.projection.rebuild import rebuild
from tests.running.checking.system import OSLO, SETTLED, person, wrong


def test_an_empty_system_agrees_with_itself(system):
    assert wrong(system.check()) == set()


def test_a_system_with_a_little_of_everything_agrees_with_itself(system):
    system.tell_a_story()

    found = system.check()

    assert wrong(found) == set()
    assert all(outcome.notes == [] for outcome in found.values())
    assert all(found[name].compared > 30 for name in ("versions", "stores", "released", "sums"))


def test_what_is_on_its_way_makes_no_difference(system):
    system.tell_a_story()
    system.settle_person(20)
    stored = wrong(system.check())
    system.relay()
    relayed = wrong(system.check())
    system.post("quota.revised", OSLO | {"persons": 99, "decidedOn": "2024-04"})
    system.relay()
    system.project()
    projected = wrong(system.check())

    assert (stored, relayed, projected) == (set(), set(), set())


def test_posting_between_two_pieces_of_work_makes_no_difference(system, monkeypatch):
    from services.running.checking import streams, versions
    from services.running.checking.checks import Run
    from services.running.checking.sources import sources_of

    monkeypatch.setattr(streams, "AT_ONCE", 2)
    monkeypatch.setattr(versions, "SEQUENCES_AT_ONCE", 3)
    system.tell_a_story()
    run = Run(sources_of(system.settings, system.opened.database))

    for number, _ in enumerate(run.pieces()):
        if number < 40:
            system.settle_person(100 + number)
            system.post("settlement.corrected", SETTLED | {"sex": "male"}, person(100 + number))
            system.post("settlement.corrected", SETTLED | {"sex": "female"}, person(1))
        if number % 3 == 0:
            system.settle()

    assert [(one.check.value, one.listed) for one in run.outcomes if not one.is_well] == []


def test_after_a_rebuild_everything_agrees_before_and_after_the_next_release(system):
    system.tell_a_story()
    rebuild(system.projection, system.opened.log)

    before = system.check()
    system.project()
    system.release()
    after = system.check()

    assert (wrong(before), wrong(after)) == (set(), set())
    assert before["released"].notes == [
        "Not compared: the projection was made anew, and nothing has been released from it yet."
    ]
    assert after["released"].notes == []
    assert after["released"].compared > 30
