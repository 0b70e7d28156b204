"""A cap on what waits for the log: what is refused at it, what is not, and how it opens again."""

import threading
import time

import pytest
from sqlalchemy.exc import OperationalError

from services.chassis.auth.local_issuer import LocalIssuer
from services.chassis.commands.backlog import Cap, Room
from services.chassis.commands.service import CommandService, relay_loop
from services.chassis.log.embedded import EmbeddedLog
from services.chassis.relay.outbox import Backlog
from services.running.topics import needed_topics
from tests.chassis.commands.posting import event
from tests.chassis.commands.running import issuer_key

PLENTY = 10**9


class Outbox:
    """Says what waits as a test has set it, and counts how often it is asked; may take its time."""

    def __init__(self):
        self.events = 0
        self.bytes = 0
        self.asked = 0
        self.takes = 0.0
        self.now = 100.0
        self.error = None

    def measure(self):
        self.asked += 1
        self.now += self.takes
        if self.error is not None:
            raise self.error
        return Backlog(self.events, self.bytes, None)

    def clock(self):
        return self.now


@pytest.fixture
def outbox():
    return Outbox()


def room(outbox, *, events=PLENTY, size=PLENTY):
    return Room(outbox.measure, Cap(events, size), outbox.clock)


def take(opened, count, size=1):
    """How many of so many events found room."""
    taken = 0
    for _ in range(count):
        opened.look()
        taken += opened.take(size)
    return taken


def test_as_many_are_taken_as_there_is_room_for_without_asking_for_each(outbox):
    opened = room(outbox, events=100)

    assert take(opened, 200) == 100
    assert outbox.asked < 5


def test_what_waited_before_counts(outbox):
    outbox.events = 95

    assert take(room(outbox, events=100), 20) == 5


def test_bytes_count_too(outbox):
    outbox.bytes = 400

    assert take(room(outbox, size=1_000), 20, size=200) == 3


def test_a_full_service_opens_when_less_waits(outbox):
    opened = room(outbox, events=10)
    outbox.events = 10
    assert take(opened, 1) == 0

    outbox.events = 4
    outbox.now += 1

    assert take(opened, 20) == 6


def test_an_old_measurement_refuses_nobody(outbox):
    """More are taken in a second than the cap, and all of it is relayed at once."""
    opened = room(outbox, events=10)

    for _ in range(5):
        outbox.now += 0.2
        assert take(opened, 10) == 10


def test_a_full_service_is_not_measured_for_each_that_it_refuses(outbox):
    opened = room(outbox, events=10)
    outbox.events = 10
    take(opened, 1)
    asked = outbox.asked

    take(opened, 1_000)

    assert outbox.asked == asked


def test_what_takes_long_to_measure_is_measured_seldom(outbox):
    opened = room(outbox, events=10)
    outbox.events, outbox.takes = 10, 2.0
    take(opened, 1)

    for _ in range(50):
        outbox.now += 1.0
        take(opened, 1)

    assert outbox.asked == 2


def test_what_others_store_is_noticed_in_a_while(outbox):
    opened = room(outbox, events=10)
    assert take(opened, 1) == 1

    outbox.events = 10
    outbox.now += 1.5

    assert take(opened, 1) == 0


def test_where_the_store_can_not_be_asked_what_was_counted_stands(outbox):
    opened = room(outbox, events=10)
    take(opened, 4)
    outbox.error = OperationalError("select", {}, Exception())
    outbox.now += 5

    assert take(opened, 20) == 6


def test_room_for_what_was_not_stored_after_all_is_given_back(outbox):
    opened = room(outbox, events=10, size=1_000)
    assert take(opened, 10, size=100) == 10

    opened.give_back_all([100])

    assert opened.take(100)
    assert not opened.take(100)


def test_while_there_is_room_nobody_waits_for_anothers_measurement(outbox):
    measuring, go_on = threading.Event(), threading.Event()
    opened = room(outbox, events=10)
    take(opened, 1)

    def slowly():
        measuring.set()
        go_on.wait(10)
        return Backlog(0, 0, None)

    opened._measure = slowly
    outbox.now += 5
    other = threading.Thread(target=opened.look)
    other.start()
    assert measuring.wait(10)

    assert take(opened, 1) == 1

    go_on.set()
    other.join(10)


CAP = 3


@pytest.fixture
def capped(decisions):
    """The decisions service with little room."""
    service = CommandService(
        "decisions", decisions.domain, decisions.service.store, decisions.clock, Cap(CAP, PLENTY)
    )
    decisions.service, decisions.app = service, service.app(LocalIssuer(issuer_key()))
    return decisions


def decided(number):
    return event("quota.decided", changes={"year": 2020 + number}, id=f"event-{number}")


def test_at_the_cap_a_new_event_is_503_and_says_when_to_try_again(capped):
    accepted = [capped.post(decided(number)).status_code for number in range(CAP)]

    refused = capped.post(decided(CAP))

    assert accepted == [201] * CAP
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "30"
    assert refused.json["type"] == "urn:bosatt:problem:backlog"
    assert len(capped.stored()) == CAP


def test_at_the_cap_what_is_stored_is_answered_and_a_dry_run_too(capped):
    for number in range(CAP):
        capped.post(decided(number))
    assert capped.post(decided(CAP)).status_code == 503

    again = capped.post(decided(1))
    rehearsed = capped.post(decided(CAP), query="?dryRun=true")
    conflict = capped.post(event("quota.decided", changes={"year": 2029}, id="event-1"))
    impossible = capped.post(event("quota.decided", changes={"year": 2020}))

    assert (again.status_code, again.json["status"]) == (200, "duplicate")
    assert (rehearsed.status_code, rehearsed.json["status"]) == (201, "accepted")
    assert (conflict.status_code, impossible.status_code) == (409, 409)


def test_it_opens_again_by_itself_once_the_log_has_taken_what_waited(capped, tmp_path):
    for number in range(CAP):
        capped.post(decided(number))
    assert capped.post(decided(CAP)).status_code == 503
    log = EmbeddedLog(f"sqlite:///{tmp_path / 'log.db'}")
    topic = capped.service.topic
    log.ensure(needed_topics())
    relay = relay_loop("decisions", capped.service.store, log, topic)
    relay.start()

    deadline = time.monotonic() + 20
    while capped.post(decided(CAP)).status_code != 201 and time.monotonic() < deadline:
        time.sleep(0.02)
    relay.stop()
    log.close()

    assert len(capped.stored()) == CAP + 1
