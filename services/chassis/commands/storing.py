"""Store admitted events in one transaction: each for itself, or all or nothing."""

import random
import time
from collections.abc import Callable, Sequence

import structlog

from services.chassis.commands import refusals
from services.chassis.commands.admission import Admitted
from services.chassis.commands.backlog import Room
from services.chassis.commands.deciding import decide
from services.chassis.commands.domain import Domain
from services.chassis.commands.receipts import Receipt
from services.chassis.commands.seen import Seen
from services.chassis.database import UNAVAILABLE
from services.chassis.problems import Problem
from services.chassis.store import EventStore, StoreTransaction, VersionConflict, Wanted

log = structlog.get_logger()

ATTEMPTS = 100
"""How often events are tried that others overtake; each time one of them has got through."""

LONGEST_PAUSE = 0.02

AT_ONCE = 1_000
"""Events that are looked up, decided on and stored together."""

Answer = Receipt | Problem


class _NothingStored(Exception):
    """Undoes a transaction in which something was refused."""


class Storing:
    """Stores the events of one service. For many threads."""

    def __init__(self, service: str, domain: Domain, store: EventStore, room: Room) -> None:
        self._service = service
        self._domain = domain
        self._store = store
        self._room = room
        self._fault: str | None = None

    def each(self, events: Sequence[Admitted]) -> list[Answer]:
        """Store all that nothing speaks against; an answer for each, in their order.

        Raises `Problem` 503 where nothing can be stored now.
        """
        return self._persist(lambda: self._store_in(events, all_or_nothing=False))

    def all_or_nothing(self, events: Sequence[Admitted]) -> list[Answer]:
        """Store all of them, or none where any is refused."""
        return self._persist(lambda: self._store_in(events, all_or_nothing=True))

    def rehearse(self, events: Sequence[Admitted]) -> list[Answer]:
        """The same answers, and nothing stored."""
        return self._persist(lambda: self._rehearse(events))

    def _persist(self, attempt: Callable[[], list[Answer]]) -> list[Answer]:
        """Try again where somebody else was faster. `Problem` 503 where that does not end."""
        self._room.look()
        for _ in range(ATTEMPTS):
            try:
                answers = attempt()
            except VersionConflict:
                time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - spread, not secrecy
            except UNAVAILABLE as error:
                self._note(type(error).__name__)
                break
            else:
                self._note(None)
                return answers
        raise refusals.busy()

    def _store_in(self, events: Sequence[Admitted], *, all_or_nothing: bool) -> list[Answer]:
        taken: list[int] = []

        def take_room(size: int) -> bool:
            if not self._room.take(size):
                return False
            taken.append(size)
            return True

        answers: list[Answer] = []
        try:
            with self._store.transaction() as tx:
                answers = self._answers(tx, events, take_room, tx.store_added)
                if all_or_nothing:
                    _undo_where_refused(answers)
        except _NothingStored:
            self._room.give_back_all(taken)
        except VersionConflict:
            self._room.give_back_all(taken)
            raise
        return answers

    def _rehearse(self, events: Sequence[Admitted]) -> list[Answer]:
        with self._store.rehearsal() as tx:
            return self._answers(tx, events, lambda _size: True, lambda: None)

    def _answers(
        self,
        tx: StoreTransaction,
        events: Sequence[Admitted],
        take_room: Callable[[int], bool],
        store_added: Callable[[], None],
    ) -> list[Answer]:
        """Part after part, so that what is known of a part's events is still at hand to store them."""
        seen = Seen(self._store.database, tx.connection)
        answers: list[Answer] = []
        for start in range(0, len(events), AT_ONCE):
            part = events[start : start + AT_ONCE]
            _look(tx, part)
            answers += [self._answer(tx, one, seen, take_room) for one in part]
            store_added()
        return answers

    def _answer(
        self, tx: StoreTransaction, one: Admitted, seen: Seen, take_room: Callable[[int], bool]
    ) -> Answer:
        try:
            return decide(tx, one, self._domain, seen, take_room)
        except Problem as problem:
            return problem

    def _note(self, fault: str | None) -> None:
        """Tell operators once when the store can't be used, and once when it can again.

        Locked for longer than we wait, or out of order, only they can tell. Its own text may hold data.
        """
        if fault != self._fault:
            self._fault = fault
            if fault is None:
                log.warning("store.available", service=self._service)
            else:
                log.error("store.unavailable", service=self._service, error=fault)


def _look(tx: StoreTransaction, events: Sequence[Admitted]) -> None:
    """Look for all that has to be known of some events. Raises `Problem` 503 where nothing is taken."""
    wanted = [
        Wanted(one.caller_name, one.envelope["source"], one.envelope["id"], one.event_type.kind, one.subject)
        for one in events
    ]
    closed = tx.look(*wanted[0]).closed if len(wanted) == 1 else tx.look_all(wanted)
    if closed is not None:
        raise refusals.closed(closed)


def _undo_where_refused(answers: Sequence[Answer]) -> None:
    if any(isinstance(one, Problem) for one in answers):
        raise _NothingStored
