"""Threads that answer requests and that nobody waits for at the end."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Threads(Executor):
    """A pool whose threads end with the process.

    Those of the standard library are waited for, however long the work in their hands may take.
    """

    def __init__(self, number: int) -> None:
        self._work: SimpleQueue[_Work | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(number)]
        for thread in self._threads:
            thread.start()

    def submit(
        self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> "Future[Result]":
        future: Future[Result] = Future()
        self._work.put((future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads end as soon as they have nothing in hand, and with ``wait`` wait for it."""
        if cancel_futures:
            self._cancel()
        for _ in self._threads:
            self._work.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _cancel(self) -> None:
        with suppress(Empty):
            while (work := self._work.get_nowait()) is not None:
                work[0].cancel()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            _do(*work)
            # Nothing is to be held while there is nothing to do.
            del work


_Work = tuple[Future[Any], Callable[[], Any]]


def _do(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
