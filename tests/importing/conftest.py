import httpx
import pytest

from services.contract.event_types import COMMAND_SERVICES
from tests.chassis.commands.fixtures import migrated, open_service
from tests.importing.importing import Services
from tests.servers.databases import BOTH

__all__ = ["backend", "migrated", "open_service", "services"]


@pytest.fixture(params=BOTH)
def backend(request):
    return request.param


@pytest.fixture
def services(open_service):
    """The three command services, behind one address."""
    opened = {name: open_service(name) for name in COMMAND_SERVICES}
    mounts = {name: httpx.WSGITransport(app=one.app, remote_addr="127.0.0.1") for name, one in opened.items()}
    return Services(opened, mounts)
