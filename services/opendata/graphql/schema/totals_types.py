"""Totals of a region and year, and what stands in them."""
# mypy: allow-untyped-calls

from collections.abc import Sequence
from typing import Any

import graphene

from services.contract.codes import Measure
from services.contract.regions import Region
from services.opendata.graphql.describing import DAY, MUNICIPALITIES, PERSONS, YEAR, described
from services.opendata.graphql.enums import (
    DecisionStatusEnum,
    MeasureEnum,
    NeedStatusEnum,
    OriginEnum,
    WithheldReasonEnum,
)
from services.opendata.graphql.measures import MEASURES
from services.opendata.graphql.resolving.reading import Info, attribute
from services.opendata.graphql.scalars import Date, PartialDate
from services.opendata.graphql.schema.release_types import ReleaseType
from services.opendata.release.answers import Flow, Totals


def _region_type() -> Any:
    # Regions have totals and totals have a region.
    from services.opendata.graphql.schema.region_types import RegionType  # noqa: PLC0415

    return RegionType


def _told(measure: Measure) -> str:
    return str(MEASURES[measure])


def _minors(meaning: str, example: int) -> Any:
    return graphene.Int(description=described(meaning, str(example), PERSONS))


class UnaccompaniedMinorsType(graphene.ObjectType):
    """The part of each number that is unaccompanied minors (enslige mindreårige), in persons."""

    class Meta:
        name = "UnaccompaniedMinors"
        default_resolver = attribute

    announced = _minors("Of the need that the country announced, the latest number.", 140)
    requested = _minors("Of the current request.", 60)
    decided = _minors("Of the first decision.", 55)
    quota = _minors("Of the decisions in force.", 55)
    extra_capacity = _minors("Of those who could be settled beyond the quota.", 5)
    allocated = _minors("Of those allocated.", 12)
    settled = _minors("Of those settled.", 31)
    remaining = _minors("`quota` − `settled`, both of unaccompanied minors. May be negative.", 24)


class NeedType(graphene.ObjectType):
    """What the country announced that it needs to settle in a year; the latest announcement."""

    class Meta:
        name = "Need"
        default_resolver = attribute

    persons = graphene.Int(description=described("Persons to be settled.", "3600", PERSONS))
    unaccompanied_minors = graphene.Int(
        description=described("Of these, unaccompanied minors.", "140", PERSONS)
    )
    resettlement = graphene.Int(
        description=described("Of these, resettlement refugees (overføringsflyktninger).", "3000", PERSONS)
    )
    municipalities_asked = graphene.Int(
        description=described("How many municipalities are asked.", "210", MUNICIPALITIES)
    )
    status = NeedStatusEnum(required=True, description=described("How firm the number is.", "REVISED"))
    announced_on = PartialDate(
        required=True, description=described("When it was announced, as precisely as known.", "2020-09", DAY)
    )


class CoverageType(graphene.ObjectType):
    """How complete a total is. A country of which one municipality has reported is not Norway."""

    class Meta:
        name = "Coverage"
        default_resolver = attribute

    municipalities = graphene.Int(
        required=True, description=described("Municipalities in the region that year.", "357", MUNICIPALITIES)
    )
    asked = graphene.Int(
        required=True, description=described("Of these, how many have a request.", "320", MUNICIPALITIES)
    )
    decided = graphene.Int(
        required=True, description=described("Of these, how many have a decision.", "298", MUNICIPALITIES)
    )
    reporting = graphene.Int(
        required=True,
        description=described("Of these, of how many the persons settled are known.", "1", MUNICIPALITIES),
    )
    not_stated = graphene.Int(
        required=True,
        description=described("Persons in the total whose municipality is not stated.", "0", PERSONS),
    )
    complete = graphene.Boolean(
        required=True,
        description=described(
            "Whether all municipalities are reporting and no source hides a number.", "false"
        ),
    )


class FlowType(graphene.ObjectType):
    """How the count of a region of the year goes over into those of the map asked for."""

    class Meta:
        name = "Flow"
        default_resolver = attribute

    source = graphene.Field(_region_type, required=True, description="A region of the year.")
    targets = graphene.List(
        graphene.NonNull(_region_type),
        required=True,
        description=(
            "All regions of the map that it went into, by code. A count is never split between several."
        ),
    )
    persons = graphene.Int(
        description=described(
            "Persons settled in the old region; null where none are known or they are withheld.",
            "849",
            PERSONS,
        )
    )

    @staticmethod
    def resolve_targets(flow: Flow, info: Info) -> Sequence[Region]:
        return info.context.budget.spend(flow.targets)


