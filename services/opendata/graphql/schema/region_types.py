"""Regions of Norway, the node of every query."""
# mypy: allow-untyped-calls

from collections.abc import Sequence
from datetime import date
from typing import Any

import graphene

from services.contract.codes import Dimension
from services.contract.regions import Region, population, regions_on
from services.opendata.graphql.describing import DAY, PERSONS, YEAR, described
from services.opendata.graphql.enums import DimensionEnum, Interval, IntervalEnum, RegionLevelEnum
from services.opendata.graphql.resolving.breakdown import BreakdownCell, breakdown_of
from services.opendata.graphql.resolving.node_ids import node_id
from services.opendata.graphql.resolving.reading import Info, attribute, for_all, plain
from services.opendata.graphql.resolving.region_years import children_of, history_of
from services.opendata.graphql.resolving.series import Series, series_of
from services.opendata.graphql.scalars import Date
from services.opendata.graphql.schema.breakdown_types import BreakdownCellType
from services.opendata.graphql.schema.other_times import map_year_of, other_times
from services.opendata.graphql.schema.published_types import PublishedFigureType
from services.opendata.graphql.schema.series_types import SeriesType
from services.opendata.graphql.schema.totals_types import TotalsType
from services.opendata.release.answers import PublishedFigure, Totals


def _year() -> Any:
    return graphene.Argument(
        graphene.Int, required=True, description=described("A calendar year.", "2024", YEAR)
    )


class NodeType(graphene.Interface):
    """Something with an id by which it can be found again."""

    class Meta:
        name = "Node"

    id = graphene.ID(required=True, description=described("Opaque; the same for ever.", "UmVnaW9uOjAzMDE6"))

    @classmethod
    def resolve_type(cls, _node: Region, _info: Info) -> Any:
        return RegionType


def _totals_of_all(regions: Sequence[Region], info: Info, year: int, **times: Any) -> list[Totals | None]:
    map_year = map_year_of(info.context.today, **times)
    totals = info.context.numbers.totals
    return [totals(region, year, map_year) for region in regions]


