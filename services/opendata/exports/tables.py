"""The tables that can be downloaded, and their columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graphql import GraphQLEnumType

from services.contract.codes import Dimension
from services.opendata.exports.columns import Column, Kind, column, spoken
from services.opendata.graphql.schema.schema import schema
from services.opendata.release.answers import Totals


class Table(StrEnum):
    """What can be downloaded."""

    TOTALS = "totals"
    SERIES = "series"
    BREAKDOWN = "breakdown"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a table holds. ``arguments`` are those that it takes besides the ones of all tables."""

    title: str
    description: str
    arguments: tuple[str, ...]


MEANINGS = {
    Table.TOTALS: Meaning(
        "Refugee settlement: totals by region and year",
        "One row per region and year: what was announced, requested, decided and settled, and what follows "
        "from it. A region of which nothing is known in a year has a row with blanks.",
        ("borders", "decisionStatus"),
    ),
    Table.SERIES: Meaning(
        "Refugee settlement: persons settled through the year",
        "One row per region, year and period in which somebody was settled; and one without a period that "
        "holds those of whom the day is not stated.",
        ("borders", "interval"),
    ),
    Table.BREAKDOWN: Meaning(
        "Refugee settlement: persons settled by category",
        "One row per region, year and combination of categories in which there is somebody. Unknown is a "
        "category of its own.",
        ("borders", "by"),
    ),
    Table.PUBLISHED: Meaning(
        "Refugee settlement: official figures, for comparison",
        "Figures that others have published, shown beside those of Bosatt and never summed with them.",
        (),
    ),
}


def columns_of(table: Table, by: Sequence[Dimension] = ()) -> tuple[Column, ...]:
    """The columns of a table; those of a breakdown depend on its dimensions."""
    return _COLUMNS[table](by)


def dimension_column(dimension: Dimension) -> str:
    """The name of the column that holds a dimension's category: ``ageGroup``."""
    first, *others = dimension.value.split("_")
    return first + "".join(word.title() for word in others)


def withheld_words(totals: Totals) -> str | None:
    """The measures that are not shown, each with its reason: ``SETTLED:HIDDEN_BY_SOURCE``."""
    return " ".join(f"{spoken(one.measure)}:{spoken(one.reason)}" for one in totals.withheld) or None


def _place() -> tuple[Column, ...]:
    return (
        column("Region", "code", at="region"),
        column("Region", "name", at="region"),
        column("Region", "level", at="region"),
        column("Totals", "year"),
    )


def _totals(_by: Sequence[Dimension]) -> tuple[Column, ...]:
    return (
        *_place(),
        *(column("Totals", name) for name in _DECISIONS),
        column("Totals", "answerBy"),
        column("Totals", "answerExpectedOn"),
        column("Totals", "acceptsUnaccompaniedMinors"),
        column("Totals", "decisionStatus"),
        column("Totals", "allocated"),
        column("Totals", "awaiting"),
        column("Totals", "medianWaitDays"),
        column("Totals", "settled"),
        column("Totals", "remaining"),
        column("Totals", "fulfilment"),
        column("Totals", "settledPerThousand"),
        column("Totals", "notPlacedInDistrict"),
        column("Totals", "notPlacedByBorders"),
        *(column("Totals", "unaccompaniedMinors", name) for name in _MINORS),
        *(column("Totals", "need", name) for name in _NEED),
        column("Totals", "need", "municipalitiesAsked"),
        column("Totals", "need", "status"),
        column("Totals", "need", "announcedOn"),
        *(column("Totals", "coverage", name) for name in _COVERAGE),
        column("Totals", "coverage", "notStated"),
        column("Totals", "coverage", "complete"),
        column("Totals", "origins"),
        column("Totals", "comparable"),
        Column(
            name="withheld",
            kind=Kind.WORDS,
            meaning="The measures that are not shown, each with the reason after a colon; null in GraphQL.",
            unit=None,
            field="Totals.withheld",
            read=withheld_words,
        ),
    )


def _series(_by: Sequence[Dimension]) -> tuple[Column, ...]:
    return (
        *_place(),
        column("SeriesPoint", "period"),
        column("SeriesPoint", "settled"),
        column("SeriesPoint", "cumulative"),
        column("Series", "undated"),
        column("SeriesPoint", "withheld"),
    )


def _breakdown(by: Sequence[Dimension]) -> tuple[Column, ...]:
    return (
        *_place(),
        *(_category(number, dimension) for number, dimension in enumerate(by)),
        column("BreakdownCell", "persons", at="cell"),
        column("BreakdownCell", "share", at="cell"),
        column("BreakdownCell", "origins", at="cell"),
        column("BreakdownCell", "withheld", at="cell"),
    )


def _category(number: int, dimension: Dimension) -> Column:
    return Column(
        name=dimension_column(dimension),
        kind=Kind.TEXT,
        meaning=_meaning_of(dimension),
        unit=None,
        field=f"BreakdownCell.key(dimension: {spoken(dimension)}).value",
        read=lambda row: row.cell.categories[number],
    )


def _published(_by: Sequence[Dimension]) -> tuple[Column, ...]:
    fields = ("measure", "dimension", "category", "status")
    said = ("publishedOn", "sourceName", "sourceUrl")
    return (
        *_place(),
        *(column("PublishedFigure", name, at="figure") for name in fields),
        column("PublishedFigure", "persons", at="figure"),
        column("PublishedFigure", "percent", at="figure"),
        *(column("PublishedFigure", name, at="figure") for name in said),
    )


def _meaning_of(dimension: Dimension) -> str:
    enum = schema().get_type("Dimension")
    assert isinstance(enum, GraphQLEnumType)
    return str(enum.values[spoken(dimension)].description)


_DECISIONS = (
    "announced",
    "announcedOriginally",
    "requested",
    "requestedOriginally",
    "decided",
    "quota",
    "extraCapacity",
    "spareCapacity",
)
_MINORS = (
    "announced",
    "requested",
    "decided",
    "quota",
    "extraCapacity",
    "allocated",
    "settled",
    "remaining",
)
_NEED = ("persons", "unaccompaniedMinors", "resettlement")
_COVERAGE = ("municipalities", "asked", "decided", "reporting")

_COLUMNS: dict[Table, Callable[[Sequence[Dimension]], tuple[Column, ...]]] = {
    Table.TOTALS: _totals,
    Table.SERIES: _series,
    Table.BREAKDOWN: _breakdown,
    Table.PUBLISHED: _published,
}
