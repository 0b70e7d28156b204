"""The median of a histogram."""

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.opendata.release.gathering import median_in_halves

HISTOGRAMS = st.dictionaries(st.integers(0, 400), st.integers(1, 5), min_size=1)


@given(HISTOGRAMS)
def test_it_is_that_of_the_persons_one_by_one(histogram):
    persons = [days for days, count in histogram.items() for _ in range(count)]

    assert median_in_halves(sorted(histogram.items())) / 2 == median(persons)


@pytest.mark.parametrize(("counts", "halves"), [([], 0), ([(3, 1)], 6), ([(3, 1), (4, 1)], 7), ([(0, 2)], 0)])
def test_it_is_kept_in_half_days(counts, halves):
    assert median_in_halves(counts) == halves
