"""JSON-stat 2.0: a cube of numbers by region, year, category or period, and measure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, BinaryIO

import orjson
from graphql.pyutils import snake_to_camel

from services.contract.codes import FigureStatus
from services.contract.envelope import time_text
from services.contract.labels import Language, label_of
from services.opendata.exports.about import LICENCE_URL, SOURCE, About
from services.opendata.exports.asking import Asked
from services.opendata.exports.columns import Column, spoken
from services.opendata.exports.rows import Row, Scope, regions_and_years
from services.opendata.exports.tables import Table, columns_of, dimension_column

MOST_CELLS = 2_000_000
"""Of one cube, empty ones included: readers make room for all of them."""


EXACT = spoken(FigureStatus.EXACT)


class CubeTooLarge(Exception):
    """The cube would have more than `MOST_CELLS`."""


def write_json_stat(file: BinaryIO, scope: Scope, rows: Iterable[Row], about: About) -> None:
    """Write a table as a cube. Raises `CubeTooLarge`."""
    columns = columns_of(scope.asked.table, scope.asked.by)
    cube = _Cube(scope, columns)
    for row in rows:
        cube.put(row)
    file.write(b"{")
    for name, value in cube.head(about).items():
        file.write(orjson.dumps(name) + b":" + orjson.dumps(value) + b",")
    file.write(b'"value":[')
    before = b""
    for part in cube.values():
        file.write(before + part)
        before = b","
    file.write(b'],"status":' + orjson.dumps(cube.status) + b"}")


class _Cube:
    def __init__(self, scope: Scope, columns: Sequence[Column]) -> None:
        self._asked = scope.asked
        self._measures = [column for column in columns if column.is_measured]
        self._at = {column.name: number for number, column in enumerate(columns)}
        regions, years = regions_and_years(scope)
        self._regions = {region.code: region.name for region in regions}
        self._years = [str(year) for year in years]
        self._between = _between(self._asked)
        # Official figures have a dimension of that name already.
        self._metric = "quantity" if self._asked.table is Table.PUBLISHED else "measure"
        self._rows: dict[tuple[str, ...], Row] = {}
        self._categories: list[dict[str, None]] = [{} for _ in self._between]
        self._check()

    def put(self, row: Row) -> None:
        """Keep a row, and its categories."""
        found = tuple(_category(self._asked.table, row[self._at[name]]) for name in self._between)
        for category, seen in zip(found, self._categories, strict=True):
            seen[category] = None
        self._rows[row[0], str(row[self._at["year"]]), *found] = row
        self._check()

    def _check(self) -> None:
        if max(prod(self._size), len(self._rows)) > MOST_CELLS:
            raise CubeTooLarge

    @property
    def _size(self) -> list[int]:
        return [len(self._regions), len(self._years), *map(len, self._categories), len(self._measures)]

    @property
    def _ids(self) -> list[str]:
        return ["code", "year", *self._between, self._metric]

    def head(self, about: About) -> dict[str, Any]:
        """Everything but the numbers."""
        return {
            "version": "2.0",
            "class": "dataset",
            "href": about.address("json"),
            "label": about.title,
            "source": SOURCE,
            "updated": time_text(about.release.published_at),
            "note": [about.description],
            "link": {
                "license": [{"href": LICENCE_URL}],
                "describedby": [{"href": about.place.documentation}],
            },
            "extension": about.facts,
            "id": self._ids,
            "size": self._size,
            "role": {"geo": ["code"], "time": ["year"], "metric": [self._metric]},
            "dimension": self._dimensions(),
        }

    def _dimensions(self) -> dict[str, Any]:
        measures = self._measures
        return {
            "code": _dimension("Region", self._regions),
            "year": _dimension("Year", {year: year for year in self._years}),
            **{
                name: _dimension(name, {one: _label(self._asked, number, one) for one in sorted(found)})
                for number, (name, found) in enumerate(zip(self._between, self._categories, strict=True))
            },
            self._metric: {
                "label": self._metric,
                "category": {
                    "index": [one.name for one in measures],
                    "label": {one.name: one.name for one in measures},
                    "unit": {one.name: {"label": one.unit} for one in measures},
                    "note": {one.name: [one.meaning] for one in measures},
                },
            },
        }

    def values(self) -> Iterator[bytes]:
        """The numbers, some at a time, with ``null`` for each blank."""
        reads = [self._at[measure.name] for measure in self._measures]
        blank = orjson.dumps([None] * len(reads))[1:-1]
        for key in self._keys():
            row = self._rows.get(key)
            yield blank if row is None else orjson.dumps([row[at] for at in reads])[1:-1]

    @property
    def status(self) -> dict[str, str]:
        """Why numbers are blank that are not shown, by their place."""
        found = {}
        at = self._at["withheld" if "withheld" in self._at else "status"]
        for number, key in enumerate(self._keys()):
            row = self._rows.get(key)
            if row is not None and row[at] not in (None, EXACT):
                why = _reasons(row[at])
                for place, measure in enumerate(self._measures):
                    reason = why.get(measure.name, why.get(""))
                    if reason is not None and row[self._at[measure.name]] is None:
                        found[str(number * len(self._measures) + place)] = reason
        return found

    def _keys(self) -> Iterator[tuple[str, ...]]:
        return product(self._regions, self._years, *map(sorted, self._categories))


def _between(asked: Asked) -> tuple[str, ...]:
    """The dimensions between year and measure, by the columns that hold them."""
    if asked.table is Table.SERIES:
        return ("period",)
    if asked.table is Table.PUBLISHED:
        return ("measure", "dimension", "category")
    return tuple(map(dimension_column, asked.by)) if asked.table is Table.BREAKDOWN else ()


def _category(table: Table, value: str | None) -> str:
    """What a cube calls a blank: persons in no period, or a figure of all persons."""
    if value is not None:
        return value
    return "undated" if table is Table.SERIES else "all"


def _label(asked: Asked, number: int, category: str) -> str:
    if asked.table is Table.BREAKDOWN:
        return label_of(asked.by[number], category, Language.EN)
    return category


def _dimension(label: str, categories: Mapping[str, str]) -> dict[str, Any]:
    return {"label": label, "category": {"index": list(categories), "label": categories}}


def _reasons(withheld: str) -> dict[str, str]:
    """Why columns are blank, by name; by no name, why all are."""
    if ":" not in withheld:
        return {"": withheld}
    pairs = (one.split(":") for one in withheld.split(" "))
    return {snake_to_camel(measure.lower(), upper=False): reason for measure, reason in pairs}
