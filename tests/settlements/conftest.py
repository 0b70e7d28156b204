from tests.chassis.commands.fixtures import (  # noqa: F401 - fixtures are found by name
    backend,
    decisions,
    migrated,
    open_service,
    requests,
    settlements,
)
from tests.chassis.http.logged import log_lines  # noqa: F401
