"""Numbers that are parts of other numbers."""

import pytest

from services.contract.count_rules import part_faults, part_remarks
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


@pytest.mark.parametrize(("stated", "kept"), [("minors", "all"), ("all", "minors")])
def test_a_part_in_force_above_its_whole_is_remarked_where_one_of_them_is_stated(stated, kept):
    after = {"minors": 3, "all": 2}

    (remark,) = part_remarks({stated: after[stated]}, after, "minors", "all")

    assert (remark.code, remark.pointer) == ("part-above-whole", f"/data/{stated}")
    assert remark.message == f"{kept} was {after[kept]} before: then minors is more than all."


@pytest.mark.parametrize(
    ("data", "after"),
    [
        ({"all": 3}, {"minors": 3, "all": 3}),
        ({"all": 2}, {"all": 2}),
        ({"minors": 2}, {"minors": 2}),
        ({"all": None}, {"minors": 2}),
        ({"reason": "x"}, {"minors": 3, "all": 2}),
    ],
)
def test_nothing_is_remarked_where_the_part_fits_is_not_known_or_was_not_touched(data, after):
    assert part_remarks(data, after, "minors", "all") == []
