"""A table of rows, whatever kind of file it came from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from services.contract.labels import Text
from services.submitting.findings import Unreadable

Cell = str | int | float | bool | datetime | date | time | None
"""What one cell holds, as its file says it; text is never made anything else here."""

MOST_ROWS = 100_000
MOST_COLUMNS = 100
MOST_BYTES = 64 * 1024 * 1024
"""Of one file. A hundred thousand rows have about ten million."""

HEADING_WITHIN = 20
"""Rows at the top in which the heading is looked for: people put titles above it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the heading; ``number`` as a spreadsheet counts it."""

    number: int
    cells: Sequence[Cell]
    hidden: bool = False

    @property
    def is_empty(self) -> bool:
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A heading and a way to go through the rows below it, as often as needed.

    ``form`` is ``csv``, ``xlsx`` or ``ndjson``; ``delimiter`` is that of a CSV file.
    """

    form: str
    heading: Sequence[str]
    rows: Callable[[], Iterator[Row]]
    delimiter: str = ";"
    has_letters: bool = True
    events: bool = False
    sheets: Sequence[str] = field(default_factory=tuple)


def letter_of(index: int) -> str:
    """A column's letter in a spreadsheet: A for 0, AA for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def limited(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows that hold something; raises `Unreadable` beyond the most that one file may have."""
    count = 0
    for row in rows:
        if row.is_empty:
            continue
        count += 1
        if count > MOST_ROWS:
            raise Unreadable(
                Text(
                    f"Filen har mer enn {MOST_ROWS} rader. Del den i flere filer.",
                    f"The file has more than {MOST_ROWS} rows. Split it into several files.",
                )
            )
        yield row


def too_large() -> Unreadable:
    most = MOST_BYTES // 1024**2
    return Unreadable(
        Text(
            f"Filen er større enn {most} MB. Del den i flere filer.",
            f"The file is larger than {most} MB. Split it into several files.",
        )
    )


def heading_missing() -> Unreadable:
    return Unreadable(
        Text(
            f"Fant ingen overskriftsrad blant de {HEADING_WITHIN} første radene. Bruk malen (bosatt template), "
            "eller kolonnenavnene i den.",
            f"No heading was found in the first {HEADING_WITHIN} rows. Use the template (bosatt template), "
            "or the column names in it.",
        )
    )


def heading_in(rows: Sequence[Sequence[Cell]], known: Callable[[str], bool]) -> int:
    """The index of the row that is the heading: the one with most known names. Raises `Unreadable`."""
    counts = [sum(isinstance(cell, str) and known(cell) for cell in row) for row in rows]
    if not counts or max(counts) < 1:
        raise heading_missing()
    return counts.index(max(counts))


Members = Mapping[str, Cell]
