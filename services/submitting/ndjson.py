"""NDJSON: a JSON object a line, each a row with column names or a whole CloudEvent."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

import orjson

from services.contract.labels import Text
from services.submitting.findings import Unreadable
from services.submitting.tables import MOST_COLUMNS, Row, Table, heading_missing, limited

LONGEST_LINE = 256 * 1024
_LOOKED_AT = 100


def ndjson_table(file: BinaryIO, known: Callable[[str], bool]) -> Table:
    """Objects as a table; of CloudEvents the one column is the event. Raises `Unreadable`."""
    top = [document for _, document in islice(_documents(file), _LOOKED_AT)]
    if not top:
        raise heading_missing()
    if all("specversion" in document or "data" in document for document in top):

        def events() -> Iterator[Row]:
            for number, document in _documents(file):
                yield Row(number, [orjson.dumps(document).decode()])

        return Table("ndjson", ["event"], lambda: limited(events()), has_letters=False, events=True)

    heading = _names(file)
    if not any(map(known, heading)):
        raise heading_missing()

    def rows() -> Iterator[Row]:
        for number, document in _documents(file):
            yield Row(number, [_cell(document.get(name)) for name in heading])

    return Table("ndjson", heading, lambda: limited(rows()), has_letters=False)


def _names(file: BinaryIO) -> list[str]:
    names: dict[str, None] = {}
    for _, document in _documents(file):
        names.update(dict.fromkeys(document))
        if len(names) > MOST_COLUMNS:
            raise Unreadable(
                Text(
                    f"Radene har mer enn {MOST_COLUMNS} ulike felt.",
                    f"The rows have more than {MOST_COLUMNS} different fields.",
                )
            )
    return list(names)


def _cell(value: Any) -> Any:
    """Lists and objects as their JSON, so that a column can say that it takes none."""
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def _documents(file: BinaryIO) -> Iterator[tuple[int, Mapping[str, Any]]]:
    file.seek(0)
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise _bad_line(number, "er for lang", "is too long")
        if not line.strip():
            continue
        try:
            document = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError:
            raise _bad_line(number, "er ikke JSON", "is not JSON") from None
        if not isinstance(document, dict):
            raise _bad_line(number, "er ikke et JSON-objekt", "is not a JSON object")
        yield number, document


def _bad_line(number: int, nb: str, en: str) -> Unreadable:
    return Unreadable(Text(f"Linje {number} {nb}.", f"Line {number} {en}."))
