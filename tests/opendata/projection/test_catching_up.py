"""How many records go into one commit of a rebuild."""

import pytest

from services.opendata.projection import catching_up
from services.opendata.projection.catching_up import Pace


def test_commits_that_are_quick_grow_up_to_a_bound():
    pace = Pace(1_000)

    for _ in range(10):
        pace = pace.after(pace.most, 0.01)

    assert pace.most == catching_up.LARGEST_BATCH


def test_no_commit_is_more_than_twice_the_one_before():
    assert Pace(1_000).after(1_000, 0.001).most == 2_000


@pytest.mark.parametrize(("took", "most"), [(3.0, 2_000), (6.0, 1_000), (60.0, 100), (600.0, 100)])
def test_commits_that_are_slow_shrink_so_that_the_next_takes_as_long_as_it_should(took, most):
    assert Pace(4_000).after(4_000, took).most == most


def test_a_commit_that_was_not_full_makes_the_next_no_larger():
    assert Pace(4_000).after(10, 0.01).most == 4_000


def test_a_few_records_that_took_long_make_the_next_smaller():
    assert Pace(4_000).after(10, 3.0).most == 2_000
