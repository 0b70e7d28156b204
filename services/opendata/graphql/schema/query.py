"""Where every query begins."""
# mypy: allow-untyped-calls

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import graphene

from services.contract.regions import Region
from services.opendata.graphql.describing import DAY, ITEMS, YEAR, described
from services.opendata.graphql.enums import (
    DecisionStatusEnum,
    DirectionEnum,
    MeasureEnum,
    RegionLevelEnum,
)
from services.opendata.graphql.resolving.changes import USUAL_CHANGES, ChangePage, changes_of
from services.opendata.graphql.resolving.node_ids import region_of
from services.opendata.graphql.resolving.paging import USUAL_REGIONS, RegionPage, page_of
from services.opendata.graphql.resolving.reading import Info
from services.opendata.graphql.resolving.region_order import MapOrder, RegionOrder
from services.opendata.graphql.resolving.region_search import RegionSearch
from services.opendata.graphql.scalars import Date
from services.opendata.graphql.schema.change_types import ChangeConnectionType
from services.opendata.graphql.schema.connections import RegionConnectionType
from services.opendata.graphql.schema.region_types import NodeType, RegionType
from services.opendata.graphql.schema.release_types import ReleaseType
from services.opendata.release.answers import Release


class RegionOrderInput(graphene.InputObjectType):
    """By a measure of a year. Null and withheld come last from either end; ties go by code."""

    class Meta:
        name = "RegionOrder"

    measure = MeasureEnum(required=True, description=described("The measure to go by.", "REMAINING"))
    year = graphene.Int(
        required=True, description=described("The calendar year that it is of.", "2024", YEAR)
    )
    direction = DirectionEnum(required=True, description=described("Lowest or highest first.", "DESC"))


class Query(graphene.ObjectType):
    """Refugee settlement in Norway, from the request to the person settled."""

    region = graphene.Field(
        RegionType,
        description="A region by its code; null where there is none.",
        args={
            "code": graphene.Argument(
                graphene.ID,
                required=True,
                description=described("The code, of today or of the past.", "0301"),
            ),
            "on": graphene.Argument(
                Date, description=described("Only if the region is valid on that day.", "2024-01-01", DAY)
            ),
        },
    )
    regions = graphene.Field(
        RegionConnectionType,
        required=True,
        description=(
            "Regions that fit all that is asked, by pages; without `orderBy` from the country down to "
            "districts, by code. Those on the map of one day: `on`; else of `year`; else those of `codes` "
            "whenever valid; else of the year of `orderBy`; else of today in Norway."
        ),
        args={
            "level": graphene.Argument(
                RegionLevelEnum, description=described("Of that level.", "MUNICIPALITY")
            ),
            "codes": graphene.Argument(
                graphene.List(graphene.NonNull(graphene.ID)),
                description=described("With one of these codes.", "0301, 4601"),
            ),
            "within": graphene.Argument(
                graphene.String,
                description=described(
                    "Inside the region with that code, at any level below; not that region itself.", "46"
                ),
            ),
            "search": graphene.Argument(
                graphene.String,
                description=described(
                    "With this text in the name, or in the name of a region that it came from. Case, accents "
                    "and hyphens make no difference; å, ø and æ may be written aa or a, oe or o, ae.",
                    "klaebu",
                ),
            ),
            "on": graphene.Argument(Date, description=described("Valid on that day.", "2024-01-01", DAY)),
            "decision_status": graphene.Argument(
                DecisionStatusEnum,
                description=described(
                    "That stand so with their answer of `year`, which is needed.", "DELAYED"
                ),
            ),
            "year": graphene.Argument(
                graphene.Int, description=described("The calendar year of `decisionStatus`.", "2024", YEAR)
            ),
            "order_by": graphene.Argument(
                RegionOrderInput,
                description=described(
                    "In the order of a measure.", "{measure: REMAINING, year: 2024, direction: DESC}"
                ),
            ),
            "include_not_stated": graphene.Argument(
                graphene.Boolean,
                default_value=False,
                description=described(
                    "With the county `99` and the municipality `9999` that stand for `not stated`; "
                    "else they come only where `codes` names them.",
                    "true",
                ),
            ),
            "first": graphene.Argument(
                graphene.Int,
                default_value=USUAL_REGIONS,
                description=described(
                    "The most regions on the page, up to 500; more is an error.", "500", ITEMS
                ),
            ),
            "after": graphene.Argument(
                graphene.String,
                description=described("A cursor: only what comes after it.", "WyJtYXAiLDAsMCwiTk8iXQ=="),
            ),
        },
    )
    changes = graphene.Field(
        ChangeConnectionType,
        required=True,
        description=(
            "What differs now from a release, by region and year, in the order in which it changed last. To "
            "follow the numbers, keep `release.id` of each answer and ask with it the next time."
        ),
        args={
            "since_release": graphene.Argument(
                graphene.ID,
                required=True,
                description=described("The id of a release; `0` gets everything.", "6"),
            ),
            "region": graphene.Argument(
                graphene.ID, description=described("Of the region with that code only.", "0301")
            ),
            "year": graphene.Argument(
                graphene.Int, description=described("Of that calendar year only.", "2024", YEAR)
            ),
            "first": graphene.Argument(
                graphene.Int,
                default_value=USUAL_CHANGES,
                description=described(
                    "The most changes on the page, up to 500; more is an error.", "500", ITEMS
                ),
            ),
            "after": graphene.Argument(
                graphene.String,
                description=described("A cursor: only what comes after it.", "WyJtYXAiLDAsMCwiTk8iXQ=="),
            ),
        },
    )
    release = graphene.Field(ReleaseType, required=True, description="The release that the answer is of.")
    node = graphene.Field(
        NodeType,
        description="What has an id; null where nothing has it.",
        args={
            "id": graphene.Argument(
                graphene.ID,
                required=True,
                description=described("The id, as `Node.id` has it.", "UmVnaW9uOjAzMDE6"),
            )
        },
    )

    @staticmethod
    def resolve_region(_root: None, info: Info, code: str, on: date | None = None) -> Region | None:
        regions = info.context.regions
        return regions.find(code) if on is None else regions.find_in(code, on.year)

    @staticmethod
    def resolve_regions(
        _root: None,
        info: Info,
        codes: Sequence[str] | None = None,
        order_by: Mapping[str, Any] | None = None,
        include_not_stated: bool | None = False,
        first: int | None = USUAL_REGIONS,
        after: str | None = None,
        **asked: Any,
    ) -> RegionPage:
        order = None if order_by is None else RegionOrder(**order_by)
        search = RegionSearch(
            codes=None if codes is None else frozenset(codes),
            order_by=order,
            include_not_stated=bool(include_not_stated),
            **asked,
        )
        page = page_of(search.find(info.context), order or MapOrder(), info.context.numbers, first, after)
        info.context.budget.spend(page.nodes)
        return page

    @staticmethod
    def resolve_changes(
        _root: None,
        info: Info,
        since_release: str,
        region: str | None = None,
        year: int | None = None,
        first: int | None = USUAL_CHANGES,
        after: str | None = None,
    ) -> ChangePage:
        page = changes_of(info.context.numbers, since_release, region, year, first, after)
        info.context.budget.spend(page.nodes)
        return page

    @staticmethod
    def resolve_release(_root: None, info: Info) -> Release:
        return info.context.numbers.release

    @staticmethod
    def resolve_node(_root: None, info: Info, id: str) -> Region | None:  # noqa: A002
        return region_of(id, info.context.regions)
