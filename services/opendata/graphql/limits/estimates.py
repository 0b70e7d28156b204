"""How many objects a field will give, as far as that can be told before anything is read.

What arguments say is taken as said: the page of a list, the years of a history, the periods of a
series, the categories of a breakdown. How many regions lie in a region is not read but known of the
map: no set of regions has more below it than there are at that level. The rest are round numbers that
the tests hold against the registry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.opendata.graphql.resolving.changes import MOST_CHANGES, USUAL_CHANGES
from services.opendata.graphql.resolving.paging import MOST_REGIONS, USUAL_REGIONS

MOST_CHILDREN = (20, 51, 15, 0)
"""The regions one level below a country, a county, a municipality, a district."""

MOST_AT_LEVEL = (1, 20, 440, 40)
"""The countries, counties, municipalities and districts on any map."""

PREDECESSORS, SUCCESSORS, REGIONS_ON = 5, 3, 5
FLOWS, TARGETS = 5, 3
"""Regions that came into one of today, and regions that one of them went into. None on the year's own map."""

PUBLISHED = 20
CHANGED = 10
"""Categories of one change."""

WITHHELD = 1

FIRST_YEAR = 2002
"""The first year of which anything is known, and that of a history without ``from``."""

READ = 10
"""Objects that a series, a breakdown, a list of published figures or a change counts as besides what is in
it: each is looked up by itself, where totals are at hand."""

ORDERED = 500
"""Objects that a list counts as besides its page where it goes by a measure or by how regions stand with
their answer: the totals of all regions are looked at then, however short the page."""

SEARCHED = 50
"""Objects that a list counts as besides its page where it goes by a text: all names are looked through."""

MOST_CELLS = 2_500
"""Cells of one breakdown. More combinations there may be; more that somebody is in there are not."""

CATEGORIES: Mapping[str, int] = {
    "SEX": 3,
    "AGE_GROUP": 6,
    "COUNTRY_OF_ORIGIN": 50,
    "UNACCOMPANIED_MINOR": 3,
    "CARE": 4,
    "ARRIVAL": 5,
    "HOUSING": 3,
    "MONTH": 13,
}
PERIODS: Mapping[str, int] = {"DAY": 366, "WEEK": 54, "MONTH": 12, "QUARTER": 4, "YEAR": 1}

TYPES = 50
_FIELDS_OF_ONE, _FIELDS_OF_EACH = 40, 6

_LEVELS = ("COUNTRY", "COUNTY", "MUNICIPALITY", "DISTRICT")
_ANY = (0, len(_LEVELS) - 1)

Arguments = Mapping[str, Any]
"""The arguments given, variables in their places: numbers, texts, names of enums, lists."""


@dataclass(frozen=True, slots=True)
class Objects:
    """So many objects of one type, one beside another, and what they tell of the objects in them.

    ``levels`` are the highest and lowest level of the regions that they are or belong to, ``distinct``
    whether no region stands there twice, ``each`` how many items each has in its list, ``besides`` what
    they cost besides themselves.
    """

    count: int = 1
    levels: tuple[int, int] = _ANY
    distinct: bool = True
    each: int = 0
    redrawn: bool = False
    besides: int = 0

    def times(self, number: int) -> "Objects":
        """So many in place of each."""
        return replace(self, count=self.count * number, distinct=self.distinct and number <= 1, besides=0)


Estimate = Callable[[Objects, Arguments, int], Objects]
"""From the objects that have a field, its arguments and the present year to the objects it gives."""


def _page(parents: Objects, given: Arguments, _year: int) -> Objects:
    first = _number(given.get("first"), USUAL_REGIONS)
    level = given.get("level")
    levels = (_LEVELS.index(level),) * 2 if level in _LEVELS else _ANY
    looks_at_all = any(given.get(name) is not None for name in ("orderBy", "decisionStatus"))
    each_besides = ORDERED if looks_at_all else 0
    if given.get("search") is not None:
        each_besides += SEARCHED
    besides = each_besides * parents.count
    page = min(max(first, 0), MOST_REGIONS)
    return Objects(parents.count, levels, distinct=False, each=page, besides=besides)


def _changes(parents: Objects, given: Arguments, _year: int) -> Objects:
    page = min(max(_number(given.get("first"), USUAL_CHANGES), 0), MOST_CHANGES)
    return Objects(parents.count, distinct=False, each=page, besides=(SEARCHED + READ * page) * parents.count)


def _on_page(page: Objects, _given: Arguments, _year: int) -> Objects:
    return Objects(page.count * page.each, page.levels, distinct=page.count == 1)


def _changed(page: Objects, _given: Arguments, _year: int) -> Objects:
    return Objects(page.count * page.each, distinct=False)


def _children(parents: Objects, _given: Arguments, _year: int) -> Objects:
    high, low = parents.levels
    if high >= _ANY[1]:
        return replace(parents, count=0)
    below = (high + 1, min(low + 1, _ANY[1]))
    count = parents.count * max(MOST_CHILDREN[high : low + 1])
    if parents.distinct:
        # Each region has one parent, so none comes twice.
        count = min(count, sum(MOST_AT_LEVEL[below[0] : below[1] + 1]))
    return Objects(count, below, parents.distinct)


