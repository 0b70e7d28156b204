"""The schema: what clients rely on stands in it, and every part of it is explained."""

from importlib import resources

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    get_introspection_query,
    graphql_sync,
    is_introspection_type,
    is_specified_scalar_type,
)

from services.contract.codes import Dimension, Measure, Origin
from services.opendata.graphql.schema.schema import schema, schema_text

PROMISED = build_schema(
    """
    scalar Date
    scalar DateTime
    scalar PartialDate
    interface Node { id: ID! }
    type Query {
      region(code: ID!, on: Date): Region
      regions(level: RegionLevel, codes: [ID!], within: String, search: String, on: Date,
              decisionStatus: DecisionStatus, year: Int, orderBy: RegionOrder,
              includeNotStated: Boolean = false, first: Int = 50, after: String): RegionConnection!
      release: Release!
      node(id: ID!): Node
    }
    enum RegionLevel { COUNTRY COUNTY MUNICIPALITY DISTRICT }
    enum Measure {
      ANNOUNCED REQUESTED REQUESTED_ORIGINALLY DECIDED QUOTA EXTRA_CAPACITY SPARE_CAPACITY ALLOCATED AWAITING
      MEDIAN_WAIT_DAYS SETTLED REMAINING FULFILMENT SETTLED_PER_THOUSAND NOT_PLACED_IN_DISTRICT
    }
    enum Dimension { SEX AGE_GROUP COUNTRY_OF_ORIGIN UNACCOMPANIED_MINOR CARE ARRIVAL HOUSING MONTH }
    enum Borders { THEN NOW }
    enum Interval { DAY WEEK MONTH QUARTER YEAR }
    enum Origin { REPORTED IMPORTED SYNTHETIC }
    enum DecisionStatus { NOT_ASKED ASKED DELAYED DECIDED WITHDRAWN }
    enum WithheldReason { SMALL_NUMBERS NOT_YET_RELEASED HIDDEN_BY_SOURCE INCOMPLETE NOT_COMPARABLE }
    enum Direction { ASC DESC }
    enum Language { NB EN }
    input RegionOrder { measure: Measure!, year: Int!, direction: Direction! }
    type RegionConnection {
      edges: [RegionEdge!]!  nodes: [Region!]!  pageInfo: PageInfo!  totalCount: Int!
    }
    type RegionEdge { cursor: String!  node: Region! }
    type PageInfo { hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: String  endCursor: String }
    type Release { id: ID!  publishedAt: DateTime!  dataThrough: DateTime  policy: String!  nextAt: DateTime }
    type Region implements Node {
      id: ID!  code: ID!  name: String!  level: RegionLevel!  validFrom: Date  validTo: Date
      parent: Region  children(on: Date): [Region!]!  predecessors: [Region!]!  successors: [Region!]!
      population(year: Int!): Int
      totals(year: Int!, asOf: DateTime, until: Date, borders: Borders = THEN): Totals
      history(from: Int, to: Int, asOf: DateTime, until: Date, borders: Borders = THEN): [Totals!]!
      series(year: Int!, interval: Interval = MONTH, asOf: DateTime, until: Date, borders: Borders = THEN):
        Series!
      breakdown(year: Int!, by: [Dimension!]!, asOf: DateTime, until: Date, borders: Borders = THEN):
        [BreakdownCell!]!
      published(year: Int!): [PublishedFigure!]!
    }
    type Series { points: [SeriesPoint!]!  undated: Int }
    type SeriesPoint { period: String!  settled: Int  cumulative: Int  withheld: WithheldReason }
    type Totals {
      region: Region!  year: Int!  release: Release!
      announced: Int  announcedOriginally: Int  requested: Int  requestedOriginally: Int  decided: Int
      quota: Int  extraCapacity: Int  spareCapacity: Int
      answerBy: Date  answerExpectedOn: Date  acceptsUnaccompaniedMinors: Boolean
      decisionStatus: DecisionStatus
      allocated: Int  awaiting: Int  medianWaitDays: Float  settled: Int  remaining: Int  fulfilment: Float
      settledPerThousand: Float  notPlacedInDistrict: Int
      unaccompaniedMinors: UnaccompaniedMinors!
      need: Need
      notPlacedByBorders: Int  coverage: Coverage!
      origins: [Origin!]!  comparable: Boolean!  flows: [Flow!]!  withheld: [Withheld!]!
    }
    type UnaccompaniedMinors {
      announced: Int  requested: Int  decided: Int  quota: Int  extraCapacity: Int  allocated: Int
      settled: Int  remaining: Int
    }
    type Need {
      persons: Int  unaccompaniedMinors: Int  resettlement: Int  municipalitiesAsked: Int
      status: NeedStatus!  announcedOn: PartialDate!
    }
    enum NeedStatus { FORECAST ISSUED REVISED FINAL }
    type Coverage {
      municipalities: Int!  asked: Int!  decided: Int!  reporting: Int!  notStated: Int!  complete: Boolean!
    }
    type Flow { source: Region!  targets: [Region!]!  persons: Int }
    type Withheld { measure: Measure!  reason: WithheldReason! }
    type BreakdownCell {
      keys: [BreakdownKey!]!  key(dimension: Dimension!): BreakdownKey  persons: Int  share: Float
      withheld: WithheldReason  origins: [Origin!]!
    }
    type BreakdownKey { dimension: Dimension!  value: String!  label(language: Language = NB): String! }
    type PublishedFigure {
      measure: Measure!  status: FigureStatus!  persons: Int  percent: Float  dimension: Dimension
      category: String  publishedOn: PartialDate!  sourceName: String!  sourceUrl: String
    }
    enum FigureStatus { EXACT SUPPRESSED }
    """
)

