"""A text is quick that was answered quickly several times in a row, by the release that is the newest."""

import pytest

from services.opendata.graphql.executing import quickness as module
from services.opendata.graphql.executing.quickness import IN_A_ROW, QUICK_SECONDS, Quickness

QUICK, SLOW = QUICK_SECONDS / 2, QUICK_SECONDS * 2


@pytest.fixture
def quickness():
    return Quickness()


def tell(quickness, *seconds, text="a", release="1"):
    for one in seconds:
        quickness.took(text, release, one)


def test_it_is_not_quick_until_it_was_so_several_times_in_a_row(quickness):
    tell(quickness, SLOW, *[QUICK] * (IN_A_ROW - 1))
    before = quickness.is_quick("a", "1")
    tell(quickness, QUICK)

    assert (before, quickness.is_quick("a", "1")) == (False, True)


def test_one_slow_answer_and_it_has_to_begin_anew(quickness):
    tell(quickness, *[QUICK] * 10, SLOW)
    after = quickness.is_quick("a", "1")
    tell(quickness, *[QUICK] * IN_A_ROW)

    assert (after, quickness.is_quick("a", "1")) == (False, True)


def test_each_text_has_a_row_of_its_own(quickness):
    tell(quickness, *[QUICK] * IN_A_ROW)

    assert not quickness.is_quick("b", "1")


def test_by_a_new_release_nothing_is_quick(quickness):
    tell(quickness, *[QUICK] * IN_A_ROW)
    by_the_next = quickness.is_quick("a", "2")
    tell(quickness, QUICK, text="b", release="2")

    assert not by_the_next
    assert not quickness.is_quick("a", "2")


def test_what_is_remembered_is_bounded(quickness, monkeypatch):
    monkeypatch.setattr(module, "MOST_CHARACTERS", 1_000)
    quickness = Quickness()
    tell(quickness, *[QUICK] * IN_A_ROW, text="x" * 1_001)
    tell(quickness, *[QUICK] * IN_A_ROW, text="x" * 600)
    tell(quickness, *[QUICK] * IN_A_ROW, text="y" * 600)

    assert [quickness.is_quick(text, "1") for text in ("x" * 1_001, "x" * 600, "y" * 600)] == [
        False,
        False,
        True,
    ]
