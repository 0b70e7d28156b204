"""Errors of the database in the words of the port."""

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.chassis.log.embedded.faults import log_faults
from services.chassis.log.port import LogUnreachable, SendFailed


def test_an_error_that_the_driver_did_not_raise_is_named_by_its_kind() -> None:
    with pytest.raises(LogUnreachable, match="TimeoutError"), log_faults():
        raise PoolTimeoutError("no connection is free")


def test_the_caller_says_what_other_faults_become() -> None:
    with pytest.raises(SendFailed), log_faults(SendFailed):
        raise PoolTimeoutError("no connection is free")


def test_errors_of_others_pass_through() -> None:
    with pytest.raises(KeyError), log_faults():
        raise KeyError("0301")