OWN_TYPES = {
    name: type_
    for name, type_ in schema().type_map.items()
    if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
}


def promised(kind):
    return [
        (type_.name, name)
        for type_ in PROMISED.type_map.values()
        if isinstance(type_, kind) and not is_introspection_type(type_)
        for name in (type_.values if isinstance(type_, GraphQLEnumType) else type_.fields)
    ]


def test_the_text_that_is_checked_in_is_the_schema():
    text = resources.files("services.opendata.graphql").joinpath("schema.graphql").read_text(encoding="utf-8")

    assert text == schema_text()


@pytest.mark.parametrize(("type_name", "field_name"), promised((GraphQLObjectType, GraphQLInterfaceType)))
def test_a_field_that_clients_rely_on_has_its_type_and_arguments(type_name, field_name):
    expected = PROMISED.type_map[type_name].fields[field_name]

    found = schema().type_map[type_name].fields[field_name]

    assert str(found.type) == str(expected.type)
    assert {name: str(argument.type) for name, argument in found.args.items()} == {
        name: str(argument.type) for name, argument in expected.args.items()
    }


@pytest.mark.parametrize(
    ("type_name", "field_name", "defaults"),
    [
        ("Query", "regions", "includeNotStated: Boolean = false first: Int = 50"),
        ("Region", "totals", "borders: Borders = THEN"),
        ("Region", "history", "borders: Borders = THEN"),
        ("Region", "series", "interval: Interval = MONTH borders: Borders = THEN"),
        ("Region", "breakdown", "borders: Borders = THEN"),
        ("BreakdownKey", "label", "language: Language = NB"),
    ],
)
def test_an_argument_that_may_be_left_out_has_the_default_that_clients_rely_on(
    type_name, field_name, defaults
):
    answer = graphql_sync(schema(), get_introspection_query()).data
    [type_] = [type_ for type_ in answer["__schema"]["types"] if type_["name"] == type_name]
    [field] = [field for field in type_["fields"] if field["name"] == field_name]

    found = [
        f"{argument['name']}: {argument['type']['name']} = {argument['defaultValue']}"
        for argument in field["args"]
        if argument["defaultValue"] is not None
    ]

    assert " ".join(found) == defaults


@pytest.mark.parametrize(("type_name", "field_name"), promised(GraphQLInputObjectType))
def test_an_input_field_that_clients_rely_on_has_its_type(type_name, field_name):
    found = schema().type_map[type_name].fields[field_name]

    assert str(found.type) == str(PROMISED.type_map[type_name].fields[field_name].type)


@pytest.mark.parametrize(("type_name", "value"), promised(GraphQLEnumType))
def test_an_enum_value_that_clients_rely_on_stands_in_its_enum(type_name, value):
    assert value in schema().type_map[type_name].values


def test_a_region_is_a_node():
    assert [interface.name for interface in schema().type_map["Region"].interfaces] == ["Node"]


@pytest.mark.parametrize(
    ("type_name", "codes"), [("Measure", Measure), ("Dimension", Dimension), ("Origin", Origin)]
)
def test_an_enum_holds_the_names_of_its_code_list_in_upper_case(type_name, codes):
    assert list(schema().type_map[type_name].values) == [code.value.upper() for code in codes]


@pytest.mark.parametrize("type_name", sorted(OWN_TYPES))
def test_every_part_of_the_schema_is_explained(type_name):
    type_ = OWN_TYPES[type_name]
    fields = getattr(type_, "fields", {})
    parts = {
        type_name: type_,
        **fields,
        **getattr(type_, "values", {}),
        **{
            f"{name}.{argument}": found
            for name, field in fields.items()
            for argument, found in getattr(field, "args", {}).items()
        },
    }

    unexplained = [name for name, part in parts.items() if not part.description]

    assert unexplained == []


def test_enums_that_may_grow_say_so():
    settled_for_ever = {"Direction"}

    silent = {
        name
        for name, type_ in OWN_TYPES.items()
        if isinstance(type_, GraphQLEnumType) and "May grow" not in type_.description
    }

    assert silent == settled_for_ever
