"""Which processes there are, where, and what they are told."""

import socket
from dataclasses import replace

import pytest

from services.chassis.settings import read_settings
from services.running.distributed.conductor import AlreadyRunning, _alone, _share_key
from services.running.distributed.ground import Ground, as_environment
from services.running.distributed.telling import write_environment
from services.running.distributed.topology import home_of, plan
from services.running.servers.ports import free_ports

pytestmark = pytest.mark.sockets


@pytest.fixture
def settings(monkeypatch, tmp_path):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path / "data"))
    (port,) = free_ports(1)
    return replace(read_settings(), port=port)


def test_three_services_and_their_relays_two_projectors_and_opendata_stand_behind_the_front(settings):
    planned = plan(settings, {})

    assert {name: " ".join(program.words) for name, program in planned.behind.items()} == {
        "requests": "serve requests",
        "decisions": "serve decisions",
        "settlements": "serve settlements",
        "opendata": "serve opendata",
        "upload": "serve upload",
        "relay-requests": "relay requests",
        "relay-decisions": "relay decisions",
        "relay-settlements": "relay settlements",
        "projector-1": "project",
        "projector-2": "project",
    }
    assert planned.front.port == settings.port


def test_the_front_knows_where_each_is(settings):
    planned = plan(settings, {})

    words = " ".join(planned.front.words)
    for name, program in planned.behind.items():
        option = "--backend" if program.words[0] == "serve" else "--watch"
        assert f"{option} {name}=http://127.0.0.1:{program.port}" in words


def test_all_ports_are_different_and_one_that_is_taken_is_not_used(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.port + 2))
        taken.listen()
        planned = plan(settings, {})

    ports = [program.port for program in planned.behind.values()]
    assert len({*ports, settings.port}) == len(ports) + 1
    assert settings.port + 2 not in ports


def test_near_the_highest_port_others_are_found(settings):
    planned = plan(replace(settings, port=65_533), {})

    assert all(1 <= program.port <= 65_535 for program in planned.behind.values())


def test_each_is_told_its_port_its_data_and_where_log_and_databases_are(settings, monkeypatch):
    monkeypatch.setenv("BOSATT_OPS_PORT", "9999")
    monkeypatch.setenv("BOSATT_LOG_LEVEL", "info")
    addresses = {"BOSATT_KAFKA": "127.0.0.1:1", "BOSATT_DATABASE_URL_REQUESTS": "postgresql+psycopg://x/y"}

    planned = plan(settings, addresses)

    for program in [*planned.behind.values(), planned.front]:
        told = program.environment
        assert told["PORT"] == str(program.port)
        assert told["BOSATT_DATA"] == str(home_of(settings))
        assert told["BOSATT_HOST"] == "127.0.0.1"
        assert told["BOSATT_LOG_LEVEL"] == "info"
        assert "BOSATT_OPS_PORT" not in told
        assert addresses.items() <= told.items()


def test_servers_that_are_named_are_not_started(settings, tmp_path):
    named = dict.fromkeys(
        ("requests", "decisions", "settlements", "opendata", "operations"), "postgresql+psycopg://there/x"
    )
    given = replace(settings, kafka="there:9092", databases=named)

    ground = Ground.of(given, tmp_path, embedded=False)

    assert set(ground.kept) == {"postgresql-totals"}


def test_of_databases_that_are_named_in_part_the_others_are_made(settings, tmp_path):
    given = replace(settings, databases={"requests": "postgresql+psycopg://there/x"})

    ground = Ground.of(given, tmp_path, embedded=False)

    assert set(ground.kept) == {"postgresql-stores", "postgresql-totals", "kafka"}


def test_embedded_nothing_is_started_and_what_is_named_is_used(settings, tmp_path):
    ground = Ground.of(replace(settings, kafka="there:9092"), tmp_path, embedded=True)

    assert ground.kept == {}
    assert as_environment(ground.named()) == {"BOSATT_KAFKA": "there:9092"}


def test_only_one_runs_in_a_directory(tmp_path):
    with _alone(tmp_path), pytest.raises(AlreadyRunning), _alone(tmp_path):
        pass

    with _alone(tmp_path):
        pass


def test_the_local_issuers_key_is_the_one_that_commands_use(tmp_path):
    home = tmp_path / "distributed"
    home.mkdir()

    for _ in range(2):
        _share_key(tmp_path, home)

    key = "local-issuer-key.pem"
    assert (home / key).read_bytes() == (tmp_path / key).read_bytes()


def test_addresses_with_their_passwords_are_for_the_owner_only(tmp_path):
    write_environment(tmp_path, {"B": "postgresql+psycopg://u:secret@h/d", "A": "1", "C": "it's"})

    file = tmp_path / "environment"
    assert (
        file.read_text() == "export A=1\nexport B=postgresql+psycopg://u:secret@h/d\nexport C='it'\"'\"'s'\n"
    )
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("host", "before", "told"), [("127.0.0.1", 0, None), ("0.0.0.0", 0, "1"), ("0.0.0.0", 2, "3")]
)
def test_off_loopback_those_behind_know_of_the_front(settings, monkeypatch, host, before, told):
    monkeypatch.delenv("BOSATT_TRUSTED_PROXIES", raising=False)

    planned = plan(replace(settings, host=host, trusted_proxies=before), {})

    assert planned.behind["opendata"].environment.get("BOSATT_TRUSTED_PROXIES") == told
