"""The enums of the schema: the contract's code lists under their GraphQL names."""
# mypy: allow-untyped-calls

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import graphene

from services.contract.codes import Dimension, FigureStatus, Measure, NeedStatus, Origin
from services.contract.labels import Language
from services.contract.regions import Level
from services.opendata.graphql.measures import MEASURES
from services.opendata.release.answers import DecisionStatus, WithheldReason


class Borders(StrEnum):
    THEN = "then"
    NOW = "now"


class Interval(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Direction(StrEnum):
    ASC = "asc"
    DESC = "desc"


def _enum(source: type[StrEnum], name: str, meaning: str, members: Mapping[Any, str]) -> Any:
    return graphene.Enum.from_enum(
        source,
        name=name,
        description=lambda member: meaning if member is None else members[member],
    )


RegionLevelEnum = _enum(
    Level,
    "RegionLevel",
    "A level of regions. Those of a level add up to the level above. May grow.",
    {
        Level.COUNTRY: "Norway.",
        Level.COUNTY: "A county (fylke).",
        Level.MUNICIPALITY: "A municipality (kommune).",
        Level.DISTRICT: "A city district (bydel) of Oslo, Bergen, Trondheim or Stavanger.",
    },
)

MeasureEnum = _enum(
    Measure,
    "Measure",
    "What is counted for a region and a year. May grow.",
    {measure: str(said) for measure, said in MEASURES.items()},
)

DimensionEnum = _enum(
    Dimension,
    "Dimension",
    "What persons settled can be broken down by. May grow.",
    {
        Dimension.SEX: "`female`, `male` or `unknown`.",
        Dimension.AGE_GROUP: "Age on arrival: `0-17`, `18-29`, `30-55`, `56-67`, `68+` or `unknown`.",
        Dimension.COUNTRY_OF_ORIGIN: (
            "ISO 3166-1 alpha-3, such as `UKR`; `XXX` is a country other than those named; or `unknown`."
        ),
        Dimension.UNACCOMPANIED_MINOR: "Whether the person is an unaccompanied minor: `true` or `false`.",
        Dimension.CARE: (
            "Who looks after an unaccompanied minor: `institution`, `shared_housing` or `foster_home`."
        ),
        Dimension.ARRIVAL: (
            "How the person came to be settled: `reception_centre`, `resettlement`, `relocation` or `direct`."
        ),
        Dimension.HOUSING: "`municipal` or `agreed_self_settlement`.",
        Dimension.MONTH: "The month of settlement, such as `2024-05`; `unknown` where no day is stated.",
    },
)

BordersEnum = _enum(
    Borders,
    "Borders",
    "On which map of Norway numbers are given. May grow.",
    {
        Borders.THEN: "The regions of the year asked for.",
        Borders.NOW: (
            "The regions of today, each with the sum of what flowed wholly into it. A count is never split."
        ),
    },
)

IntervalEnum = _enum(
    Interval,
    "Interval",
    "The length of a series' periods. May grow.",
    {
        Interval.DAY: "Days: `2024-05-17`.",
        Interval.WEEK: "ISO weeks, from Monday: `2024-W20`. A week across New Year is named by its Thursday.",
        Interval.MONTH: "Months: `2024-05`.",
        Interval.QUARTER: "Quarters: `2024-Q2`.",
        Interval.YEAR: "The whole year: `2024`.",
    },
)

OriginEnum = _enum(
    Origin,
    "Origin",
    "How what is counted came to be known. May grow.",
    {
        Origin.REPORTED: "Reported by the municipality or district itself.",
        Origin.IMPORTED: "Taken over from figures published earlier.",
        Origin.SYNTHETIC: "Made up, for trials and demonstrations.",
    },
)

DecisionStatusEnum = _enum(
    DecisionStatus,
    "DecisionStatus",
    "Where a municipality stands with its answer for a year. May grow.",
    {
        DecisionStatus.NOT_ASKED: "It is not asked to settle anybody.",
        DecisionStatus.ASKED: "It is asked and has not answered.",
        DecisionStatus.DELAYED: "It has said when its answer will come.",
        DecisionStatus.DECIDED: "It has decided how many it will settle; that may be 0.",
        DecisionStatus.WITHDRAWN: "Its decision is withdrawn.",
    },
)

WithheldReasonEnum = _enum(
    WithheldReason,
    "WithheldReason",
    "Why a number is not shown. May grow.",
    {
        WithheldReason.SMALL_NUMBERS: "It could tell something about single persons.",
        WithheldReason.NOT_YET_RELEASED: "It waits for the next release.",
        WithheldReason.HIDDEN_BY_SOURCE: "The publication that it comes from hides it.",
        WithheldReason.INCOMPLETE: "Too little is known for it.",
        WithheldReason.NOT_COMPARABLE: "Borders have changed so that it can't be given.",
    },
)

NeedStatusEnum = _enum(
    NeedStatus,
    "NeedStatus",
    "How firm an announced need is. May grow.",
    {
        NeedStatus.FORECAST: "Expected, before anybody is asked.",
        NeedStatus.ISSUED: "The number that municipalities are asked by.",
        NeedStatus.REVISED: "Changed after it was issued.",
        NeedStatus.FINAL: "It will not change any more.",
    },
)

FigureStatusEnum = _enum(
    FigureStatus,
    "FigureStatus",
    "How an official figure is given. May grow.",
    {
        FigureStatus.EXACT: "As it is.",
        FigureStatus.SUPPRESSED: "Its source hides it; `persons` and `percent` are null.",
    },
)

DirectionEnum = _enum(
    Direction,
    "Direction",
    "From which end a list begins. Null and withheld come last in both.",
    {Direction.ASC: "The lowest first.", Direction.DESC: "The highest first."},
)

LanguageEnum = _enum(
    Language,
    "Language",
    "The language of labels. May grow.",
    {Language.NB: "Norwegian bokmål.", Language.EN: "English."},
)
