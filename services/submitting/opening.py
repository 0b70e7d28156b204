"""Open a file for submission: its table, what it is about, and who looks at its rows."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, Protocol

from services.submitting.checking import Checked, Checker
from services.submitting.columns import Kind, is_a_name, kinds_of
from services.submitting.events import UNKNOWN_KIND, EventChecker, kind_of_events
from services.submitting.findings import Finding, Unreadable
from services.submitting.reading import open_table
from services.submitting.tables import Table


class Looks(Protocol):
    """Looks at the rows of one file, and says where in them something is that a service finds."""

    def left_out(self) -> list[str]: ...

    def check(self) -> Iterator[Checked]: ...

    def finding(self, row: int, pointer: str, rule: str, message: str) -> Finding: ...


def open_sheet(file: BinaryIO, kind: Kind | None, sheet: str | None) -> tuple[Table, Kind]:
    """The table in a file and what its rows are about. Raises `Unreadable`."""
    table = open_table(file, is_a_name, sheet)
    if kind is not None:
        return table, kind
    if table.events:
        found = kind_of_events(table)
        kinds = [] if found is None else [found]
    else:
        kinds = kinds_of(table.heading)
    if len(kinds) != 1:
        raise Unreadable(UNKNOWN_KIND)
    return table, kinds[0]


def checker_of(table: Table, kind: Kind, today: date, own: str | None) -> Looks:
    """Who looks at the rows. ``own`` is the code of the municipality or district that submits."""
    return EventChecker(table, kind, today) if table.events else Checker(table, kind, today, own)
