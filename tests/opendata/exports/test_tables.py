"""Columns are the fields of the schema: none is forgotten, none has another name or meaning."""

import pytest
from graphql import GraphQLObjectType, get_named_type

from services.contract.codes import Dimension
from services.opendata.exports.columns import Kind
from services.opendata.exports.tables import Table, columns_of
from services.opendata.graphql.schema.schema import schema

LEFT_OUT = {"region", "release", "flows"}
"""Fields of totals that no column holds: the first is there as columns of its own."""


def leaves(name):
    fields = schema().type_map[name].fields
    for field, found in fields.items():
        inner = get_named_type(found.type)
        if field in LEFT_OUT:
            continue
        if isinstance(inner, GraphQLObjectType) and field != "withheld":
            yield from (f"{field}.{one}" for one in inner.fields)
        else:
            yield field


def test_every_number_of_a_region_and_year_has_a_column():
    there = {column.field.removeprefix("Totals.") for column in columns_of(Table.TOTALS)}

    assert set(leaves("Totals")) <= there


def test_a_column_has_the_name_of_its_field():
    names = {column.field: column.name for column in columns_of(Table.TOTALS)}

    assert names["Totals.settled"] == "settled"
    assert names["Totals.unaccompaniedMinors.quota"] == "unaccompaniedMinorsQuota"
    assert names["Region.code"] == "code"


@pytest.mark.parametrize("table", Table)
def test_no_two_columns_of_a_table_have_one_name(table):
    names = [column.name for column in columns_of(table, tuple(Dimension))]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("table", Table)
def test_every_number_has_a_unit_and_every_column_a_meaning(table):
    for column in columns_of(table, tuple(Dimension)):
        assert column.meaning
        assert column.is_measured == (column.kind in (Kind.INTEGER, Kind.NUMBER) and column.name != "year")


def test_a_breakdown_has_its_dimensions_as_columns_in_the_order_asked_for():
    names = [column.name for column in columns_of(Table.BREAKDOWN, (Dimension.MONTH, Dimension.AGE_GROUP))]

    assert names[4:6] == ["month", "ageGroup"]
