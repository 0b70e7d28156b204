"""Persons settled by category."""
# mypy: allow-untyped-calls

import graphene

from services.contract.codes import Dimension
from services.contract.labels import Language, label_of
from services.opendata.graphql.describing import PERSONS, RATIO, described
from services.opendata.graphql.enums import (
    DimensionEnum,
    LanguageEnum,
    OriginEnum,
    WithheldReasonEnum,
)
from services.opendata.graphql.resolving.breakdown import BreakdownCell
from services.opendata.graphql.resolving.reading import Info, attribute, plain
from services.opendata.release.answers import Category


class BreakdownKeyType(graphene.ObjectType):
    """One category of one dimension."""

    class Meta:
        name = "BreakdownKey"
        default_resolver = attribute

    dimension = DimensionEnum(required=True, description=described("What is broken down by.", "SEX"))
    value = graphene.String(
        required=True,
        description=described(
            "The category's code: `female`, `0-17`, `UKR`, `XXX`, `true`, `2024-05`, `unknown`.", "female"
        ),
    )
    label = graphene.String(
        required=True,
        description=described("What people call the category.", "Kvinner"),
        args={
            "language": graphene.Argument(
                LanguageEnum, default_value=Language.NB, description=described("The label's language.", "EN")
            )
        },
    )

    @staticmethod
    @plain
    def resolve_label(key: Category, _info: Info, language: Language | None) -> str:
        return label_of(key.dimension, key.value, language or Language.NB)


class BreakdownCellType(graphene.ObjectType):
    """Persons settled who share one category in each dimension asked for."""

    class Meta:
        name = "BreakdownCell"
        default_resolver = attribute

    keys = graphene.List(
        graphene.NonNull(BreakdownKeyType),
        required=True,
        description="The categories, in the order in which their dimensions were asked for.",
    )
    key = graphene.Field(
        BreakdownKeyType,
        description="The category of one dimension; null where that was not asked for.",
        args={
            "dimension": graphene.Argument(
                DimensionEnum, required=True, description=described("Which dimension.", "AGE_GROUP")
            )
        },
    )
    persons = graphene.Int(description=described("Persons settled; null where withheld.", "416", PERSONS))
    share = graphene.Float(
        description=described(
            "`persons` / all persons settled in the region and year; null where withheld.",
            "0.48998822143698467",
            RATIO,
        )
    )
    withheld = WithheldReasonEnum(
        description=described("Why the numbers are null, where they are withheld.", "SMALL_NUMBERS")
    )
    origins = graphene.List(
        graphene.NonNull(OriginEnum),
        required=True,
        description=described("How it came to be known of the persons counted.", "REPORTED, IMPORTED"),
    )

    @staticmethod
    @plain
    def resolve_key(cell: BreakdownCell, _info: Info, dimension: Dimension) -> Category | None:
        return cell.key(dimension)
