"""A release says up to which moment everything recorded is in it, and never more than is true."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contract.envelope import read_time, time_text
from services.contract.event_types import COMMAND_SERVICES
from services.opendata.release.heartbeats import MOST_KEPT
from tests.opendata.projection.journal import later, person


def through(world):
    with world.published.open() as numbers:
        moment = numbers.release.data_through
    return None if moment is None else time_text(moment)


def test_while_a_service_has_not_been_heard_of_nothing_is_said(world):
    event = world.journal.settle(1)
    for service in COMMAND_SERVICES[:2]:
        world.journal.heartbeat(service, event["recordedtime"])

    world.publish()

    assert through(world) is None


def test_it_is_the_earliest_of_what_the_services_say(world):
    event = world.journal.settle(1)
    world.journal.heartbeat("requests", later(event["recordedtime"], 3))
    world.journal.heartbeat("decisions", later(event["recordedtime"], 1))
    world.journal.heartbeat("settlements", later(event["recordedtime"], 2))

    world.publish()

    assert through(world) == later(event["recordedtime"], 1)


def test_what_is_on_the_log_and_not_projected_holds_it_back(world):
    first = world.journal.settle(1)
    world.journal.heartbeats(first["recordedtime"])
    world.publish()
    second = world.journal.settle(2)
    world.journal.heartbeats(second["recordedtime"])

    world.releaser.step()

    assert through(world) == first["recordedtime"]
    world.publish()
    assert through(world) == second["recordedtime"]


def test_a_release_follows_when_numbers_stay_but_all_is_known_to_be_in(world):
    event = world.journal.settle(1)
    world.publish()
    before = through(world)
    world.journal.heartbeats(event["recordedtime"])

    released = world.releaser.step()

    assert (before, released, through(world)) == (None, True, event["recordedtime"])


def test_once_all_is_in_further_heartbeats_make_no_releases(world):
    event = world.journal.settle(1)
    world.journal.heartbeats(event["recordedtime"])
    world.publish()
    world.journal.heartbeats(later(event["recordedtime"], 60))

    assert world.releaser.step() is False


def test_while_something_is_missing_heartbeats_make_no_releases(world):
    event = world.journal.settle(1)
    world.publish()
    world.journal.heartbeats(later(event["recordedtime"], -5))

    assert world.releaser.step() is False


def test_an_event_that_changes_no_number_is_told_of_all_the_same(world):
    world.journal.settle(1)
    withdrawn = world.journal.post("settlement.withdrawn", {}, subject=person(1))
    world.journal.heartbeats(withdrawn["recordedtime"])
    world.publish()
    erased = world.journal.post("settlement.attributes-erased", {}, subject=person(1))
    world.journal.heartbeats(erased["recordedtime"])

    world.publish()

    assert through(world) == erased["recordedtime"]


def test_a_service_that_is_quiet_does_not_take_back_what_was_said(world):
    event = world.journal.settle(1)
    world.journal.heartbeats(later(event["recordedtime"], 60))
    world.publish()
    world.journal.settle(2)
    world.publish()

    assert through(world) == later(event["recordedtime"], 60)


def test_a_stopped_partition_holds_it_back(world):
    first = world.journal.settle(1)
    world.journal.heartbeats(first["recordedtime"])
    told = {"type": "no.bosatt.person.vanished.v1", "recordedtime": later(first["recordedtime"], 1)}
    world.publish()
    world.journal.append_value("bosatt.settlements", "0301", {**told, "data": {}, "origin": "reported"})
    second = world.journal.settle(2, "4601")
    for beat in range(MOST_KEPT):
        world.journal.heartbeat("settlements", later(second["recordedtime"], beat))

    world.publish()

    assert world.totals("4601").settled == 1
    assert through(world) == first["recordedtime"]


def test_after_a_long_burst_the_newest_heartbeats_tell(world):
    world.releaser.step()
    for number in range(3):
        event = world.journal.settle(number)
        world.journal.heartbeats(event["recordedtime"])
    for beat in range(MOST_KEPT + 10):
        world.journal.heartbeat("settlements", later(event["recordedtime"], beat))
    world.publish()

    assert through(world) == event["recordedtime"]


def test_a_releaser_that_starts_again_hears_the_newest_heartbeats(world):
    event = world.journal.settle(1)
    world.project()
    for beat in range(600):
        world.journal.heartbeat("settlements", later(event["recordedtime"], beat))
    world.journal.heartbeat("requests", event["recordedtime"])
    world.journal.heartbeat("decisions", event["recordedtime"])

    world.new_releaser().step()

    assert through(world) == event["recordedtime"]


@pytest.mark.parametrize(
    "value",
    [
        b"{",
        b"[]",
        b'{"data": 5}',
        b'{"data": {"service": "settlements", "generation": 1, "sequences": ["1"], "recordedThrough": "9"}}',
        b'{"data": {"service": "settlements", "generation": 1, "sequences": 1, "recordedThrough": "9"}}',
        b'{"data": {"service": "settlements", "generation": 1, "sequences": [0], "recordedThrough": 9}}',
        b'{"data": {"service": "settlements", "generation": 1, "sequences": [0], "recordedThrough": "9"}}',
        b'{"data": {"service": "elsewhere", "generation": 1, "sequences": [0], "recordedThrough": "9"}}',
    ],
)
def test_a_record_that_is_no_heartbeat_says_nothing(world, value):
    event = world.journal.settle(1)
    world.journal.heartbeat_value("settlements", value)
    world.journal.heartbeats(event["recordedtime"])

    world.publish()

    assert through(world) == event["recordedtime"]


def test_a_heartbeat_of_a_later_version_is_heard(world):
    event = world.journal.settle(1)
    world.journal.heartbeats(event["recordedtime"], mood="cheerful")

    world.publish()

    assert through(world) == event["recordedtime"]


ACTIONS = st.lists(
    st.sampled_from(("record", "relay", "beat", "project", "release")), min_size=5, max_size=40
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(actions=ACTIONS)
def test_nothing_recorded_up_to_the_moment_told_is_ever_missing(one_world, actions):
    world = one_world
    world.begin_anew()
    projector = world.new_projector(most=1)
    journal, recorded, waiting = world.journal, [], []
    for number, action in enumerate((*actions, "release")):
        if action == "record":
            data = {"municipality": ("0301", "4601")[number % 2], "settledOn": "2024"}
            waiting.append(journal.compose("person.settled", data, subject=person(number)))
            recorded.append(waiting[-1]["recordedtime"])
        elif action == "relay":
            journal.append(waiting[:1])
            del waiting[:1]
        elif action == "beat" and not waiting:
            journal.heartbeats(journal.next_moment())
        elif action == "project" and world.waiting():
            projector.step()
        elif action == "release":
            world.releaser.step()
            told, settled = through(world), world.totals("NO").settled or 0
            assert told is None or settled >= sum(1 for moment in recorded if moment <= told)
    projector.close()


def test_a_burst_is_told_to_be_complete_at_its_end(world):
    for number in range(30):
        event = world.journal.settle(number)
        if number % 7 == 0:
            world.journal.heartbeats(event["recordedtime"])
            world.publish()
    world.journal.heartbeats(later(event["recordedtime"], 1))

    world.publish()

    assert read_time(through(world)) >= read_time(event["recordedtime"])
    assert world.totals("0301").settled == 30
