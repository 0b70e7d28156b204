"""Lists completed in one pass are what the executor makes of them item by item."""

from datetime import date
from unittest.mock import patch

import orjson
import pytest
from graphql import (
    ExecutionContext,
    GraphQLNonNull,
    GraphQLObjectType,
    execute,
    get_named_type,
    parse,
    validate,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.codes import Dimension, Measure, Origin
from services.contract.regions import registry
from services.opendata.graphql.errors import presented
from services.opendata.graphql.executing.execution import SiblingsStay
from services.opendata.graphql.resolving.reading import Reading
from services.opendata.graphql.schema.schema import schema
from services.opendata.release.answers import Withheld, WithheldReason
from tests.opendata.graphql.numbers import NumbersInMemory, Person

TODAY = date(2024, 6, 21)
TOO_LARGE = 2**40
PERSONS = [
    Person("030101", 2024, date(2024, 1, 5), {Dimension.SEX: "female"}),
    Person("030102", 2024, date(2024, 2, 5), {Dimension.SEX: "male"}),
    Person("0301", 2023),
    *[Person(code, 2024, date(2024, 3, 1)) for code in ("1103", "4601", "5001", "5501")],
]
NUMBERS = NumbersInMemory(
    PERSONS,
    known={
        ("0301", 2024): {"quota": 10, "fulfilment": 0.2, "median_wait_days": 12.5},
        ("1103", 2024): {
            "settled": None,
            "withheld": (Withheld(Measure.SETTLED, WithheldReason.SMALL_NUMBERS),),
            "origins": (Origin.REPORTED, Origin.IMPORTED),
        },
        # What does not fit its type is an error, in one pass too.
        ("4601", 2024): {"requested": TOO_LARGE},
        ("5001", 2024): {"comparable": None},
        ("5501", 2024): {"fulfilment": 1, "origins": (Origin.REPORTED, Origin.IMPORTED, Origin.SYNTHETIC)},
    },
)

ARGUMENTS = {
    "code": ('"0301"', '"NO"', '"03"', '"0000"'),
    "codes": ('["0301", "1103", "4601"]', '["5001", "030101", "0301"]', "[]"),
    "on": ('"2024-05-01"', '"2016-01-01"'),
    "level": ("MUNICIPALITY", "DISTRICT", "COUNTY"),
    "within": ('"03"', '"NO"'),
    "search": ('"os"',),
    "first": ("0", "4", "12", "501"),
    "year": ("2024", "2023", "$year"),
    "from": ("2023",),
    "to": ("2024",),
    "interval": ("MONTH", "DAY"),
    "by": ("[SEX]", "[SEX, AGE_GROUP]", "[SEX, SEX]"),
    "dimension": ("SEX", "MONTH"),
    "language": ("NB", "EN"),
    "borders": ("THEN",),
    "until": ('"2024-02-01"',),
    "orderBy": ("{measure: SETTLED, year: 2024, direction: DESC}",),
    "id": ('"UmVnaW9uOjAzMDE6"', '"?"'),
    "includeNotStated": ("true", "$yes"),
    "sinceRelease": ('"0"', '"x"'),
}
DIRECTIVES = ("", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @skip(if: $no)")


class ItemByItem(SiblingsStay):
    """The executor's own way."""

    complete_list_value = ExecutionContext.complete_list_value


def answer(text, way, numbers=NUMBERS):
    """The bytes of an answer."""
    reading = Reading(numbers, registry(), TODAY)
    result = execute(
        schema(),
        parse(text),
        context_value=reading,
        variable_values={"year": 2024, "yes": True, "no": False},
        execution_context_class=way,
        is_awaitable=lambda _value: False,
    )
    errors = [presented(error) for error in result.errors or ()]
    return orjson.dumps({"data": result.data, "errors": errors})


@st.composite
def selections(draw, type_, depth):
    """The text of a selection of a type's fields, some of them in fragments, some left out by a variable."""
    parts = []
    names = [name for name in type_.fields if depth > 0 or not _is_object(type_.fields[name].type)]
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=5, unique=True))
    for number, name in enumerate(chosen):
        field = type_.fields[name]
        text = f"{draw(st.sampled_from(('', f'a{number}: ')))}{name}{draw(_arguments(field))}"
        text += draw(st.sampled_from(DIRECTIVES))
        inner = get_named_type(field.type)
        if isinstance(inner, GraphQLObjectType):
            text += f" {draw(selections(inner, depth - 1))}"
        elif not _is_leaf(inner):
            text += " { id }"
        parts.append(draw(st.sampled_from((text, text, f"... on {type_.name} {{ {text} }}"))))
    if draw(st.booleans()):
        parts.append("__typename")
    return "{ " + " ".join(parts) + " }"


