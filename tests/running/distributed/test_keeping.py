"""Something kept running: started, started again when it has ended, and ended when told to."""

import threading
import time

import pytest

from services.running.distributed import keeping
from services.running.distributed.keeping import Keeper
from services.running.servers import CantStart

PATIENCE = 10.0


class Thing:
    """Starts as often as it is let, and dies when a test says so."""

    port = 1

    def __init__(self, *failures):
        self.failures = list(failures)
        self.pid = 0
        self.is_alive = False
        self.told = 0
        self.stopped = threading.Event()

    def start(self):
        if self.failures:
            failure = self.failures.pop(0)
            if failure is not None:
                raise failure
        self.pid += 1
        self.is_alive = True

    def tell_to_stop(self):
        self.told += 1

    def stop(self):
        self.is_alive = False
        self.stopped.set()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(keeping, "LOOKED_EVERY", 0.001)
    monkeypatch.setattr(keeping, "SHORTEST_PAUSE", 0.001)
    monkeypatch.setattr(keeping, "LONGEST_PAUSE", 0.002)


@pytest.fixture
def keep():
    keepers = []
    told = []

    def begin(thing):
        keepers.append(Keeper("thing", thing, lambda name, what: told.append(f"{name}: {what}")))
        keepers[-1].start()
        return keepers[-1], told

    yield begin
    for keeper in keepers:
        keeper.stop(PATIENCE)


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_what_has_ended_is_started_again_and_told_of(keep):
    thing = Thing()
    keeper, told = keep(thing)
    assert keeper.wait_until_up(PATIENCE)

    thing.is_alive = False
    until(lambda: keeper.pid == 2 and len(told) == 2)

    assert told == ["thing: pid 1 has ended; starting it again", "thing: runs again as pid 2"]


def test_what_fails_to_start_again_is_tried_until_it_does(keep):
    thing = Thing(None, CantStart("port taken"), CantStart("port taken"))
    keeper, told = keep(thing)
    keeper.wait_until_up(PATIENCE)

    thing.is_alive = False
    until(lambda: keeper.pid == 2)

    assert told.count("thing: did not start: port taken") == 2


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("odd")])
def test_whatever_keeps_it_from_starting_again_is_tried_again(keep, error):
    thing = Thing(None, error, error)
    keeper, told = keep(thing)
    keeper.wait_until_up(PATIENCE)

    thing.is_alive = False
    until(lambda: keeper.pid == 2)

    assert f"thing: did not start: {type(error).__name__}: {error}" in told


def test_where_nobody_can_be_told_it_is_kept_all_the_same():
    def gone(_name, _what):
        raise BrokenPipeError

    thing = Thing()
    keeper = Keeper("thing", thing, gone)
    keeper.start()
    keeper.wait_until_up(PATIENCE)

    thing.is_alive = False
    until(lambda: keeper.pid == 2)
    keeper.stop(PATIENCE)

    assert thing.stopped.is_set()


def test_what_never_started_is_an_error_with_its_name(keep):
    keeper, _ = keep(Thing(CantStart("no Java")))

    with pytest.raises(CantStart, match=r"thing can't be started. no Java"):
        keeper.wait_until_up(PATIENCE)


def test_told_to_stop_it_is_stopped_and_started_no_more(keep):
    thing = Thing()
    keeper, told = keep(thing)
    keeper.wait_until_up(PATIENCE)

    keeper.tell_to_stop()
    keeper.stop(PATIENCE)

    assert thing.told >= 1
    assert thing.stopped.is_set()
    assert (thing.pid, told) == (1, [])


def test_told_to_stop_while_it_is_started_again_it_stops(keep):
    thing = Thing(None, *[CantStart("away")] * 1_000_000)
    keeper, _ = keep(thing)
    keeper.wait_until_up(PATIENCE)
    thing.is_alive = False
    until(lambda: len(thing.failures) < 999_990)

    keeper.stop(PATIENCE)

    assert thing.stopped.is_set()
