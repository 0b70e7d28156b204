"""Faults and warnings are values: equal where they say the same, and never changed."""

import pytest

from services.contract import faults
from services.contract.faults import Fault


def test_two_faults_that_say_the_same_are_one():
    first = Fault("/data/persons", "form", "Must be a whole number.")
    again = Fault("/data/persons", "form", "Must be a whole number.")

    assert {first, again} == {first}


def test_a_warning_cannot_be_changed():
    warning = faults.Remark("above_quota", "/data", "More settled than decided.")

    with pytest.raises(AttributeError):
        warning.code = "other"
