"""Those who wait at the same time share one round; nobody fails for another's sake."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.chassis.commands.together import MOST, Together


class Work:
    """Doubles numbers; the first round is held up until it is let go."""

    def __init__(self):
        self.rounds = []
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, numbers):
        self.rounds.append(list(numbers))
        if len(self.rounds) == 1:
            self.begun.set()
            assert self.go_on.wait(60)
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers]


def all_at_once(work, numbers):
    """Hold the first one up until all others wait; the answer or error of each."""
    together = Together(work)
    with ThreadPoolExecutor(len(numbers)) as pool:
        first = pool.submit(together.answer, numbers[0])
        assert work.begun.wait(60)
        others = [pool.submit(together.answer, number) for number in numbers[1:]]
        while len(together._queue) < len(others):
            threading.Event().wait(0.001)
        work.go_on.set()
        return [one.exception(60) or one.result() for one in (first, *others)]


def test_one_alone_gets_its_answer():
    work = Work()
    work.go_on.set()

    assert Together(work).answer(4) == 8


def test_who_waits_meanwhile_is_worked_off_in_one_round():
    work = Work()

    answers = all_at_once(work, [1, 2, 3, 4])

    assert answers == [2, 4, 6, 8]
    assert [sorted(numbers) for numbers in work.rounds] == [[1], [2, 3, 4]]


def test_a_round_that_fails_is_worked_off_one_by_one():
    answers = all_at_once(Work(), [1, 2, 13, 4])

    assert [answers[0], answers[1], answers[3]] == [2, 4, 8]
    with pytest.raises(ValueError, match="thirteen"):
        raise answers[2]


def test_one_alone_that_fails_is_not_tried_twice():
    work = Work()
    work.go_on.set()

    with pytest.raises(ValueError, match="thirteen"):
        Together(work).answer(13)

    assert work.rounds == [[13]]


def test_no_round_is_larger_than_it_may_be(monkeypatch):
    monkeypatch.setattr("services.chassis.commands.together.MOST", 3)
    work = Work()

    answers = all_at_once(work, list(range(20, 30)))

    assert answers == [2 * number for number in range(20, 30)]
    assert max(map(len, work.rounds)) == 3
    assert MOST > 32
