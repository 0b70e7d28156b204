"""Changes of a schema that would break a client are found; others are not."""

from datetime import date

import pytest

from services.opendata.graphql.schema.breaking import broken_by

TODAY = date(2026, 11, 22)
BEFORE = """
directive @cost(objects: Int) on FIELD

interface Node { id: ID! }

type Query {
  region(code: ID!, on: Date, borders: Borders = THEN): Region
  regions(first: Int! = 50, order: Order): [Region!]!
  found: Found
}

scalar Date

enum Borders { THEN NOW }

input Order { year: Int = 2024, down: Boolean }

type Region implements Node { id: ID!  name: String!  settled: Int  share: Float }

type Release { id: ID! }

union Found = Region | Release
"""


def changed(*pairs):
    """The schema with one text put for another."""
    after = BEFORE
    for old, new in pairs:
        assert after.count(old) == 1, old
        after = after.replace(old, new)
    return after


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        [("settled: Int ", "settled: Int  quota: Int ")],
        [("type Release {", "type Need { persons: Int }\ntype Release { need: Need ")],
        [("enum Borders { THEN", "enum Borders { AS_OF THEN")],
        [("on: Date,", "on: Date, until: Date,")],
        [("on: Date,", "on: Date, until: Int! = 5,")],
        [("down: Boolean", "down: Boolean, up: Boolean")],
        [("code: ID!", "code: ID")],
        [("settled: Int ", "settled: Int! ")],
        [("found: Found", "found: Found!")],
        [("settled: Int ", '"Persons." settled: Int ')],
        [("share: Float", 'share: Float @deprecated(reason: "Since 2026-11-22: use settled.")')],
    ],
)
def test_what_does_not_break_a_client_is_allowed(pairs):
    assert broken_by(BEFORE, changed(*pairs), TODAY) == []


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("  share: Float", "")], "Region.share was removed."),
        ([("share: Float", "part: Float")], "Region.share was removed."),
        ([("share: Float", "share: Int")], "Region.share changed type from Float to Int."),
        ([("name: String!", "name: String")], "Region.name changed type from String! to String."),
        ([("[Region!]!", "[Region]!")], "Query.regions changed type from [Region!]! to [Region]!."),
        ([("[Region!]!", "Region!")], "Query.regions changed type from [Region!]! to Region!."),
        ([("  found: Found", ""), ("union Found = Region | Release", "")], "Found was removed."),
        ([("Region | Release", "Region")], "Release was removed from union type Found."),
        ([("THEN NOW", "THEN")], "NOW was removed from enum type Borders."),
        ([(" implements Node", "")], "Region no longer implements interface Node."),
        ([("on: Date,", "")], "Query.region arg on was removed."),
        ([("on: Date,", "at: Date,")], "Query.region arg on was removed."),
        ([("on: Date,", "on: Date!,")], "Query.region arg on has changed type from Date to Date!."),
        ([("on: Date,", "on: Date, until: Date!,")], "A required arg until on Query.region was added."),
        (
            [("borders: Borders = THEN", "borders: Borders = NOW")],
            "Query.region arg borders has changed defaultValue from THEN to NOW.",
        ),
        ([("Int! = 50", "Int!")], "Query.regions arg first defaultValue was removed."),
        ([("order: Order)", "order: Order = {year: 1})")], "Query.regions(order) has another default"),
        ([("year: Int = 2024", "year: Int = 2025")], "Order.year has another default: 2025."),
        ([("down: Boolean", "down: Boolean = true")], "Order.down has another default: True."),
        ([("down: Boolean", "")], "Order.down was removed."),
        ([("down: Boolean", "down: Boolean!")], "Order.down changed type from Boolean to Boolean!."),
        ([("down: Boolean", "down: Boolean, up: Boolean!")], "A required field up on input type Order"),
        ([("directive @cost(objects: Int) on FIELD", "")], "cost was removed."),
        ([("scalar Date", "enum Date { TODAY }")], "Date changed from a Scalar type to an Enum type."),
        (
            [("type Query {", "schema { query: Start }\ntype Start { query: Query }\ntype Query {")],
            "Query is not where a query begins any more.",
        ),
    ],
)
def test_what_breaks_a_client_is_told(pairs, expected):
    told = broken_by(BEFORE, changed(*pairs), TODAY)

    assert any(one.startswith(expected) for one in told), told


def with_unit(unit):
    return changed(("settled: Int ", f'"""Persons settled.\n\nUnit: {unit}.""" settled: Int '))


def test_a_number_keeps_its_unit():
    assert broken_by(with_unit("persons"), with_unit("per cent"), TODAY) == [
        "Region.settled has another unit: per cent, not persons."
    ]
    assert broken_by(with_unit("persons"), BEFORE, TODAY) == [
        "Region.settled has another unit: None, not persons."
    ]
    assert broken_by(BEFORE, with_unit("persons"), TODAY) == []


@pytest.mark.parametrize(("today", "may_go"), [(date(2026, 11, 21), False), (date(2026, 11, 22), True)])
@pytest.mark.parametrize(
    ("there", "gone"),
    [
        ("share: Float @deprecated(reason: {})", ""),
        ("share(on: Date, at: Date @deprecated(reason: {})): Float", "share(on: Date): Float"),
    ],
)
def test_what_is_deprecated_may_go_after_twelve_months(today, may_go, there, gone):
    notice = '"Since 2025-11-22: use settled."'
    before = changed(("share: Float", there.replace("{}", notice)))
    after = changed(("share: Float", gone))

    assert (broken_by(before, after, today) == []) is may_go


@pytest.mark.parametrize("today", [date(2026, 11, 21), date(2026, 11, 22)])
def test_an_enum_value_goes_by_the_same_rule(today):
    before = changed(("THEN NOW", 'THEN NOW @deprecated(reason: "Since 2025-11-22: use THEN.")'))

    told = broken_by(before, changed(("THEN NOW", "THEN")), today)

    assert told == ([] if today.day == 22 else ["NOW was removed from enum type Borders."])


def test_a_type_goes_with_the_last_field_that_led_to_it():
    old = 'found: Found @deprecated(reason: "Since 2025-11-22: use region.")'
    before = changed(("found: Found", old))
    after = changed(
        ("  found: Found", ""), ("union Found = Region | Release", ""), ("type Release { id: ID! }", "")
    )

    assert broken_by(before, after, TODAY) == []


@pytest.mark.parametrize(
    "reason", ["", '(reason: "use settled")', '(reason: "Since 2026-13-45: use settled.")']
)
def test_a_deprecation_says_since_when_and_what_to_use(reason):
    after = changed(("share: Float", f"share: Float @deprecated{reason}"))

    assert broken_by(BEFORE, after, TODAY) == [
        'Region.share: write its deprecation as "Since YYYY-MM-DD: use …".'
    ]