class WithheldType(graphene.ObjectType):
    """A measure that is not shown, and why."""

    class Meta:
        name = "Withheld"
        default_resolver = attribute

    measure = MeasureEnum(required=True, description=described("The measure that is null.", "SETTLED"))
    reason = WithheldReasonEnum(required=True, description=described("Why it is.", "HIDDEN_BY_SOURCE"))


class TotalsType(graphene.ObjectType):
    """All measures of one region and year.

    Null is none known, or withheld; `withheld` says which. A blank is never a zero.
    """

    class Meta:
        name = "Totals"
        default_resolver = attribute

    region = graphene.Field(_region_type, required=True, description="The region counted.")
    year = graphene.Int(required=True, description=described("The calendar year counted.", "2024", YEAR))
    release = graphene.Field(ReleaseType, required=True, description="The release that the numbers are of.")
    announced = graphene.Int(description=_told(Measure.ANNOUNCED))
    announced_originally = graphene.Int(
        description=described(
            "Persons that the country first issued as its need, before revisions. Null below the country.",
            "5120",
            PERSONS,
        )
    )
    requested = graphene.Int(description=_told(Measure.REQUESTED))
    requested_originally = graphene.Int(description=_told(Measure.REQUESTED_ORIGINALLY))
    decided = graphene.Int(description=_told(Measure.DECIDED))
    quota = graphene.Int(description=_told(Measure.QUOTA))
    extra_capacity = graphene.Int(description=_told(Measure.EXTRA_CAPACITY))
    spare_capacity = graphene.Int(description=_told(Measure.SPARE_CAPACITY))
    answer_by = Date(
        description=described("The day by which the request is to be answered.", "2024-01-15", DAY)
    )
    answer_expected_on = Date(
        description=described("The day on which a late answer is expected.", "2024-03-20", DAY)
    )
    accepts_unaccompanied_minors = graphene.Boolean(
        description=described("Whether the decision accepts unaccompanied minors.", "true")
    )
    decision_status = DecisionStatusEnum(
        description=described(
            "Where the municipality stands with its answer; of several regions made one, where all agree.",
            "DECIDED",
        )
    )
    allocated = graphene.Int(description=_told(Measure.ALLOCATED))
    awaiting = graphene.Int(description=_told(Measure.AWAITING))
    median_wait_days = graphene.Float(description=_told(Measure.MEDIAN_WAIT_DAYS))
    settled = graphene.Int(description=_told(Measure.SETTLED))
    remaining = graphene.Int(description=_told(Measure.REMAINING))
    fulfilment = graphene.Float(description=_told(Measure.FULFILMENT))
    settled_per_thousand = graphene.Float(description=_told(Measure.SETTLED_PER_THOUSAND))
    not_placed_in_district = graphene.Int(description=_told(Measure.NOT_PLACED_IN_DISTRICT))
    unaccompanied_minors = graphene.Field(
        UnaccompaniedMinorsType,
        required=True,
        description="The part of these numbers that is unaccompanied minors.",
    )
    need = graphene.Field(NeedType, description="The country's announced need; null for other regions.")
    not_placed_by_borders = graphene.Int(
        description=described(
            "Persons settled here and counted in no region below, because borders changed under them: "
            "with those below, and those not stated, they add up to `settled`. 0 on the map of the year.",
            "0",
            PERSONS,
        )
    )
    coverage = graphene.Field(CoverageType, required=True, description="How complete these numbers are.")
    origins = graphene.List(
        graphene.NonNull(OriginEnum),
        required=True,
        description=described("How it came to be known of the persons counted.", "REPORTED, IMPORTED"),
    )
    comparable = graphene.Boolean(
        required=True,
        description=described(
            "False where only a part of an old region came into this one, so that numbers can't be given.",
            "true",
        ),
    )
    flows = graphene.List(
        graphene.NonNull(FlowType),
        required=True,
        description=(
            "On today's map: all regions of the year that came into this one, whole or in part, if it was "
            "another one then; whole counties where they fit. Empty where it was the same, and on the map "
            "of the year."
        ),
    )
    withheld = graphene.List(
        graphene.NonNull(WithheldType), required=True, description="The measures that are not shown, and why."
    )

    @staticmethod
    def resolve_flows(totals: Totals, info: Info) -> Sequence[Flow]:
        return info.context.budget.spend(totals.flows)
