"""The compose file, checked without Docker: what it calls exists, what it sets is read, who may reach it."""

import re
from pathlib import Path

import click
import pytest
import yaml

from services.chassis.settings import DATABASES
from services.cli import main
from services.contract.event_types import COMMAND_SERVICES
from services.running.topics.wanted import read_wanted

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"] == "bosatt" and "command" in one}
PROCESSES = {name: one for name, one in OURS.items() if one["command"][0] in ("serve", "relay", "project")}

SOURCES = Path(__file__).parents[2] / "services"
READ_IN = (SOURCES / "chassis" / "settings.py", SOURCES / "upload" / "settings.py")


def names_that_are_read():
    named = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', "".join(path.read_text() for path in READ_IN)))
    return named | {f"BOSATT_DATABASE_URL_{name.upper()}" for name in DATABASES}


def parsed(command):
    """Let the real command line take the words, without running anything."""
    with main.make_context("bosatt", list(command), resilient_parsing=False) as context:
        name, found, rest = main.resolve_command(context, list(command))
        while isinstance(found, click.Group):
            with found.make_context(name, list(rest), parent=context) as inner:
                name, found, rest = found.resolve_command(inner, list(rest))
        found.make_context(name, list(rest), parent=context).close()


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_that_bosatt_has(name):
    parsed(OURS[name]["command"])


def test_a_command_that_bosatt_has_not_would_be_noticed():
    with pytest.raises(click.UsageError):
        parsed(["serve", "elsewhere"])


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_that_is_read(name):
    assert set(OURS[name]["environment"]) <= names_that_are_read()


def test_every_role_runs():
    roles = {" ".join(one["command"]) for one in PROCESSES.values()}

    assert roles == {
        *(f"serve {name}" for name in (*COMMAND_SERVICES, "opendata", "upload")),
        *(f"relay {name}" for name in COMMAND_SERVICES),
        "project",
    }
    assert sum(one["command"] == ["project"] for one in PROCESSES.values()) == 2


@pytest.mark.parametrize("name", PROCESSES)
def test_every_process_is_told_where_log_and_all_databases_are(name):
    environment = PROCESSES[name]["environment"]

    assert (
        environment["BOSATT_KAFKA"]
        == SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"].rpartition("/")[2]
    )
    for database in DATABASES:
        address = environment[f"BOSATT_DATABASE_URL_{database.upper()}"]
        server, _, named = address.rpartition("@")[2].partition("/")
        script = SERVICES[server]["volumes"][1].split(":")[0]
        assert named == database
        assert f"CREATE DATABASE {database};" in (DEPLOY / script).read_text()


def test_stores_and_totals_are_on_servers_of_their_own():
    environment = PROCESSES["requests"]["environment"]
    servers: dict[str, set[str]] = {}
    for database in DATABASES:
        address = environment[f"BOSATT_DATABASE_URL_{database.upper()}"]
        servers.setdefault(address.rpartition("@")[2].split("/")[0], set()).add(database)

    assert servers == {
        "postgres-stores": {*COMMAND_SERVICES, "opendata", "operations"},
        "postgres-totals": {"projection", "releases"},
    }


def test_the_front_knows_the_port_of_every_process():
    words = SERVICES["front"]["command"]
    told = dict(
        word.partition("=")[2].split("=") for word in words if word.startswith(("--backend", "--watch"))
    )

    assert told == {name: f"http://127.0.0.1:{one['environment']['PORT']}" for name, one in PROCESSES.items()}
    ports = [one["environment"]["PORT"] for one in (*PROCESSES.values(), SERVICES["front"])]
    assert len(set(ports)) == len(ports)


def test_only_the_front_is_published_and_on_this_machine_only():
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}

    assert published == {"net": ["127.0.0.1:${PORT:-8000}:8000"]}
    assert SERVICES["front"]["environment"]["PORT"] == 8000


@pytest.mark.parametrize("name", OURS)
def test_all_of_ours_are_on_one_loopback_and_only_the_front_listens_beyond(name):
    one = OURS[name]

    assert one["network_mode"] == "service:net"
    assert "ports" not in one
    host = one["environment"].get("BOSATT_HOST", "127.0.0.1")
    assert (host == "127.0.0.1") is (name != "front")


@pytest.mark.parametrize("name", SERVICES)
def test_what_it_depends_on_and_mounts_exists(name):
    one = SERVICES[name]

    assert set(one.get("depends_on", {})) <= set(SERVICES)
    for needed, how in one.get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[needed]
    for volume in one.get("volumes", []):
        source = volume.split(":")[0]
        assert (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
    if "build" in one:
        root = (DEPLOY / one["build"]["context"]).resolve()
        assert (root / one["build"]["dockerfile"]).exists()


@pytest.mark.parametrize("name", [name for name, one in SERVICES.items() if one["image"] != "bosatt"])
def test_images_of_others_are_named_with_a_version(name):
    assert re.fullmatch(r"[a-z/]+:\d[\d.]*", SERVICES[name]["image"])


def test_no_password_stands_in_the_file():
    text = (DEPLOY / "compose.yaml").read_text()

    assert set(re.findall(r"(?<=//bosatt:)[^@]+(?=@)|(?<=PASSWORD: ).+", text)) == {
        "${BOSATT_POSTGRES_PASSWORD:?put it into deploy/.env}",
        "${BOSATT_POSTGRES_PASSWORD}",
    }


def test_topics_are_made_for_the_one_broker_there_is():
    assert SERVICES["topics"]["command"] == ["topics", "create", "--replication", "1"]
    assert all(topic.with_replication(1).settings["min.insync.replicas"] == "1" for topic in read_wanted())


def test_the_image_holds_what_its_processes_read_and_runs_as_nobody_special():
    text = (DEPLOY / "Containerfile").read_text()
    allowed = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()

    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    for source in " ".join(copied).split():
        assert (DEPLOY.parent / source).exists()
        assert any(source.startswith(line[1:]) for line in allowed if line.startswith("!")), source
    assert "deploy/kafka" in " ".join(copied)
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert 'ENTRYPOINT ["bosatt"]' in text
