"""Post a plan through the services' doors, some batches at once, and count what became of it."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from services.chassis.posting.door import Answer, Door
from services.importing.comparing import Plan
from services.importing.events import Event

AT_ONCE = 2_000
"""Events in one request: the most time goes into events, not into requests, and progress shows."""

SETTLEMENTS_LANES = 2
"""Requests in flight for persons: while one is stored the next is read."""


@dataclass(slots=True)
class Outcome:
    """What became of what was posted."""

    new: int = 0
    duplicates: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Ids of events that were refused, and why."""
    recorded: str = ""
    """When the newest was recorded."""

    @property
    def answered(self) -> int:
        return self.new + self.duplicates + len(self.refused)

    def note(self, event: Event, answer: Answer) -> None:
        if answer.status == "rejected":
            said = "; ".join(f"{pointer} {message}".strip() for pointer, _, message in answer.errors)
            self.refused.append((event["id"], said))
            return
        if answer.status == "accepted":
            self.new += 1
        else:
            self.duplicates += 1
        if answer.receipt is not None and "recordedTime" in answer.receipt:
            self.recorded = max(self.recorded, str(answer.receipt["recordedTime"]))


def post(
    plan: Plan,
    doors: Mapping[str, Door],
    outcome: Outcome,
    tell: Callable[[int], None],
    *,
    dry_run: bool,
) -> None:
    """Post everything; ``tell`` is called with how many more are answered. Raises `DoorClosed`.

    Official figures come first: by them an import that was interrupted knows which numbers it began with.
    Whatever ends it, ``outcome`` holds all that was answered.
    """
    requests, decisions, settlements = doors["requests"], doors["decisions"], doors["settlements"]
    persons = _Shared(_batches(chain.from_iterable(one.events() for one in plan.persons)))
    steps = (
        [(requests, _Shared(_batches(plan.figures)))],
        [
            *[(settlements, persons)] * SETTLEMENTS_LANES,
            (requests, _Shared(_batches_of_streams(plan.requests))),
            (decisions, _Shared(_batches(plan.decisions))),
        ],
    )
    for lanes in steps:
        _Lanes(lanes, dry_run=dry_run).run(outcome, tell)
        if len(outcome.refused) == outcome.answered > 0:
            # Nothing is taken from this caller: the rest would fare no better.
            return


class _Shared:
    """Batches that several threads take from."""

    def __init__(self, batches: Iterator[list[Event]]) -> None:
        self._batches = batches
        self._taking = threading.Lock()

    def take(self) -> list[Event] | None:
        with self._taking:
            return next(self._batches, None)


class _Lanes:
    """Threads that post, each one batch after the other."""

    def __init__(self, lanes: Iterable[tuple[Door, _Shared]], *, dry_run: bool) -> None:
        self._lanes = list(lanes)
        self._dry_run = dry_run
        self._answers: queue.Queue[tuple[list[Event], list[Answer]] | BaseException | None] = queue.Queue()
        self._stopping = threading.Event()

    def run(self, outcome: Outcome, tell: Callable[[int], None]) -> None:
        """Post until nothing is left; note each answer here, in the caller's thread."""
        threads = [threading.Thread(target=self._post, args=lane, daemon=True) for lane in self._lanes]
        for thread in threads:
            thread.start()
        failed: BaseException | None = None
        running = len(threads)
        try:
            while running:
                found = self._answers.get()
                if found is None:
                    running -= 1
                elif isinstance(found, BaseException):
                    failed = failed or found
                    self._stop()
                else:
                    _note(outcome, found, tell)
        except KeyboardInterrupt:
            self._stop()
            # What is on its way is stored or not: only its answer tells.
            while running:
                found = self._answers.get()
                if found is None:
                    running -= 1
                elif not isinstance(found, BaseException):
                    _note(outcome, found, tell)
            raise
        if failed is not None:
            raise failed

    def _stop(self) -> None:
        self._stopping.set()
        for door, _ in self._lanes:
            door.stop()

    def _post(self, door: Door, batches: _Shared) -> None:
        try:
            while not self._stopping.is_set() and (batch := batches.take()) is not None:
                self._answers.put((batch, door.send(batch, dry_run=self._dry_run)))
        except BaseException as error:
            self._answers.put(error)
        finally:
            self._answers.put(None)


def _note(outcome: Outcome, found: tuple[list[Event], list[Answer]], tell: Callable[[int], None]) -> None:
    for event, answer in zip(*found, strict=True):
        outcome.note(event, answer)
    tell(len(found[0]))


def _batches(events: Iterable[Event]) -> Iterator[list[Event]]:
    return _batches_of_streams([event] for event in events)


def _batches_of_streams(streams: Iterable[list[Event]]) -> Iterator[list[Event]]:
    """Events in batches; those of one stream are never parted, so that their order holds."""
    batch: list[Event] = []
    for stream in streams:
        if len(batch) + len(stream) > AT_ONCE:
            yield batch
            batch = []
        batch += stream
    if batch:
        yield batch
