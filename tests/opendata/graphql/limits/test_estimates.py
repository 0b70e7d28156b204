"""The numbers by which lists are estimated, held against the schema, the map and the lists of codes."""

from collections import Counter

from graphql import GraphQLObjectType, get_named_type, get_nullable_type, is_composite_type, is_list_type

from services.contract.codes import Dimension
from services.contract.regions import Level, redrawing, regions_on, registry
from services.opendata.graphql.enums import Interval
from services.opendata.graphql.limits import estimates
from services.opendata.graphql.schema.schema import schema

YEARS = range(2002, 2028)
LEVELS = list(Level)


def test_every_list_of_objects_has_an_estimate():
    missing = [
        (name, field)
        for name, type_ in schema().type_map.items()
        if isinstance(type_, GraphQLObjectType)
        for field, definition in type_.fields.items()
        if is_list_type(get_nullable_type(definition.type))
        and is_composite_type(get_named_type(definition.type))
        and (name, field) not in estimates.ESTIMATES
    ]

    assert missing == []


def test_every_estimate_is_of_a_field():
    assert [
        (name, field) for name, field in estimates.ESTIMATES if field not in schema().type_map[name].fields
    ] == []


def test_every_connection_is_estimated_by_its_page():
    connections = {
        (name, field)
        for name, type_ in schema().type_map.items()
        if isinstance(type_, GraphQLObjectType)
        for field, definition in type_.fields.items()
        if "first" in definition.args
    }

    assert connections <= estimates.ESTIMATES.keys()


def test_no_region_has_more_children_and_no_map_more_regions():
    regions = registry()
    children = {
        level: max(
            len(regions.children(region, year))
            for region in regions
            if region.level is level
            for year in YEARS
            if region.valid_in(year)
        )
        for level in LEVELS
    }
    maps = [Counter(region.level for region in regions if region.valid_in(year)) for year in YEARS]

    assert all(children[level] <= most for level, most in zip(LEVELS, estimates.MOST_CHILDREN, strict=True))
    assert all(
        map_[level] <= most
        for map_ in maps
        for level, most in zip(LEVELS, estimates.MOST_AT_LEVEL, strict=True)
    )


def test_no_region_came_from_or_went_into_more():
    regions = registry()

    assert max(len(regions.predecessors(region)) for region in regions) <= estimates.PREDECESSORS
    assert max(len(regions.successors(region)) for region in regions) <= estimates.SUCCESSORS
    assert (
        max(len(regions_on(region, year, 2026)) for region in regions for year in YEARS)
        <= estimates.REGIONS_ON
    )


def test_no_region_has_more_flows():
    found = [
        (redrawn, code)
        for redrawn in (redrawing(year, 2026) for year in YEARS)
        for code in redrawn
        if not redrawn.is_unchanged(code)
    ]

    assert max(len(redrawn.came_from(code)) for redrawn, code in found) <= estimates.FLOWS
    assert (
        max(len(redrawn.targets(source)) for redrawn, code in found for source in redrawn.came_from(code))
        <= estimates.TARGETS
    )


def test_all_dimensions_and_intervals_are_estimated():
    assert estimates.CATEGORIES.keys() == {dimension.name for dimension in Dimension}
    assert estimates.PERIODS.keys() == {interval.name for interval in Interval}
    assert len(schema().type_map) <= estimates.TYPES
