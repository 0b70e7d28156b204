"""Every row lands in exactly one class, and only what counts somewhere has a region."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.regions import Level, registry
from services.importing.classes import RowClass, classed
from services.importing.rows import Flag, Measure, Row, read_rows
from services.importing.years import said_in
from tests.importing.files import REAL, THIS_YEAR, needs_real_file, rows_of

_CODES = [region.code for region in registry() if region.level is Level.MUNICIPALITY]
_FIGURES = st.one_of(
    st.tuples(st.integers(0, 50), st.just(Flag.NONE)),
    st.tuples(st.none(), st.sampled_from([Flag.SUPPRESSED, Flag.MISSING])),
)
_KEYS = st.tuples(
    st.one_of(st.sampled_from(_CODES), st.sampled_from(["1214", "1154", "NO", "zz"])),
    st.integers(1995, 2024),
    st.sampled_from(Measure),
)


@st.composite
def some_rows(draw):
    keys = draw(st.lists(_KEYS, min_size=1, max_size=40, unique=True))
    return [
        Row(number, *key, *draw(_FIGURES))  # type: ignore[misc]
        for number, key in enumerate(keys, start=2)
    ]


def class_of(line, *, map_retired=False):
    (found,) = classed(rows_of(line), map_retired=map_retired)
    return found.row_class, found.region


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0301,2016,settled,913", (RowClass.IMPORTED, "0301")),
        ("9999,2015,settled,74", (RowClass.IMPORTED, "9999")),
        ("0301,2016,requested,0", (RowClass.NOUGHT, "0301")),
        ("0301,2016,settled,,suppressed", (RowClass.SUPPRESSED, "0301")),
        ("0301,2016,settled,,missing", (RowClass.MISSING, None)),
        ("1601,2018,settled,,missing", (RowClass.MISSING, None)),
        ("1214,2003,settled,,missing", (RowClass.MISSING, None)),
        ("1601,2018,settled,5", (RowClass.AFTER, None)),
        ("1601,2018,settled,,suppressed", (RowClass.AFTER, None)),
        ("1903,2012,settled,0", (RowClass.BEFORE, None)),
        ("1214,2003,requested,9", (RowClass.UNKNOWN, None)),
    ],
)
def test_a_row_lands_in_its_class(line, expected):
    assert class_of(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1601,2018,settled,5", (RowClass.IMPORTED, "5001")),
        ("1601,2018,settled,,suppressed", (RowClass.SUPPRESSED, "5001")),
        ("1903,2012,settled,0", (RowClass.NOUGHT, "1901")),
        ("0716,1998,requested,15", (RowClass.BEFORE, None)),
        ("1507,2024,requested,15", (RowClass.AFTER, None)),
    ],
)
def test_a_code_that_was_not_valid_is_mapped_where_told(line, expected):
    assert class_of(line, map_retired=True) == expected


def test_what_can_not_be_added_to_a_hidden_number_is_left_where_it_was():
    rows = rows_of("5001,2018,requested,,suppressed", "1601,2018,requested,5")

    own, mapped = classed(rows, map_retired=True)

    assert (own.row_class, own.region) == (RowClass.SUPPRESSED, "5001")
    assert (mapped.row_class, mapped.region) == (RowClass.AFTER, None)


@given(some_rows(), st.booleans())
def test_every_row_lands_in_exactly_one_class(rows, map_retired):
    found = classed(rows, map_retired=map_retired)

    assert [one.row for one in found] == rows
    counting = (RowClass.IMPORTED, RowClass.NOUGHT, RowClass.SUPPRESSED)
    for one in found:
        assert (one.region is not None) == (one.row_class in counting)
        assert (one.row.flag is Flag.MISSING) == (one.row_class is RowClass.MISSING)
        if one.region is not None:
            region = registry().find(one.region)
            assert region is not None
            assert region.valid_in(one.row.year)
            assert map_retired or not one.is_mapped


@given(some_rows(), st.booleans())
def test_no_number_is_lost_or_counted_twice_when_rows_are_taken_together(rows, map_retired):
    found = classed(rows, map_retired=map_retired)

    counted: Counter[Measure] = Counter()
    for said in said_in(found).values():
        for measure, figure in said.figures.items():
            counted[measure] += sum(row.persons or 0 for row in figure.rows)
            assert measure is Measure.SETTLED or figure.persons is not None or len(figure.rows) == 1
    wanted: Counter[Measure] = Counter()
    for one in found:
        if one.region is not None:
            wanted[one.row.measure] += one.row.persons or 0
    assert counted == wanted


@needs_real_file
@pytest.mark.parametrize(
    ("map_retired", "counts"),
    [
        (True, (17_279, 1_268, 759, 16_133, 9, 0, 33)),
        (False, (17_130, 1_268, 752, 16_133, 10, 155, 33)),
    ],
)
def test_the_rows_of_the_real_file_add_up(map_retired, counts):
    with REAL.open("rb") as file:
        found = classed(read_rows(file, THIS_YEAR), map_retired=map_retired)

    by_class = Counter(one.row_class for one in found)
    assert tuple(by_class[one] for one in RowClass) == counts
    assert sum(counts) == 35_481
