"""Answers that are not waited for too long."""

import threading

import pytest

from services.chassis.bounded import Bounded, NoAnswer

LONG = 10.0


def test_an_answer_in_time_is_given_again_and_again():
    ask = Bounded(lambda: 3, LONG)

    assert [ask() for _ in range(100)] == [3] * 100


def test_what_asking_raises_is_raised():
    def fail():
        raise KeyError("away")

    ask = Bounded(fail, LONG)

    for _ in range(2):
        with pytest.raises(KeyError, match="away"):
            ask()


def test_too_long_is_no_answer_and_nobody_asks_beside_it():
    asked = []
    go_on = threading.Event()
    done = threading.Event()

    def slowly():
        asked.append(1)
        go_on.wait(LONG)
        done.set()

    ask = Bounded(slowly, 0.01)
    for _ in range(3):
        with pytest.raises(NoAnswer):
            ask()

    assert asked == [1]
    go_on.set()
    assert done.wait(LONG)


def test_after_an_answer_that_came_too_late_it_is_asked_anew():
    go_on = threading.Event()
    slow = [True]

    def sometimes():
        if slow:
            slow.pop()
            go_on.wait(LONG)
        return "now"

    ask = Bounded(sometimes, 0.01)
    with pytest.raises(NoAnswer):
        ask()
    go_on.set()

    ask._seconds = LONG
    answer = None
    while answer is None:
        try:
            answer = ask()
        except NoAnswer:
            continue

    assert answer == "now"