class RegionType(graphene.ObjectType):
    """A region of Norway: one code with one meaning, for the years in which it is valid."""

    class Meta:
        name = "Region"
        interfaces = (NodeType,)
        default_resolver = attribute

    id = graphene.ID(required=True, description=described("Opaque; the same for ever.", "UmVnaW9uOjAzMDE6"))
    code = graphene.ID(
        required=True,
        description=described(
            "Statistics Norway's code, a text: `NO`, a county's `03`, a municipality's `0301`, "
            "a district's `030101`.",
            "0301",
        ),
    )
    name = graphene.String(required=True, description=described("The official name.", "Oslo"))
    level = RegionLevelEnum(
        required=True, description=described("Country, county, municipality or district.", "MUNICIPALITY")
    )
    valid_from = Date(
        description=described(
            "The first day on which it is valid; null where that lies before the registry begins.",
            "2018-01-01",
            DAY,
        )
    )
    valid_to = Date(
        description=described(
            "The last day on which it is valid; null while the region exists.", "2017-12-31", DAY
        )
    )
    parent = graphene.Field(lambda: RegionType, description="The region one level up; null for the country.")
    children = graphene.List(
        graphene.NonNull(lambda: RegionType),
        required=True,
        description="The regions one level down, by code. Those that stand for `not stated` are left out.",
        args={
            "on": graphene.Argument(
                Date,
                description=described(
                    "Valid on that day; if left out, today, or the last day of a region of the past.",
                    "2024-01-01",
                    DAY,
                ),
            )
        },
    )
    predecessors = graphene.List(
        graphene.NonNull(lambda: RegionType),
        required=True,
        description="The regions that this one was made of, whole or in part, by code.",
    )
    successors = graphene.List(
        graphene.NonNull(lambda: RegionType),
        required=True,
        description="The regions that this one went into; several where it was split.",
    )
    regions_on = graphene.List(
        graphene.NonNull(lambda: RegionType),
        required=True,
        description=(
            "What this region is on the map of a day, by code: itself and what has been added to it since, "
            "or all that it went into or came from, however many changes ago. Counties are followed by "
            "their municipalities."
        ),
        args={
            "on": graphene.Argument(
                Date,
                description=described(
                    "The day of the map; today if left out, so that old codes lead to present ones.",
                    "2024-01-01",
                    DAY,
                ),
            )
        },
    )
    population = graphene.Int(
        description=described(
            "Inhabitants on 1 January of the region as it was in that year; null where no figure is at "
            "hand. The figures are on the map of 2024, from 2013 on: a region that was another in the "
            "year has none.",
            "717710",
            PERSONS,
        ),
        args={"year": _year()},
    )
    totals = graphene.Field(
        TotalsType,
        description=(
            "All measures of a year; null where the region is not on the map asked for, or nothing that "
            "existed in the year is known to be in it."
        ),
        args={"year": _year(), **other_times()},
    )
    history = graphene.List(
        graphene.NonNull(TotalsType),
        required=True,
        description="All measures of each year of which something is known, in order.",
        args={
            "first_year": graphene.Argument(
                graphene.Int,
                name="from",
                description=described(
                    "The first year; if left out, the first of which something is known.", "2018", YEAR
                ),
            ),
            "last_year": graphene.Argument(
                graphene.Int,
                name="to",
                description=described(
                    "The last year; if left out, the last of which something is known.", "2024", YEAR
                ),
            ),
            **other_times(),
        },
    )
    series = graphene.Field(
        SeriesType,
        required=True,
        description="Persons settled through a year.",
        args={
            "year": _year(),
            "interval": graphene.Argument(
                IntervalEnum,
                default_value=Interval.MONTH,
                description=described("The length of the periods.", "WEEK"),
            ),
            **other_times(),
        },
    )
    breakdown = graphene.List(
        graphene.NonNull(BreakdownCellType),
        required=True,
        description=("Persons settled in a year by category. Empty cells are left out; `unknown` is a cell."),
        args={
            "year": _year(),
            "by": graphene.Argument(
                graphene.List(graphene.NonNull(DimensionEnum)),
                required=True,
                description=described("One or more dimensions, none twice.", "SEX, AGE_GROUP"),
            ),
            **other_times(),
        },
    )
    published = graphene.List(
        graphene.NonNull(PublishedFigureType),
        required=True,
        description="Official figures of a year, for comparison.",
        args={"year": _year()},
    )

    @staticmethod
    @plain
    def resolve_id(region: Region, _info: Info) -> str:
        return node_id(region)

    @staticmethod
    @plain
    def resolve_valid_from(region: Region, _info: Info) -> date | None:
        return region.first_day

    @staticmethod
    @plain
    def resolve_valid_to(region: Region, _info: Info) -> date | None:
        return region.last_day

    @staticmethod
    @plain
    def resolve_parent(region: Region, info: Info) -> Region | None:
        return info.context.regions.parent(region)

    @staticmethod
    def resolve_children(region: Region, info: Info, on: date | None = None) -> Sequence[Region]:
        return info.context.budget.spend(children_of(info.context, region, on))

    @staticmethod
    def resolve_predecessors(region: Region, info: Info) -> Sequence[Region]:
        return info.context.budget.spend(info.context.regions.predecessors(region))

    @staticmethod
    def resolve_successors(region: Region, info: Info) -> Sequence[Region]:
        return info.context.budget.spend(info.context.regions.successors(region))

    @staticmethod
    def resolve_regions_on(region: Region, info: Info, on: date | None = None) -> Sequence[Region]:
        today = info.context.today.year
        return info.context.budget.spend(regions_on(region, today if on is None else on.year, today))

    @staticmethod
    @plain
    def resolve_population(region: Region, _info: Info, year: int) -> int | None:
        return population(region.code, year)

    @staticmethod
    @for_all(_totals_of_all)
    def resolve_totals(region: Region, info: Info, year: int, **times: Any) -> Totals | None:
        return info.context.numbers.totals(region, year, map_year_of(info.context.today, **times))

    @staticmethod
    def resolve_history(
        region: Region, info: Info, first_year: int | None = None, last_year: int | None = None, **times: Any
    ) -> list[Totals]:
        map_year = map_year_of(info.context.today, **times)
        return history_of(info.context.numbers, region, first_year, last_year, map_year)

    @staticmethod
    def resolve_series(
        region: Region, info: Info, year: int, interval: Interval | None, **times: Any
    ) -> Series:
        map_year = map_year_of(info.context.today, **times)
        return series_of(info.context.numbers.days(region, year, map_year), interval or Interval.MONTH)

    @staticmethod
    def resolve_breakdown(
        region: Region, info: Info, year: int, by: Sequence[Dimension], **times: Any
    ) -> list[BreakdownCell]:
        return breakdown_of(info.context.numbers, region, year, by, map_year_of(info.context.today, **times))

    @staticmethod
    @plain
    def resolve_published(region: Region, info: Info, year: int) -> Sequence[PublishedFigure]:
        return info.context.numbers.published(region, year)
