"""Settings come from the environment, are checked, and have defaults for a laptop."""

from pathlib import Path

import pytest
from environs import EnvError

from services.chassis.settings import DATABASES, read_settings

NAMES = (
    "PORT",
    "BOSATT_DATA",
    "BOSATT_HOST",
    "BOSATT_SEEDS",
    "BOSATT_THREADS",
    "BOSATT_LOG_LEVEL",
    "BOSATT_URL",
)
OTHERS = (
    "BOSATT_KAFKA",
    "BOSATT_OPS_PORT",
    "BOSATT_DRAIN_SECONDS",
    "BOSATT_BACKLOG_EVENTS",
    "BOSATT_BACKLOG_BYTES",
    "BOSATT_QUERY_OBJECTS",
    "BOSATT_TRUSTED_PROXIES",
    *(f"BOSATT_DATABASE_URL_{name.upper()}" for name in DATABASES),
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in (*NAMES, *OTHERS):
        monkeypatch.delenv(name, raising=False)


def test_nothing_need_be_set(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    settings = read_settings()

    assert settings.data == tmp_path / "data"
    assert (settings.host, settings.port, settings.url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert settings.seeds
    assert settings.on_loopback
    assert settings.log_level == "warning"


def test_all_can_be_set(monkeypatch, tmp_path):
    values = ("9000", str(tmp_path), "0.0.0.0", "0", "2", "debug", "https://bosatt.example/")
    for name, value in zip(NAMES, values, strict=True):
        monkeypatch.setenv(name, value)

    settings = read_settings()

    assert (settings.port, settings.data, settings.host) == (9000, tmp_path, "0.0.0.0")
    assert (settings.seeds, settings.threads, settings.log_level) == (False, 2, "debug")
    assert settings.url == "https://bosatt.example"


def test_the_port_is_that_of_the_url_too(monkeypatch):
    monkeypatch.setenv("PORT", "9001")

    assert read_settings().url == "http://127.0.0.1:9001"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("BOSATT_THREADS", "0"),
        ("BOSATT_THREADS", "257"),
        ("BOSATT_LOG_LEVEL", "loud"),
        ("BOSATT_SEEDS", "perhaps"),
        ("BOSATT_OPS_PORT", "0"),
        ("BOSATT_DRAIN_SECONDS", "-1"),
        ("BOSATT_BACKLOG_EVENTS", "0"),
        ("BOSATT_BACKLOG_BYTES", "many"),
        ("BOSATT_QUERY_OBJECTS", "0"),
        ("BOSATT_TRUSTED_PROXIES", "-1"),
        ("BOSATT_TRUSTED_PROXIES", "11"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(EnvError, match=name):
        read_settings()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_addresses_of_this_machine_are_on_loopback(monkeypatch, host):
    monkeypatch.setenv("BOSATT_HOST", host)

    assert read_settings().on_loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "bosatt.example"])
def test_others_are_not(monkeypatch, host):
    monkeypatch.setenv("BOSATT_HOST", host)

    assert not read_settings().on_loopback


def test_each_owner_has_a_database_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))

    assert read_settings().database_url("requests") == f"sqlite:///{tmp_path}/requests.db"
    assert isinstance(read_settings().data, Path)


def test_a_process_may_have_a_port_for_operators_and_a_cap_of_its_own(monkeypatch):
    monkeypatch.setenv("BOSATT_OPS_PORT", "9001")
    monkeypatch.setenv("BOSATT_DRAIN_SECONDS", "2.5")
    monkeypatch.setenv("BOSATT_BACKLOG_EVENTS", "100")
    monkeypatch.setenv("BOSATT_BACKLOG_BYTES", "1000")

    settings = read_settings()

    assert (settings.ops_port, settings.drain_seconds) == (9001, 2.5)
    assert (settings.backlog_events, settings.backlog_bytes) == (100, 1000)


def test_what_may_be_asked_for_and_the_proxies_in_front_can_be_set(monkeypatch):
    unset = read_settings()
    monkeypatch.setenv("BOSATT_QUERY_OBJECTS", "1000")
    monkeypatch.setenv("BOSATT_TRUSTED_PROXIES", "2")

    settings = read_settings()

    assert (unset.query_objects, unset.trusted_proxies) == (None, 0)
    assert (settings.query_objects, settings.trusted_proxies) == (1000, 2)


@pytest.mark.parametrize(
    ("name", "value", "uses"),
    [
        ("BOSATT_KAFKA", "127.0.0.1:9092", True),
        ("BOSATT_DATABASE_URL_PROJECTION", "postgresql://there/projection", True),
        ("BOSATT_DATABASE_URL_PROJECTION", "sqlite:////tmp/projection.db", False),
        ("BOSATT_DATA", "/tmp/somewhere", False),
    ],
)
def test_servers_may_be_away_and_files_are_there(monkeypatch, name, value, uses):
    monkeypatch.setenv(name, value)

    assert read_settings().uses_servers is uses


def test_who_answers_for_the_open_data_can_be_set(monkeypatch):
    monkeypatch.setenv("BOSATT_PUBLISHER", "Example directorate")
    monkeypatch.setenv("BOSATT_PUBLISHER_URI", "https://directorate.example/id/1")
    monkeypatch.setenv("BOSATT_CONTACT", "mailto:data@directorate.example")
    monkeypatch.setenv("BOSATT_PUBLIC_URL", "https://bosatt.example")

    settings = read_settings()

    assert settings.publisher == "Example directorate"
    assert settings.publisher_uri == "https://directorate.example/id/1"
    assert settings.contact == "mailto:data@directorate.example"
    assert settings.public_url == "https://bosatt.example"


@pytest.mark.parametrize("name", ["BOSATT_PUBLISHER_URI", "BOSATT_CONTACT", "BOSATT_PUBLIC_URL"])
@pytest.mark.parametrize("value", ["bosatt.example", "https://a b", "javascript:1", "https://a>b"])
def test_an_address_of_the_open_data_must_be_one(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(EnvError, match=name):
        read_settings()
