"""The documents that are checked in are those that the services give."""

from pathlib import Path

import orjson
import pytest

import services
from services.chassis.documents.blueprint import written
from services.chassis.documents.breaking import broken_by
from services.running.documents import FOLDER, documents, write

CHECKED_IN = Path(services.__file__).parents[1] / FOLDER


@pytest.fixture(scope="module")
def given():
    return dict(documents())


NAMES = ("requests.openapi.json", "decisions.openapi.json", "settlements.openapi.json", "asyncapi.json")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_breaks_a_client_of_what_is_checked_in(given, name):
    assert broken_by(orjson.loads((CHECKED_IN / name).read_bytes()), given[name]) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_checked_in_is_what_is_given(given, name):
    same = (CHECKED_IN / name).read_bytes() == written(given[name])

    assert same, "Write them anew: make documents"


def test_a_document_that_would_break_a_client_is_not_written(given, tmp_path):
    assert write(tmp_path) == []
    promised = orjson.loads((tmp_path / "asyncapi.json").read_bytes())
    promised["channels"]["gone"] = {"address": "bosatt.gone", "messages": {}}
    (tmp_path / "asyncapi.json").write_bytes(written(promised))

    broken = write(tmp_path)

    assert broken == ["asyncapi.json: bosatt.gone: gone"]
    assert orjson.loads((tmp_path / "asyncapi.json").read_bytes()) == promised
