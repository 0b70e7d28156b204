"""What holds for every test: no network, no sockets but where the whole system runs."""

import pytest
from hypothesis import settings

settings.register_profile("bosatt", deadline=None)
settings.load_profile("bosatt")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Only tests of the whole system open sockets."""
    from pytest_socket import disable_socket, enable_socket

    if item.get_closest_marker("acceptance") is None:
        disable_socket(allow_unix_socket=True)
    else:
        enable_socket()
