"""Persons settled by category."""
# mypy: allow-untyped-calls

import graphene

from services.contract.codes import Dimension
from services.contract.labels import Language, label_of
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

    dimension = DimensionEnum(required=True, description="What is broken down by.")
    value = graphene.String(
        required=True,
        description="The category's code: `female`, `0-17`, `UKR`, `XXX`, `true`, `2024-05`, `unknown`.",
    )
    label = graphene.String(
        required=True,
        description="What people call the category.",
        args={
            "language": graphene.Argument(
                LanguageEnum, default_value=Language.NB, description="The label's language."
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
        args={"dimension": graphene.Argument(DimensionEnum, required=True, description="Which dimension.")},
    )
    persons = graphene.Int(description="Persons settled; null where withheld.")
    share = graphene.Float(
        description="Of all persons settled in the region and year, a ratio: 1.0 is 100 %."
    )
    withheld = WithheldReasonEnum(description="Why the numbers are null, where they are withheld.")
    origins = graphene.List(
        graphene.NonNull(OriginEnum),
        required=True,
        description="How it came to be known of the persons counted.",
    )

    @staticmethod
    @plain
    def resolve_key(cell: BreakdownCell, _info: Info, dimension: Dimension) -> Category | None:
        return cell.key(dimension)
