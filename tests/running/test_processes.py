"""Who answers what, and which parts a process has."""

from dataclasses import replace

import pytest

from services.chassis.settings import read_settings
from services.running.opened import Opened
from services.running.processes import SERVICES, OffLoopback, all_parts, parts_of_service, serve_service


@pytest.fixture
def settings(monkeypatch, tmp_path):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    return read_settings()


@pytest.fixture
def opened(settings):
    shared = Opened(settings)
    yield shared
    shared.close()


def names(parts):
    return sorted(type(part).__name__ for part in parts)


def test_a_command_service_is_served_without_its_relay(opened):
    assert names(parts_of_service(opened, "requests")) == ["CommandPart"]


def test_opendata_tells_the_log_of_its_releases_and_its_operators_itself(opened):
    assert names(parts_of_service(opened, "opendata")) == ["PublishingPart", "RelayPart", "RelayPart"]


def test_one_process_has_every_part_and_the_topics_first(opened):
    parts = all_parts(opened)

    assert names(parts) == sorted(
        ["CommandPart"] * 3
        + ["PublishingPart"]
        + ["RelayPart"] * 5
        + ["CheckingPart", "ProjectionPart", "TopicsPart", "UploadPart"]
    )
    assert type(parts[0]).__name__ == "TopicsPart"


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::"])
def test_with_nobody_but_the_local_issuer_nothing_is_served_off_loopback(settings, name, host):
    with pytest.raises(OffLoopback):
        serve_service(replace(settings, host=host), name)
