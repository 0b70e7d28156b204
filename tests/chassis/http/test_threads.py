"""Threads that answer requests, and that nobody waits for at the end."""

import threading
from concurrent.futures import CancelledError

import pytest

from services.chassis.http.threads import Threads

PATIENCE = 30.0


@pytest.fixture
def threads():
    threads = Threads(1)
    yield threads
    threads.shutdown(wait=True, cancel_futures=True)


def held_up(threads):
    """Work in the only thread's hands, and what lets it go on."""
    in_hand, go_on = threading.Event(), threading.Event()

    def work():
        in_hand.set()
        return go_on.wait(PATIENCE)

    future = threads.submit(work)
    assert in_hand.wait(PATIENCE)
    return future, go_on


def test_what_work_comes_to_is_told(threads):
    assert threads.submit(divmod, 7, 2).result(PATIENCE) == (3, 1)


@pytest.mark.parametrize("error", [LookupError, SystemExit, KeyboardInterrupt])
def test_work_that_fails_says_so_and_the_thread_goes_on(threads, error):
    def fail():
        raise error

    with pytest.raises(error):
        threads.submit(fail).result(PATIENCE)

    assert threads.submit(int, "1").result(PATIENCE) == 1


def test_work_that_nobody_waits_for_any_more_is_not_begun(threads):
    first, go_on = held_up(threads)
    second = threads.submit(pytest.fail)
    assert second.cancel()
    go_on.set()

    assert first.result(PATIENCE)
    assert threads.submit(int, "1").result(PATIENCE) == 1


def test_at_the_end_what_is_in_hand_is_not_waited_for_and_the_rest_not_begun(threads):
    first, go_on = held_up(threads)
    second = threads.submit(pytest.fail)

    threads.shutdown(wait=False, cancel_futures=True)

    with pytest.raises(CancelledError):
        second.result(PATIENCE)
    assert not first.done()
    go_on.set()
    assert first.result(PATIENCE)
