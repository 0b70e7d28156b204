"""A version of the projection that folds other generations of topics than what is released."""

import pytest

from services.opendata.release.releaser import Last, _holds_all_released


@pytest.mark.parametrize(
    ("owners", "through", "holds"),
    [
        (["settlements/1/0", "settlements/1/1"], None, True),
        (["settlements/2/0"], None, False),
        (["settlements/2/0"], "2024-06-21T12:00:04.000000Z", False),
        (["settlements/2/0"], "2024-06-21T12:00:05.000000Z", True),
    ],
)
def test_it_is_released_once_it_holds_all_that_is_released(owners, through, holds):
    last = Last(3, {"settlements/1/0": 7}, 1, None, "2024-06-21T12:00:05.000000Z")

    assert _holds_all_released(last, dict.fromkeys(owners, 9), through) is holds
