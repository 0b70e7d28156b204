"""Loops that wait, fail, go on and end."""

import threading
import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest
import structlog

from services.chassis import loops
from services.chassis.log.port import LogError
from services.chassis.loops import Backoff, Late, Loop
from services.chassis.metrics import REGISTRY

LONG = 60.0
PATIENCE = 10.0

Open = Callable[..., Loop]


@pytest.fixture
def started() -> Iterator[Open]:
    opened: list[Loop] = []

    def start(step: Callable[[], bool], **others: object) -> Loop:
        loop = Loop("test", step, **{"idle": LONG, **others})
        opened.append(loop)
        loop.start()
        return loop

    yield start
    for loop in opened:
        loop.stop()


class Step:
    """A step that counts its calls, and can be waited for."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.calls = 0
        self._answers = list(answers)
        self._called = threading.Condition()

    def __call__(self) -> bool:
        answer = self._answers.pop(0) if self._answers else False
        with self._called:
            self.calls += 1
            self._called.notify_all()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def called(self, times: int) -> bool:
        with self._called:
            return self._called.wait_for(lambda: self.calls >= times, PATIENCE)


def failures() -> float:
    return REGISTRY.get_sample_value("bosatt_loop_failures_total", {"loop": "test"}) or 0.0


def test_a_step_with_more_to_do_is_called_again_at_once(started: Open) -> None:
    step = Step(True, True, True)

    started(step)

    assert step.called(4)


def test_a_step_with_nothing_to_do_is_called_again_when_woken(started: Open) -> None:
    step = Step()
    loop = started(step)
    assert step.called(1)

    loop.wake()

    assert step.called(2)


def test_a_step_with_nothing_to_do_is_called_again_after_a_while(started: Open) -> None:
    step = Step()

    started(step, idle=0.01)

    assert step.called(3)


def test_being_woken_in_the_middle_of_a_step_is_not_lost(started: Open) -> None:
    calls = count(1)
    twice = threading.Event()

    def step() -> bool:
        if next(calls) == 1:
            loop.wake()
        else:
            twice.set()
        return False

    loop = Loop("test", step, idle=LONG)
    loop.start()

    assert twice.wait(PATIENCE)
    loop.stop()


def test_a_step_that_failed_is_counted_and_tried_again(started: Open) -> None:
    before = failures()
    step = Step(ValueError("secret"), ValueError("secret"))

    started(step)

    assert step.called(3)
    assert failures() == before + 2


def test_a_loop_that_is_stopped_finishes_its_step_and_says_goodbye(started: Open) -> None:
    ended = threading.Event()
    step = Step()
    loop = started(step, on_stop=ended.set)
    assert step.called(1)

    loop.stop()

    assert ended.is_set()
    assert not loop.is_alive
    assert loop.name == "test"


def test_a_loop_is_stopped_in_the_middle_of_a_pause_after_failure(
    started: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops.Backoff, "pause", lambda _self: LONG)
    step = Step(ValueError())
    loop = started(step)
    assert step.called(1)

    loop.stop()

    assert not loop.is_alive


def test_a_loop_that_fails_to_say_goodbye_ends_all_the_same(started: Open) -> None:
    def fail() -> None:
        raise OSError

    loop = started(Step(), on_stop=fail)

    loop.stop()

    assert not loop.is_alive


def test_a_stop_that_comes_just_before_a_step_is_not_slept_through() -> None:
    class JustAfterTheLook(threading.Event):
        def is_set(self) -> bool:
            was = super().is_set()
            self.set()
            loop.wake()
            return was

    loop = Loop("test", Step(), idle=LONG)
    loop._stopping = JustAfterTheLook()

    loop.start()
    loop._thread.join(PATIENCE)

    assert not loop.is_alive


def test_stopping_does_not_wait_for_ever(started: Open) -> None:
    go_on = threading.Event()
    step_begun = threading.Event()

    def step() -> bool:
        step_begun.set()
        return not go_on.wait(PATIENCE)

    loop = started(step)
    assert step_begun.wait(PATIENCE)

    loop.stop(timeout=0.01)

    assert loop.is_alive
    go_on.set()


def test_a_loop_that_was_never_started_can_be_stopped() -> None:
    loop = Loop("test", Step(), idle=LONG)

    loop.stop()

    assert not loop.is_alive


def test_pauses_double_up_to_a_bound_and_begin_anew_after_success() -> None:
    backoff = Backoff(shortest=1.0, longest=5.0)

    pauses = [backoff.pause() for _ in range(5)]
    backoff.reset()
    again = backoff.pause()

    for pause, middle in zip([*pauses, again], [1, 2, 4, 5, 5, 1], strict=True):
        assert 0.8 * middle <= pause <= 1.2 * middle


class AWorker:
    def __init__(self) -> None:
        self.steps = 0
        self.closed = False

    def step(self) -> bool:
        self.steps += 1
        return True

    def close(self) -> None:
        self.closed = True


def test_a_late_worker_is_made_when_it_can_be_and_once() -> None:
    worker = AWorker()
    tries: list[AWorker | Exception] = [OSError(), OSError(), worker]

    def make() -> AWorker:
        made = tries.pop(0)
        if isinstance(made, Exception):
            raise made
        return made

    late = Late(make)
    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011 - which one does not matter
            late.step()

    assert [late.step(), late.step()] == [True, True]
    late.close()

    assert (worker.steps, worker.closed, tries) == (2, True, [])


def test_a_late_worker_that_was_never_made_is_not_made_to_be_closed() -> None:
    Late(lambda: pytest.fail("made")).close()


def test_a_loop_says_of_what_its_steps_fail_and_when_they_do_no_more(
    started: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops.Backoff, "pause", lambda _self: 0.001)
    seen: list[str | None] = []
    errors: list[Exception] = [LogError("no topic"), LogError("no topic"), LogError("no topic")]

    def step() -> bool:
        seen.append(loop.failing)
        if errors:
            raise errors.pop()
        return len(seen) < 5

    loop = Loop("test", step, idle=LONG)
    loop.start()
    deadline = time.monotonic() + PATIENCE
    while len(seen) < 5:
        assert time.monotonic() < deadline
    loop.stop()

    # One failure alone may pass by; the second says that something is wrong.
    assert seen == [None, None, "no topic", "no topic", None]


def test_a_failure_is_logged_when_it_begins_and_when_it_ends_and_not_each_time(
    started: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops.Backoff, "pause", lambda _self: 0.001)
    with structlog.testing.capture_logs() as logged:
        step = Step(*[ValueError("secret")] * 4, KeyError("secret"), False)
        loop = started(step)
        assert step.called(6)
        loop.stop()

    told = [(one["event"], one["error"]) for one in logged if one.get("loop") == "test"]
    assert told == [
        ("loop.failed", "ValueError"),
        ("loop.failed", "KeyError"),
        ("loop.recovered", "KeyError"),
    ]
