import pytest

from tests.chassis.commands.fixtures import (  # noqa: F401 - fixtures are found by name
    decisions,
    migrated,
    open_service,
    requests,
    settlements,
)
from tests.chassis.http.logged import log_lines  # noqa: F401
from tests.servers.databases import BOTH


@pytest.fixture(params=BOTH)
def backend(request):
    """The chassis' own tests run on every kind of database."""
    return request.param
