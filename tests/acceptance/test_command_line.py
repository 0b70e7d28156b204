"""The ``bosatt`` command as a person meets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.running import free_port


def bosatt(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["token", "--help"]])
def test_help_has_examples(words: list[str]) -> None:
    told = bosatt(*words)

    assert told.returncode == 0
    assert "Examples:" in told.stdout


def test_a_token_stands_alone_on_standard_output(tmp_path: Path) -> None:
    told = bosatt("token", "--as", "0301", BOSATT_DATA=str(tmp_path))

    assert told.returncode == 0
    assert len(told.stdout.split()) == 1
    assert told.stdout.count(".") == 2
    assert (tmp_path / "local-issuer-key.pem").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["oslo", "03", "NO", "9999", "0000"])
def test_a_token_for_nobody_is_wrong_use(tmp_path: Path, name: str) -> None:
    told = bosatt("token", "--as", name, BOSATT_DATA=str(tmp_path))

    assert told.returncode == 2
    assert told.stdout == ""
    assert "neither imdi, importer" in told.stderr


@pytest.mark.parametrize(
    ("setting", "value"), [("PORT", "eighty"), ("PORT", "70000"), ("BOSATT_SEEDS", "perhaps")]
)
def test_a_wrong_setting_is_named(setting: str, value: str) -> None:
    told = bosatt("run", **{setting: value})

    assert told.returncode == 2
    assert setting in told.stderr
    assert "Traceback" not in told.stderr


def test_it_refuses_to_listen_where_others_could_get_tokens(tmp_path: Path) -> None:
    told = bosatt("run", BOSATT_HOST="0.0.0.0", BOSATT_DATA=str(tmp_path))

    assert told.returncode == 2
    assert "BOSATT_HOST" in told.stderr


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = bosatt("run", PORT=port, BOSATT_DATA=str(tmp_path), BOSATT_SEEDS="0")

    assert told.returncode == 1
    assert port in told.stderr
    assert "Traceback" not in told.stderr


def test_a_broken_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "settlements.db").write_text("this is no database, and never was one")

    told = bosatt("run", BOSATT_DATA=str(tmp_path), BOSATT_SEEDS="0", PORT=str(free_port()))

    assert told.returncode == 1
    assert "Can't use a database" in told.stderr
    assert "Traceback" not in told.stderr
