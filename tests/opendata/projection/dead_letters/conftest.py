"""A world and its desk of dead letters."""

import pytest

from services.opendata.projection import effects
from tests.opendata.projection.dead_letters.desk import Desk


@pytest.fixture
def desk(world):
    world._projector = world.new_projector(wait=0.0)
    return Desk(world)


@pytest.fixture
def mend(monkeypatch):
    """Call it to have code that can read events of version 2, as they are like those of version 1."""
    before = effects._type_of

    def mended(event):
        return before(event | {"type": event["type"].replace(".v2", ".v1")})

    return lambda: monkeypatch.setattr(effects, "_type_of", mended)
