"""A process: it begins when what it needs is there, says what it waits for, and ends in time."""

import threading
import time

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client

from services.chassis import loops
from services.chassis.log.port import LogUnreachable
from services.chassis.loops import Loop
from services.chassis.settings import read_settings
from services.running.opened import Opened
from services.running.process import Process

PATIENCE = 10.0


class APart:
    """A part whose needs fail as often as a test says, with a loop and perhaps a face."""

    needs = "the database of nothing"

    def __init__(self, *failures, answers=True, reason=None, step=lambda: False):
        self.failures = list(failures)
        self.answers = answers
        self.reason = reason
        self.prepared = 0
        self.loop = Loop("a-part", step, idle=60.0)

    def prepare(self):
        self.prepared += 1
        if self.failures:
            raise self.failures.pop(0)

    def loops(self):
        return [self.loop]

    def apps(self, _authenticator):
        app = Flask("a-part")
        app.add_url_rule("/thing", view_func=lambda: "here")
        return {"thing": app} if self.answers else {}

    def why_not_ready(self):
        return self.reason


def away():
    return OperationalError("connect", {}, Exception("refused"))


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(loops.Backoff, "pause", lambda _self: 0.001)


@pytest.fixture
def process_of(monkeypatch, tmp_path):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    made = []

    def make(*parts):
        made.append(Process(Opened(read_settings()), parts))
        return made[-1]

    yield make
    for process in made:
        process.end()


def never(error):
    raise AssertionError(error)


def test_it_begins_at_once_where_all_is_there(process_of):
    part = APart()
    process = process_of(part)

    process.begin()

    assert process.why_not_ready() is None
    assert part.loop.is_alive


@pytest.mark.parametrize("failure", [away(), LogUnreachable("away")])
def test_it_waits_for_what_may_come_back(process_of, failure):
    part = APart(*[failure] * 3)
    process = process_of(part)

    process.begin_when_possible(never)

    assert process.wait_until_begun()
    assert part.prepared == 4
    assert process.why_not_ready() is None


def test_while_it_waits_it_says_for_what_and_answers_503(process_of):
    part = APart()
    there = threading.Event()
    refused = threading.Event()

    def prepare():
        if not there.is_set():
            refused.set()
            raise away()

    part.prepare = prepare
    process = process_of(part)
    client = Client(process.app(None))
    process.begin_when_possible(never)
    assert refused.wait(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while process.why_not_ready() == "starting":
        assert time.monotonic() < deadline

    waiting = client.get("/thing")
    why = process.why_not_ready()
    there.set()
    process.wait_until_begun()

    assert why == "waiting for the database of nothing"
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "1")
    assert waiting.json["type"] == "urn:bosatt:problem:starting"
    assert client.get("/thing").text == "here"


def test_what_waiting_does_not_mend_is_told_at_once(process_of):
    failures = []
    process = process_of(APart(ValueError("broken")))

    process.begin_when_possible(failures.append)
    process._beginning.join(PATIENCE)

    assert [str(error) for error in failures] == ["broken"]
    assert process.why_not_ready() == "starting"


def test_it_can_be_ended_while_it_waits(process_of):
    process = process_of(APart(*[away()] * 100_000))
    process.begin_when_possible(never)

    process.end()

    assert not process._beginning.is_alive()
    assert not process.wait_until_begun()


def test_told_to_stop_it_is_not_ready_before_anything_else_happens(process_of):
    part = APart()
    process = process_of(part)
    process.begin()

    process.ending()

    assert process.why_not_ready() == "stopping"
    assert part.loop.is_alive


def test_its_end_lets_a_step_in_hand_finish(process_of):
    in_hand, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def step():
        in_hand.set()
        go_on.wait(PATIENCE)
        done.set()
        return False

    process = process_of(APart(step=step))
    process.begin()
    assert in_hand.wait(PATIENCE)
    ending = threading.Thread(target=process.end)
    ending.start()

    go_on.set()
    ending.join(PATIENCE)

    assert done.is_set()


def test_a_loop_that_has_stopped_makes_it_unready(process_of):
    part = APart()
    process = process_of(part)
    process.begin()

    part.loop.stop()

    assert process.why_not_ready() == "a-part has stopped"


def test_of_a_process_that_answers_only_what_keeps_it_from_answering_counts(process_of):
    relays = APart(answers=False, reason="it waits for the log")
    answers, alone = process_of(APart(), relays), process_of(APart(answers=False, reason="it waits"))
    answers.begin()
    alone.begin()

    assert answers.why_not_ready() is None
    assert alone.why_not_ready() == "it waits"


def test_loading_comes_after_beginning_and_before_ready(process_of):
    process = process_of(APart())
    process.loading = True
    before = process.why_not_ready()
    process.begin()

    while_loading = process.why_not_ready()
    process.loading = False

    assert (before, while_loading, process.why_not_ready()) == ("starting", "loading", None)


def test_a_path_of_no_part_is_a_problem(process_of):
    process = process_of(APart())
    process.begin()

    answer = Client(process.app(None)).get("/elsewhere")

    assert (answer.status_code, answer.json["type"]) == (404, "urn:bosatt:problem:not-found")
