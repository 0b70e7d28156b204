"""Work for many callers at once: those who wait at the same time share one round of it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MOST = 200
"""Callers in one round."""

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Waiting(Generic[Wish, Answer]):
    wish: Wish
    answers: list[Answer]
    error: BaseException | None = None
    done: bool = False


class Together(Generic[Wish, Answer]):
    """One round at a time is worked off, by one of those who wait, with all who wait by then.

    What a commit costs is shared so: the busier, the less for each. A round that fails as a whole is
    worked off again one by one, so that nobody fails for another's sake.
    """

    def __init__(self, work: Callable[[Sequence[Wish]], Sequence[Answer]]) -> None:
        self._work = work
        self._queue: list[_Waiting[Wish, Answer]] = []
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def answer(self, wish: Wish) -> Answer:
        """What comes of one wish; raises whatever its own work raises."""
        mine: _Waiting[Wish, Answer] = _Waiting(wish, [])
        with self._lock:
            self._queue.append(mine)
        with self._turn:
            while not mine.done:
                self._work_off()
        if mine.error is not None:
            raise mine.error
        return mine.answers[0]

    def _work_off(self) -> None:
        with self._lock:
            now, self._queue = self._queue[:MOST], self._queue[MOST:]
        try:
            if not self._try(now):
                for one in now:
                    self._try_alone(one)
        finally:
            for one in now:
                one.done = True

    def _try(self, waiting: Sequence[_Waiting[Wish, Answer]]) -> bool:
        if len(waiting) == 1:
            return False
        try:
            answers = self._work([one.wish for one in waiting])
        except Exception:
            return False
        for one, answer in zip(waiting, answers, strict=True):
            one.answers.append(answer)
        return True

    def _try_alone(self, one: _Waiting[Wish, Answer]) -> None:
        try:
            one.answers.extend(self._work([one.wish]))
        except BaseException as error:
            one.error = error
