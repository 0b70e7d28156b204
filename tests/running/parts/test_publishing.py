"""What the open data's clients may ask for, by where the system can be reached from."""

import pytest

from services.chassis.settings import read_settings
from services.running.opened import Opened
from services.running.parts.publishing import PublishingPart

STRANGERS, THIS_MACHINE = 600_000, 60_000_000


@pytest.fixture
def limits(monkeypatch, tmp_path):
    """What is told at ``/graphql/limits`` under some settings."""

    def told(**environment):
        monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
        for name, value in environment.items():
            monkeypatch.setenv(f"BOSATT_{name}", value)
        opened = Opened(read_settings())
        try:
            app = PublishingPart(opened).apps(None)[""]
            return app.test_client().get("/graphql/limits").get_json()["rate"]
        finally:
            opened.close()

    return told


@pytest.mark.parametrize(
    ("environment", "objects"),
    [
        ({}, THIS_MACHINE),
        ({"HOST": "0.0.0.0"}, STRANGERS),
        ({"TRUSTED_PROXIES": "1"}, STRANGERS),
        ({"QUERY_OBJECTS": "5"}, 5),
    ],
)
def test_strangers_get_little_and_this_machine_much_unless_it_is_set(limits, environment, objects):
    rate = limits(**environment)

    assert (rate["unnamed"], rate["named"], rate["seconds"]) == (objects, 4 * objects, 60)
