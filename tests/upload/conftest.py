from tests.chassis.commands.fixtures import (  # noqa: F401 - fixtures are found by name
    backend,
    decisions,
    migrated,
    open_service,
    requests,
    settlements,
)
from tests.upload.visiting import visit  # noqa: F401
