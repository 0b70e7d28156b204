"""What a store and its relay need to know of the order of events on one kind of database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, FromClause

from services.chassis.store.heads import HeadRow
from services.chassis.store.records import EventRow
from services.contract.envelope import read_time, time_text


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a transaction gives to the events that it stores.

    Their place, all but the position, and the earliest moment at which they may be recorded: after
    every moment up to which a relay has said, or may yet say, that everything is sequenced.
    """

    epoch: int
    transaction: int
    moment: str


def later(moment: str, *others: str) -> str:
    """A moment, or the least that is after all others, which may be "" for none."""
    last = max(others, default="")
    return moment if moment > last else after(last)


def after(last: str) -> str:
    """The least moment after another."""
    micros = int(last[-7:-1]) + 1
    if micros < _SECOND:
        return f"{last[:-7]}{micros:06d}Z"
    return time_text(read_time(last) + timedelta(microseconds=1))


_SECOND = 1_000_000


class Claims(Protocol):
    """Up to which moment a relay may say that everything recorded is sequenced. One per leader."""

    def begin(self, newest: str) -> None:
        """Before a transaction in which events up to one recorded at ``newest`` are sequenced."""

    def through(self, connection: Connection, newest: str, *, all_read: bool) -> str | None:
        """Inside it, ``newest`` being recorded last of what was sequenced: the moment, or None.

        Nothing recorded up to it can appear later. Without ``all_read``, always None.
        """


class Order(Protocol):
    """The order in one database. ``source`` is one row, ``columns`` what is asked of it for a stamp."""

    source: FromClause
    columns: tuple[ColumnElement[Any], ...]

    def parameters(self) -> Mapping[str, Any]:
        """What a statement with the columns is executed with."""

    def stamp(self, values: Sequence[Any]) -> Stamp:
        """The stamp for what is stored from now on in the transaction in which the columns were read."""

    def put(self, connection: Connection, added: Sequence[EventRow], moved: Sequence[HeadRow]) -> bool:
        """Store events in their order, at least one, and move the heads of their streams, each once.

        False on a clash. Of a single event nothing is stored then; after many the transaction must end.
        """

    def readable(self) -> ColumnElement[bool]:
        """That nothing can appear any more in front of an event."""

    def claims(self) -> Claims:
        """A new leader's claims."""

    def record_after(self, connection: Connection, moment: str) -> None:
        """Have everything stored from now on recorded after a moment."""
