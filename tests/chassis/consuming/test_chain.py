"""The four verdicts on a record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.consuming.chain import Verdict, judge


@pytest.mark.parametrize(
    ("mark", "previous", "sequence", "verdict"),
    [
        (0, 0, 1, Verdict.APPLY),
        (0, 0, 7, Verdict.APPLY),
        (7, 7, 9, Verdict.APPLY),
        (7, 0, 7, Verdict.REPEAT),
        (7, 5, 7, Verdict.REPEAT),
        (7, 0, 1, Verdict.REPEAT),
        (0, 1, 2, Verdict.HOLE),
        (7, 8, 9, Verdict.HOLE),
        (7, 5, 9, Verdict.BROKEN),
        (7, 0, 8, Verdict.BROKEN),
        (7, 7, 7, Verdict.REPEAT),
    ],
)
def test_a_record_is_judged_by_its_place_in_the_chain(
    mark: int, previous: int, sequence: int, verdict: Verdict
) -> None:
    assert judge(mark, previous, sequence) is verdict


@given(st.data())
def test_whatever_is_repeated_or_left_out_each_record_is_applied_once_and_in_order(data) -> None:
    """Any log in which at last the whole chain stands once in order applies exactly the chain."""
    chain = sorted(data.draw(st.sets(st.integers(1, 30), min_size=1)))
    links = list(zip([0, *chain], chain, strict=False))
    noise = data.draw(st.lists(st.sampled_from(links)))

    mark, applied = 0, []
    for previous, sequence in [*noise, *links]:
        verdict = judge(mark, previous, sequence)
        assert verdict is not Verdict.BROKEN
        if verdict is Verdict.APPLY:
            mark = sequence
            applied.append(sequence)

    assert applied == chain
