"""``bosatt deadletters``: what is set aside, and what an operator does about it.

An operation is stored, relayed and read by a projector like any other event. Whoever posts one
waits, within bounds, until the projector has acted on it.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError

from services.chassis.log.port import EventLog, LogError
from services.chassis.settings import Settings
from services.chassis.store import EventStore, VersionConflict
from services.opendata.projection.dead_letters.listing import (
    DeadLetter,
    letter_at,
    letters_in,
    operations_read,
    places_of,
)
from services.opendata.projection.dead_letters.places import Place
from services.opendata.projection.dead_letters.posting import operations_so_far, post_operation
from services.opendata.projection.dead_letters.scanning import last_applied
from services.opendata.projection.dead_letters.tables import LetterState
from services.opendata.projection.live import Live
from services.running.resources import open_database, open_log

__all__ = ["CantOperate", "DeadLetter", "Desk", "LetterState", "Place", "Posted", "opened_desk"]

SHORTEST_PAUSE = 0.05
LONGEST_PAUSE = 0.5


class CantOperate(Exception):
    """Nothing was done. The text says why, for a person."""


@dataclass(frozen=True, slots=True)
class Posted:
    """An operation on its way: about which letter, and the id by which the projector will know it."""

    letter: DeadLetter
    event_id: str


class Desk:
    """Opened on the live projection, the store of operations and, when it is asked for, the log."""

    def __init__(self, live: Live, store: EventStore, open_the_log: Callable[[], EventLog]) -> None:
        self._live = live
        self._store = store
        self._open_log = open_the_log

    def letters(self, states: Sequence[LetterState]) -> list[DeadLetter]:
        """All letters in some states, in the order of their places."""
        with self._live.now().database.read() as connection:
            return letters_in(connection, states)

    def letter(self, place: Place) -> DeadLetter | None:
        """The letter at a place, None where there is none."""
        with self._live.now().database.read() as connection:
            return letter_at(connection, place)

    def retry(self, letter: DeadLetter) -> Posted:
        """Have a parked letter tried again. Raises `CantOperate`."""
        return self._post("retried", letter, {})

    def drop(self, letter: DeadLetter, after: int | None, cause: str, note: str | None) -> Posted:
        """Have a parked letter left out; ``after`` is where the event counted before it stands.

        Raises `CantOperate`.
        """
        said = {} if note is None else {"note": note}
        return self._post(
            "dropped", letter, {"lastApplied": after, "fault": letter.reason, "cause": cause, **said}
        )

    def counted_before(
        self, letters: Sequence[DeadLetter], tell: Callable[[int], None] = lambda _read: None
    ) -> dict[Place, int | None]:
        """For each letter the offset of the event of its stream counted before it, None for none.

        Reads whole partitions of the log, telling how many records as it goes. Raises `CantOperate`.
        """
        found: dict[Place, int | None] = dict.fromkeys(letter.place for letter in letters)
        with self._reading() as log:
            for place, streams in _by_partition(letters):
                partition = place.partition_in(self._live.now().version.topics)
                if partition is None:
                    raise CantOperate(f"{place} is not in a topic that is folded.")
                with self._live.now().database.read() as connection:
                    aside = places_of(connection, place)
                for offset, after in last_applied(log, partition, streams, aside, tell).items():
                    found[place._replace(offset=offset)] = after
        return found

    def records_to_read(self, letters: Sequence[DeadLetter]) -> int:
        """How many records `counted_before` will read, about."""
        return sum(1 + max(streams) for _, streams in _by_partition(letters))

    def wait(self, posted: Sequence[Posted], seconds: float) -> Iterator[tuple[Posted, DeadLetter | None]]:
        """Each operation once the projector has acted on it, with what is left of its letter.

        None: the event is counted. Ends after so many seconds, whether or not all have come.
        """
        waiting = list(posted)
        deadline = time.monotonic() + seconds
        pause = SHORTEST_PAUSE
        while waiting:
            still = []
            for one in waiting:
                with self._live.now().database.read() as connection:
                    acted = one.event_id in operations_read(connection, one.letter.place)
                    letter = letter_at(connection, one.letter.place)
                if acted:
                    yield one, letter
                else:
                    still.append(one)
            waiting = still
            left = deadline - time.monotonic()
            if waiting and left <= 0:
                return
            if waiting:
                time.sleep(min(pause, left))
                pause = min(2 * pause, LONGEST_PAUSE)

    def _post(self, operation: str, letter: DeadLetter, data: dict[str, Any]) -> Posted:
        place = letter.place
        with self._live.now().database.read() as connection:
            read = len(operations_read(connection, place))
        stored = operations_so_far(self._store, place)
        if stored > read:
            raise CantOperate(
                f"{place}: an earlier retry or drop has not been acted on yet. "
                "Are the relay of operations and a projector running?"
            )
        try:
            event_id = post_operation(
                self._store, operation, place, stored, {"digest": letter.digest, **data}
            )
        except VersionConflict:
            raise CantOperate(f"{place}: somebody else is doing something about it just now.") from None
        return Posted(letter, event_id)

    @contextmanager
    def _reading(self) -> Iterator[EventLog]:
        try:
            log = self._open_log()
            try:
                yield log
            finally:
                log.close()
        except LogError as error:
            raise CantOperate(f"The log can't be read: {error}") from None


@contextmanager
def opened_desk(settings: Settings) -> Iterator[Desk]:
    """A desk on what the settings name. Raises `CantOperate` where that can't be used."""
    if "projection" not in settings.databases and not (settings.data / "projection.db").exists():
        raise CantOperate(f"There is no projection in {settings.data}.")
    base = open_database(settings, "projection")
    own = open_database(settings, "operations")
    live = Live(base)
    store = EventStore(own)
    try:
        store.migrate()
        yield Desk(live, store, lambda: open_log(settings))
    except DBAPIError as error:
        raise CantOperate(f"A database can't be used: {error.orig}") from None
    finally:
        live.close()
        own.close()
        base.close()


def _by_partition(letters: Sequence[DeadLetter]) -> list[tuple[Place, dict[int, str]]]:
    """Letters that may leave a gap in their stream, by partition: a place in it, streams by offset."""
    found: dict[tuple[str, int, int], dict[int, str]] = defaultdict(dict)
    for letter in letters:
        if letter.may_leave_a_gap and letter.stream is not None:
            found[letter.place[:3]][letter.place.offset] = letter.stream
    return [(Place(*partition, 0), streams) for partition, streams in found.items()]
