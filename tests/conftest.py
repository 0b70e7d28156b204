"""What holds for every test: no network, no sockets but where servers or the whole system run."""

import pytest
from hypothesis import settings

settings.register_profile("bosatt", deadline=None)
settings.load_profile("bosatt")

# Their assertions are tests' own, though they are no test modules; before anything imports them.
pytest.register_assert_rewrite("tests.chassis.log.contract", "tests.flow.schedules")

pytest_plugins = ["tests.servers.summary", "tests.servers.kafka", "tests.servers.postgresql"]

WITH_SOCKETS = ("acceptance", "sockets")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Only tests of the whole system, and those that talk to servers here, open sockets."""
    from pytest_socket import disable_socket, enable_socket

    if any(item.get_closest_marker(name) is not None for name in WITH_SOCKETS):
        enable_socket()
    else:
        disable_socket(allow_unix_socket=True)