def _parent(regions: Objects, _given: Arguments, _year: int) -> Objects:
    high, low = regions.levels
    return Objects(regions.count, (max(high - 1, 0), max(low - 1, 0)), distinct=regions.count == 1)


def _others(number: int) -> Estimate:
    def others(regions: Objects, _given: Arguments, _year: int) -> Objects:
        return Objects(regions.count * number, _ANY, distinct=regions.count == 1)

    return others


def _totals(regions: Objects, given: Arguments, _year: int) -> Objects:
    return replace(regions, besides=0, redrawn=given.get("borders") == "NOW")


def _history(regions: Objects, given: Arguments, year: int) -> Objects:
    newest = year + 1
    last = min(_number(given.get("to"), newest), newest)
    first = _number(given.get("from"), min(FIRST_YEAR, last))
    # More years than a century are not looked for one by one.
    years = min(max(last - first + 1, 0), 100)
    return _totals(regions.times(years), given, year)


def _series(regions: Objects, given: Arguments, _year: int) -> Objects:
    periods = PERIODS.get(str(given.get("interval") or "MONTH"), max(PERIODS.values()))
    return replace(regions, each=periods, besides=READ * regions.count)


def _breakdown(regions: Objects, given: Arguments, _year: int) -> Objects:
    by = given.get("by")
    dimensions = by if isinstance(by, list) else [by]
    cells = 1
    for dimension in dict.fromkeys(map(str, dimensions)):
        cells = min(cells * CATEGORIES.get(dimension, max(CATEGORIES.values())), MOST_CELLS)
    return replace(regions.times(cells), each=len(dimensions), besides=READ * regions.count)


def _published(regions: Objects, _given: Arguments, _year: int) -> Objects:
    return replace(regions.times(PUBLISHED), besides=READ * regions.count)


def _listed(objects: Objects, _given: Arguments, _year: int) -> Objects:
    return objects.times(objects.each)


def _if_redrawn(number: int) -> Estimate:
    def flows(totals: Objects, _given: Arguments, _year: int) -> Objects:
        return Objects(totals.count * number if totals.redrawn else 0, _ANY, distinct=False)

    return flows


def _some(number: int) -> Estimate:
    return lambda objects, _given, _year: objects.times(number)


def _types(schema: Objects, _given: Arguments, _year: int) -> Objects:
    return Objects(schema.count * TYPES, each=_FIELDS_OF_EACH)


def _fields(types: Objects, _given: Arguments, _year: int) -> Objects:
    return Objects(types.count * (types.each or _FIELDS_OF_ONE))


def _inner_type(types: Objects, _given: Arguments, _year: int) -> Objects:
    """Each time fewer types have another one inside."""
    return Objects((types.count + 1) // 2)


def _number(given: object, otherwise: int) -> int:
    return int(given) if isinstance(given, int | float) else otherwise


ESTIMATES: Mapping[tuple[str, str], Estimate] = {
    ("Query", "regions"): _page,
    ("RegionConnection", "edges"): _on_page,
    ("RegionConnection", "nodes"): _on_page,
    ("Query", "changes"): _changes,
    ("ChangeConnection", "edges"): _changed,
    ("ChangeConnection", "nodes"): _changed,
    ("Change", "categories"): _some(CHANGED),
    ("Region", "parent"): _parent,
    ("Region", "children"): _children,
    ("Region", "predecessors"): _others(PREDECESSORS),
    ("Region", "successors"): _others(SUCCESSORS),
    ("Region", "regionsOn"): _others(REGIONS_ON),
    ("Region", "totals"): _totals,
    ("Region", "history"): _history,
    ("Region", "series"): _series,
    ("Region", "breakdown"): _breakdown,
    ("Region", "published"): _published,
    ("Series", "points"): _listed,
    ("BreakdownCell", "keys"): _listed,
    ("Totals", "flows"): _if_redrawn(FLOWS),
    ("Totals", "withheld"): _some(WITHHELD),
    ("Flow", "source"): lambda flows, _given, _year: Objects(flows.count, distinct=False),
    ("Flow", "targets"): lambda flows, _given, _year: Objects(flows.count * TARGETS, distinct=False),
    ("__Schema", "types"): _types,
    ("__Schema", "directives"): _some(8),
    ("__Directive", "args"): _some(2),
    ("__Field", "args"): _some(2),
    ("__Type", "fields"): _fields,
    ("__Type", "inputFields"): _some(1),
    ("__Type", "interfaces"): _some(1),
    ("__Type", "possibleTypes"): _some(1),
    ("__Type", "enumValues"): _some(5),
    ("__Type", "ofType"): _inner_type,
}
"""Of every field that gives a list of objects, and of others that say something of what is in them.

Any other field gives one object for each that has it.
"""
