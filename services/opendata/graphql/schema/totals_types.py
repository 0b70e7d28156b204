"""Totals of a region and year, and what stands in them."""
# mypy: allow-untyped-calls

from collections.abc import Sequence
from typing import Any

import graphene

from services.contract.regions import Region
from services.opendata.graphql.enums import (
    DecisionStatusEnum,
    MeasureEnum,
    NeedStatusEnum,
    OriginEnum,
    WithheldReasonEnum,
)
from services.opendata.graphql.resolving.reading import Info, attribute
from services.opendata.graphql.scalars import Date, PartialDate
from services.opendata.graphql.schema.release_types import ReleaseType
from services.opendata.release.answers import Flow, Totals


def _region_type() -> Any:
    # Regions have totals and totals have a region.
    from services.opendata.graphql.schema.region_types import RegionType  # noqa: PLC0415

    return RegionType


class UnaccompaniedMinorsType(graphene.ObjectType):
    """The part of each number that is unaccompanied minors (enslige mindreårige), in persons."""

    class Meta:
        name = "UnaccompaniedMinors"
        default_resolver = attribute

    announced = graphene.Int(description="Of the need that the country announced, persons.")
    requested = graphene.Int(description="Of the current request, persons.")
    decided = graphene.Int(description="Of the first decision, persons.")
    quota = graphene.Int(description="Of the current decision, persons.")
    extra_capacity = graphene.Int(description="That could be settled beyond the quota, persons.")
    allocated = graphene.Int(description="Of those allocated, persons.")
    settled = graphene.Int(description="Of those settled, persons.")
    remaining = graphene.Int(description="Quota minus settled, persons; may be negative.")


class NeedType(graphene.ObjectType):
    """What the country announced that it needs to settle in a year; the latest announcement."""

    class Meta:
        name = "Need"
        default_resolver = attribute

    persons = graphene.Int(description="Persons to be settled.")
    unaccompanied_minors = graphene.Int(description="Of these, unaccompanied minors, persons.")
    resettlement = graphene.Int(description="Of these, resettlement refugees, persons.")
    municipalities_asked = graphene.Int(description="How many municipalities are asked.")
    status = NeedStatusEnum(required=True, description="How firm the number is.")
    announced_on = PartialDate(required=True, description="When it was announced, as precisely as known.")


class CoverageType(graphene.ObjectType):
    """How complete a total is. A country of which one municipality has reported is not Norway."""

    class Meta:
        name = "Coverage"
        default_resolver = attribute

    municipalities = graphene.Int(required=True, description="Municipalities in the region that year.")
    asked = graphene.Int(required=True, description="Of these, how many have a request.")
    decided = graphene.Int(required=True, description="Of these, how many have a decision.")
    reporting = graphene.Int(required=True, description="Of these, of how many it is known who was settled.")
    not_stated = graphene.Int(
        required=True, description="Persons in the total whose municipality is not stated."
    )
    complete = graphene.Boolean(
        required=True, description="Whether all municipalities are reporting and no source hides a number."
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
        description="Persons settled in the old region; null where none are known or they are withheld."
    )

    @staticmethod
    def resolve_targets(flow: Flow, info: Info) -> Sequence[Region]:
        return info.context.budget.spend(flow.targets)


class WithheldType(graphene.ObjectType):
    """A measure that is not shown, and why."""

    class Meta:
        name = "Withheld"
        default_resolver = attribute

    measure = MeasureEnum(required=True, description="The measure that is null.")
    reason = WithheldReasonEnum(required=True, description="Why it is.")


class TotalsType(graphene.ObjectType):
    """All measures of one region and year.

    Null is none known, or withheld; `withheld` says which. A blank is never a zero.
    """

    class Meta:
        name = "Totals"
        default_resolver = attribute

    region = graphene.Field(_region_type, required=True, description="The region counted.")
    year = graphene.Int(required=True, description="The calendar year counted.")
    release = graphene.Field(ReleaseType, required=True, description="The release that the numbers are of.")
    announced = graphene.Int(description="The need that the country announced, latest number, persons.")
    announced_originally = graphene.Int(description="The need that the country first issued, persons.")
    requested = graphene.Int(description="Persons asked for (anmodning), current number.")
    requested_originally = graphene.Int(
        description="Persons asked for at first; null where that is not known."
    )
    decided = graphene.Int(description="Persons first decided to be settled (vedtak).")
    quota = graphene.Int(
        description="Persons to be settled by the current decision (kvote); for a district its share."
    )
    extra_capacity = graphene.Int(description="Persons that could be settled beyond the quota.")
    spare_capacity = graphene.Int(description="Quota minus requested, persons; may be negative.")
    answer_by = Date(description="The day by which the request is to be answered.")
    answer_expected_on = Date(description="The day on which a late answer is expected.")
    accepts_unaccompanied_minors = graphene.Boolean(
        description="Whether the decision accepts unaccompanied minors."
    )
    decision_status = DecisionStatusEnum(description="Where the municipality stands with its answer.")
    allocated = graphene.Int(description="Persons allocated (tildelt) in the year and still so.")
    awaiting = graphene.Int(description="Of those allocated, persons not yet settled.")
    median_wait_days = graphene.Float(
        description="Median wait from allocation to settlement, days; null under 10 persons."
    )
    settled = graphene.Int(
        description="Persons settled (bosatt) in the year; null until something is reported."
    )
    remaining = graphene.Int(description="Quota minus settled, persons; may be negative.")
    fulfilment = graphene.Float(
        description="Settled divided by quota, a ratio, 1.0 is 100 %; null at quota 0."
    )
    settled_per_thousand = graphene.Float(
        description="Persons settled per thousand inhabitants on 1 January of the year."
    )
    not_placed_in_district = graphene.Int(
        description="Persons settled in a city with districts of whom no district is stated."
    )
    unaccompanied_minors = graphene.Field(
        UnaccompaniedMinorsType,
        required=True,
        description="The part of these numbers that is unaccompanied minors.",
    )
    need = graphene.Field(NeedType, description="The country's announced need; null for other regions.")
    not_placed_by_borders = graphene.Int(
        description=(
            "Persons settled here and counted in no region below, because borders changed under them: "
            "with those below, and those not stated, they add up to `settled`. 0 on the map of the year."
        )
    )
    coverage = graphene.Field(CoverageType, required=True, description="How complete these numbers are.")
    origins = graphene.List(
        graphene.NonNull(OriginEnum),
        required=True,
        description="How it came to be known of the persons counted.",
    )
    comparable = graphene.Boolean(
        required=True,
        description=(
            "False where only a part of an old region came into this one, so that numbers can't be given."
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
