"""What is parked, held or dropped is in no total, and that is no difference."""

from services.opendata.projection import effects
from services.opendata.projection.dead_letters.posting import operations_so_far, post_operation
from services.opendata.projection.dead_letters.tables import LetterState
from tests.running.checking.system import SETTLED, person, wrong


def test_what_is_parked_and_held_is_counted_nowhere_and_told_as_a_note(system):
    parked(system)

    found = system.check()

    assert wrong(found) == set()
    assert found["stores"].notes == [
        "2 events are parked or held, and are in no total: bosatt deadletters list."
    ]


def test_what_was_counted_after_a_retry_is_expected_again(system, monkeypatch):
    parked(system)
    before = effects._type_of
    monkeypatch.setattr(
        effects, "_type_of", lambda event: before(event | {"type": event["type"].replace(".v2", ".v1")})
    )

    operate(system, "retried")

    found = system.check()
    assert (wrong(found), found["stores"].notes) == (set(), [])
    assert system.letters(*LetterState) == []


def test_what_was_dropped_stays_out_until_the_next_event_of_its_stream_is_counted(system):
    parked(system, behind=False)
    operate(system, "dropped", lastApplied=0, fault="later version", cause="unusable")
    dropped = wrong(system.check())
    system.post("settlement.corrected", SETTLED | {"settledOn": "2023-12-24"}, person(1))
    system.settle()
    followed = wrong(system.check())

    assert (dropped, followed) == (set(), set())
    assert [one.state for one in system.letters(*LetterState)] == [LetterState.DROPPED]


def test_what_was_held_behind_a_dropped_event_is_expected(system):
    parked(system)
    operate(system, "dropped", lastApplied=0, fault="later version", cause="unusable")

    assert wrong(system.check()) == set()
    assert [one.state for one in system.letters(*LetterState)] == [LetterState.DROPPED]


def test_a_stream_of_which_nothing_was_ever_counted_counts_nothing(system):
    system.settle_person(1)
    system.spoil_on_the_log()
    system.settle()

    assert wrong(system.check()) == set()


def parked(system, *, behind=True):
    """A person settled, a correction that nobody can read, and perhaps a withdrawal behind it."""
    system.settle_person(1)
    system.settle_person(2, sex="female")
    system.settle()
    system.post("settlement.corrected", SETTLED | {"district": "030104", "sex": "male"}, person(1))
    system.spoil_on_the_log()
    if behind:
        system.post("settlement.corrected", SETTLED | {"ageGroup": "68+"}, person(1))
    system.settle()
    assert len(system.letters()) == 1


def operate(system, operation, **said):
    (letter,) = system.letters()
    store = system.opened.store("operations")
    after = operations_so_far(store, letter.place)
    post_operation(store, operation, letter.place, after, {"digest": letter.digest, **said})
    system.settle()
