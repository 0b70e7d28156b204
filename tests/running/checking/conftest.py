"""A system to be checked, on each database."""

import shutil
from contextlib import ExitStack
from dataclasses import replace

import pytest

from services.chassis.settings import read_settings
from tests.opendata.projection.worlds import prepare_projection, prepare_releases
from tests.running.checking.system import System
from tests.servers.databases import BOTH, new_url, prepare_store

PREPARE = {
    **dict.fromkeys(("requests", "decisions", "settlements"), prepare_store),
    "projection": prepare_projection,
    "releases": prepare_releases,
}


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """The files of a system with nothing in it, made once and copied: to make them takes longer."""
    folder = tmp_path_factory.mktemp("blank-system")
    with ExitStack() as stack:
        System(replace(read_settings(), data=folder), stack)
    return folder


@pytest.fixture(params=BOTH)
def system(request, blank, tmp_path, monkeypatch):
    for file in blank.glob("*.db"):
        shutil.copy(file, tmp_path)
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    monkeypatch.setenv("BOSATT_LOG_LEVEL", "error")
    settings = read_settings()
    if request.param == "PostgreSQL":
        databases = {
            name: new_url(request, request.param, tmp_path / f"{name}.db", prepare)
            for name, prepare in PREPARE.items()
        }
        settings = replace(settings, databases=databases)
    with ExitStack() as stack:
        yield System(settings, stack)
