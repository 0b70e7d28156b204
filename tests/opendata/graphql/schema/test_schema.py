"""The schema: what clients rely on stands in it, and every part of it is explained."""

import re
from datetime import date

import pytest
from graphql import (
    GraphQLEnumType,
    get_named_type,
    is_introspection_type,
    is_leaf_type,
    is_specified_scalar_type,
)
from graphql.pyutils import snake_to_camel

from services.contract.codes import Dimension, Measure, Origin
from services.opendata.graphql import describing
from services.opendata.graphql.describing import read_description
from services.opendata.graphql.measures import MEASURES
from services.opendata.graphql.schema.breaking import broken_by
from services.opendata.graphql.schema.schema import schema, schema_text

UNITS = {value for name, value in vars(describing).items() if name.isupper() and not name.startswith("_")}
FORMS = {
    "Int": r"-?\d+",
    "Float": r"-?\d+\.\d+",
    "Boolean": "true|false",
    "Date": r"\d{4}-\d\d-\d\d",
    "PartialDate": r"\d{4}(-\d\d){0,2}",
    "DateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
}

PROMISED = """
    scalar Date
    scalar DateTime
    scalar PartialDate
    interface Node { id: ID! }
    type Query {
      region(code: ID!, on: Date): Region
      regions(level: RegionLevel, codes: [ID!], within: String, search: String, on: Date,
              decisionStatus: DecisionStatus, year: Int, orderBy: RegionOrder,
              includeNotStated: Boolean = false, first: Int = 50, after: String): RegionConnection!
      changes(sinceRelease: ID!, region: ID, year: Int, first: Int = 50, after: String): ChangeConnection!
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
      regionsOn(on: Date): [Region!]!
      population(year: Int!): Int
      totals(year: Int!, asOf: DateTime, until: Date, borders: Borders = THEN): Totals
      history(from: Int, to: Int, asOf: DateTime, until: Date, borders: Borders = THEN): [Totals!]!
      series(year: Int!, interval: Interval = MONTH, asOf: DateTime, until: Date, borders: Borders = THEN):
        Series!
      breakdown(year: Int!, by: [Dimension!]!, asOf: DateTime, until: Date, borders: Borders = THEN):
        [BreakdownCell!]!
      published(year: Int!): [PublishedFigure!]!
    }
    type ChangeConnection { edges: [ChangeEdge!]!  nodes: [Change!]!  pageInfo: PageInfo! }
    type ChangeEdge { cursor: String!  node: Change! }
    type Change {
      region: Region!  year: Int!  release: ID!  measures: [Measure!]!  categories: [BreakdownKey!]!
      days: [Date!]!  totals: Totals
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

OWN_TYPES = {
    name: type_
    for name, type_ in schema().type_map.items()
    if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
}


def values():
    """Every part that holds a value or takes one, by where it stands: fields, arguments and inputs."""
    for name, type_ in OWN_TYPES.items():
        for field, found in getattr(type_, "fields", {}).items():
            if is_leaf_type(get_named_type(found.type)):
                yield f"{name}.{field}", found
            for argument, taken in getattr(found, "args", {}).items():
                yield f"{name}.{field}({argument})", taken


def fits(example, type_):
    """Whether an example is one of the type, or several with commas between."""
    if isinstance(type_, GraphQLEnumType):
        return set(example.split(", ")) <= set(type_.values)
    if type_.name in FORMS:
        return re.fullmatch(FORMS[type_.name], example) is not None
    return bool(example)


def test_the_schema_has_all_that_clients_rely_on():
    assert broken_by(PROMISED, schema_text(), date.min) == []


def test_every_value_has_an_example_of_its_type():
    wrong = [
        at
        for at, found in values()
        if not fits(read_description(found.description).example or "", get_named_type(found.type))
    ]

    assert wrong == []


def test_every_number_and_every_date_has_a_unit():
    measured = {"Int", "Float", "Date", "PartialDate", "DateTime"}

    wrong = [
        at
        for at, found in values()
        if (get_named_type(found.type).name in measured)
        is not (read_description(found.description).unit in UNITS)
    ]

    assert wrong == []


@pytest.mark.parametrize("measure", Measure)
def test_a_measure_is_described_in_the_same_words_wherever_it_stands(measure):
    field = schema().type_map["Totals"].fields[snake_to_camel(measure.value, upper=False)]
    value = schema().type_map["Measure"].values[measure.value.upper()]

    assert field.description == value.description == str(MEASURES[measure])


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
