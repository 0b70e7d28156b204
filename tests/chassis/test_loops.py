"""Loops that wait, fail, go on and end."""

import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from services.chassis import loops
from services.chassis.loops import Backoff, Loop
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