@st.composite
def _arguments(draw, field):
    given_ = []
    for name, argument in field.args.items():
        must = isinstance(argument.type, GraphQLNonNull)
        if name in ARGUMENTS and (must or draw(st.integers(0, 3)) == 0):
            given_.append(f"{name}: {draw(st.sampled_from(ARGUMENTS[name]))}")
    return f"({', '.join(given_)})" if given_ else ""


def _is_object(type_):
    return not _is_leaf(get_named_type(type_))


def _is_leaf(type_):
    return not hasattr(type_, "fields")


@given(selections(schema().query_type, 5))
@settings(max_examples=200, deadline=None)
def test_any_answer_is_the_same_byte_for_byte(selection):
    text = f"query($year: Int = 2024, $yes: Boolean = true, $no: Boolean = false) {selection}"
    errors = [one for one in validate(schema(), parse(text)) if "is never used" not in one.message]
    assert not errors, (text, errors)

    assert answer(text, SiblingsStay) == answer(text, ItemByItem)


USUAL = """
{ regions(level: MUNICIPALITY, on: "2024-01-01", first: 500) { totalCount nodes { id code name level validFrom
  parent { code } totals(year: 2024) { __typename settled quota fulfilment origins withheld { measure reason }
  coverage { complete } release { id publishedAt } } } edges { cursor node { name } } } }
"""


def test_what_is_usually_asked_goes_in_one_pass():
    numbers = NumbersInMemory(PERSONS)
    with patch.object(ExecutionContext, "complete_list_value", side_effect=AssertionError("item by item")):
        in_one_pass = answer(USUAL, SiblingsStay, numbers)

    assert in_one_pass == answer(USUAL, ItemByItem, numbers)
    assert orjson.loads(in_one_pass)["errors"] == []


@pytest.mark.parametrize("field", ["requested", "comparable"])
def test_a_value_that_does_not_fit_is_told_as_ever(field):
    regions = 'regions(codes: ["0301", "4601", "5001"])'
    text = f"{{ {regions} {{ nodes {{ code totals(year: 2024) {{ {field} }} }} }} }}"

    found = orjson.loads(answer(text, SiblingsStay))

    assert len(found["errors"]) == 1
    assert answer(text, SiblingsStay) == answer(text, ItemByItem)


def test_regions_that_a_request_may_read_are_counted_once():
    text = '{ regions(codes: ["0301", "1103", "4601"]) { nodes { code children { code } } } }'

    def spent(way):
        reading = Reading(NUMBERS, registry(), TODAY)
        result = execute(schema(), parse(text), context_value=reading, execution_context_class=way)
        assert not result.errors
        return reading.budget

    assert vars(spent(SiblingsStay)) == vars(spent(ItemByItem))


def test_each_item_of_lists_within_lists_is_there():
    text = (
        '{ regions(codes: ["0301", "1103", "5501"]) { nodes { totals(year: 2024) { fulfilment origins } } } }'
    )

    assert answer(text, SiblingsStay) == answer(text, ItemByItem)
    assert b"SYNTHETIC" in answer(text, SiblingsStay)
