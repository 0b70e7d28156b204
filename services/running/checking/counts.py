"""Counts of the running totals, whoever made them: the projection, or a recount from the stores."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from sys import intern
from typing import Any

import orjson

from services.contract.regions import registry
from services.running.checking.outcome import Difference, Outcome, Value, Where

TotalKey = tuple[str, int, str, str]
"""Region, year, measure and origin ("" where it counts no persons)."""

CellKey = tuple[str, int, str, str, str]
"""Region, year, day, categories and origin."""

WaitKey = tuple[str, int, int]
"""Region, year and whole days of waiting."""

FactsKey = tuple[str, int, str]
"""Region, year, and what is told of them."""


def cell_key(region: str, year: int, day: str, categories: str, origin: str) -> CellKey:
    """A cell's key. There may be as many cells as persons, and their texts are few: each is kept once."""
    return intern(region), year, intern(day), intern(categories), intern(origin)


def regions_above(region: str) -> tuple[str, ...]:
    """A region and all above it; itself alone where there is no such region: something is wrong then."""
    return (region,) if registry().find(region) is None else registry().lineage(region)


def content_of(text: bytes) -> dict[str, Any]:
    """An object that was stored as JSON; where it can't be read, one that says so and equals no other."""
    try:
        content = orjson.loads(text)
    except ValueError:
        content = None
    return content if isinstance(content, dict) else {"unreadable": text.hex()[:40]}


@dataclass(slots=True)
class Counts:
    """Everything that is counted, summed over partitions. What nets to nothing may stand there or not."""

    values: Counter[TotalKey] = field(default_factory=Counter)
    reports: Counter[TotalKey] = field(default_factory=Counter)
    cells: Counter[CellKey] = field(default_factory=Counter)
    waits: Counter[WaitKey] = field(default_factory=Counter)
    facts: dict[FactsKey, dict[str, Any]] = field(default_factory=dict)
    figures: dict[FactsKey, dict[str, Any]] = field(default_factory=dict)


def compare(outcome: Outcome, found: Counts, expected: Counts) -> None:
    """Take down every difference between what was found and what was expected."""
    for what, names, ours, theirs in _numbers(found, expected):
        only_theirs = [key for key in theirs if key not in ours]
        outcome.compared += len(ours) + len(only_theirs)
        for key in sorted(key for key in chain(ours, only_theirs) if ours[key] != theirs[key]):
            where = dict(zip(names, key, strict=True))
            outcome.differ(Difference(what, where, ours[key], theirs[key]))
    for what, held, told in (
        ("facts", found.facts, expected.facts),
        ("official figure", found.figures, expected.figures),
    ):
        for key in sorted(held.keys() | told.keys()):
            outcome.compared += 1
            _compare_facts(outcome, what, key, held.get(key), told.get(key))


def _numbers(found: Counts, expected: Counts) -> Iterator[tuple[str, tuple[str, ...], Any, Any]]:
    total = ("region", "year", "measure", "origin")
    yield "total", total, found.values, expected.values
    yield "reports behind a total", total, found.reports, expected.reports
    cell = ("region", "year", "day", "categories", "origin")
    yield "persons in a cell", cell, found.cells, expected.cells
    yield "persons by days of waiting", ("region", "year", "days"), found.waits, expected.waits


def _compare_facts(
    outcome: Outcome,
    what: str,
    key: FactsKey,
    held: dict[str, Any] | None,
    told: dict[str, Any] | None,
) -> None:
    if held == told:
        return
    region, year, name = key
    held, told = held or {}, told or {}
    for field_name in sorted(held.keys() | told.keys()):
        if held.get(field_name) != told.get(field_name):
            where: Where = {"region": region, "year": year, what: name, "field": field_name}
            outcome.differ(
                Difference(what, where, _plain(held.get(field_name)), _plain(told.get(field_name)))
            )


def _plain(value: Any) -> Value:
    return value if value is None or isinstance(value, int | float | str) else str(value)
