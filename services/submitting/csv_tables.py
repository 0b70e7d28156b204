"""CSV as spreadsheets and people write it: four encodings, three delimiters."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO

from services.contract.labels import Text
from services.submitting.findings import Unreadable
from services.submitting.tables import HEADING_WITHIN, MOST_COLUMNS, Row, Table, heading_in, limited

DELIMITERS = (";", ",", "\t")
_CHUNK = 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def csv_table(file: BinaryIO, known: Callable[[str], bool]) -> Table:
    """A CSV file as a table. Raises `Unreadable`."""
    encoding = _encoding_of(file)
    delimiter = max(DELIMITERS, key=lambda one: _known_in_heading(file, encoding, one, known))
    with _opened(file, encoding) as text:
        top = [row for _, row in islice(_records(text, delimiter), HEADING_WITHIN)]
    at = heading_in(top, known)

    def rows() -> Iterator[Row]:
        with _opened(file, encoding) as text:
            for number, record in _records(text, delimiter):
                if number > at + 1:
                    yield Row(number, record)

    return Table("csv", [cell.strip() for cell in top[at]], lambda: limited(rows()), delimiter)


def _known_in_heading(file: BinaryIO, encoding: str, delimiter: str, known: Callable[[str], bool]) -> int:
    with _opened(file, encoding) as text:
        try:
            return max(
                (sum(map(known, row)) for _, row in islice(_records(text, delimiter), HEADING_WITHIN)),
                default=0,
            )
        except Unreadable:
            return -1


def _records(text: io.TextIOBase, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records with their number as a spreadsheet would give it."""
    reader = csv.reader(text, delimiter=delimiter, strict=False)
    number = 0
    try:
        for record in reader:
            if reader.line_num == 1 and len(record) <= 2 and "".join(record).lower().startswith("sep="):
                continue  # a line that is for Excel only, and that it does not count
            number += 1
            yield number, record[:MOST_COLUMNS]
    except (csv.Error, UnicodeError):
        line = reader.line_num + 1
        raise Unreadable(
            Text(
                f"Filen kan ikke leses fra linje {line}: kanskje et anførselstegn som ikke er lukket.",
                f"The file can't be read from line {line} on: perhaps a quotation mark that is not closed.",
            )
        ) from None


def _opened(file: BinaryIO, encoding: str) -> "_Kept":
    file.seek(0)
    return _Kept(file, encoding=encoding, errors="strict", newline="")


class _Kept(io.TextIOWrapper):
    """Text over a file that stays open when reading of the text ends."""

    def __exit__(self, *_: object) -> None:
        self.detach()


def _encoding_of(file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(4)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    for encoding in ("utf-8", "cp1252"):
        if _decodes(file, encoding):
            return encoding
    raise Unreadable(
        Text(
            "Filen er ikke tekst. Lagre den som CSV (UTF-8) eller som Excel-fil (.xlsx).",
            "The file is not text. Save it as CSV (UTF-8) or as an Excel file (.xlsx).",
        )
    )


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            if "\0" in decoder.decode(chunk):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
