"""Ask something that may take long, and go on without its answer after a while."""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class NoAnswer(Exception):
    """There was none in time."""


class Bounded(Generic[Answer]):
    """Asks in a thread of its own, one at a time. For what is worked out while somebody waits for more."""

    def __init__(self, ask: Callable[[], Answer], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._busy = threading.Lock()

    def __call__(self) -> Answer:
        """The answer. Raises `NoAnswer` where it takes too long, or an earlier one is still awaited.

        Raises whatever asking raises.
        """
        if not self._busy.acquire(blocking=False):
            raise NoAnswer
        answers: SimpleQueue[tuple[Answer | None, Exception | None]] = SimpleQueue()
        threading.Thread(target=self._work, args=(answers,), name="asking", daemon=True).start()
        try:
            answer, error = answers.get(timeout=self._seconds)
        except Empty:
            raise NoAnswer from None
        if error is not None:
            raise error
        return answer  # type: ignore[return-value]

    def _work(self, answers: "SimpleQueue[tuple[Answer | None, Exception | None]]") -> None:
        found: tuple[Answer | None, Exception | None]
        try:
            found = (self._ask(), None)
        except Exception as error:
            found = (None, error)
        # Before the answer is given: who has it may ask again at once.
        self._busy.release()
        answers.put(found)
