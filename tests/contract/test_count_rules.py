"""Numbers that are parts of other numbers."""

import pytest

from services.contract.count_rules import part_faults
from services.contract.faults import Fault


@pytest.mark.parametrize(
    "data",
    [
        {"part": 0, "whole": 0},
        {"part": 5, "whole": 5},
        {"part": 4, "whole": 5},
        {"part": None, "whole": 5},
        {"part": 5, "whole": None},
        {"part": 5},
        {"whole": 5},
        {},
    ],
)
def test_a_part_up_to_its_whole_and_one_that_is_not_stated_are_fine(data):
    assert part_faults(data, "part", "whole") == []


@pytest.mark.parametrize("data", [{"part": 1, "whole": 0}, {"part": 6, "whole": 5}])
def test_a_part_above_its_whole_is_a_fault(data):
    assert part_faults(data, "part", "whole") == [
        Fault("/data/part", "part-above-whole", "Can't be more than whole.")
    ]
