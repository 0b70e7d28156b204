"""The documents that are checked in are those that the services give."""

from pathlib import Path

import orjson
import pytest

import services
from services.chassis.clock import utc_now
from services.chassis.documents.blueprint import written
from services.running.documents import FOLDER, documents, write

CHECKED_IN = Path(services.__file__).parents[1] / FOLDER


TODAY = utc_now().date()


@pytest.fixture(scope="module")
def given():
    return {document.name: document for document in documents(TODAY)}


NAMES = (
    "requests.openapi.json",
    "decisions.openapi.json",
    "settlements.openapi.json",
    "asyncapi.json",
    "schema.graphql",
)


def test_all_documents_are_checked_in(given):
    assert sorted(given) == sorted(NAMES) == sorted(file.name for file in CHECKED_IN.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_nothing_breaks_a_client_of_what_is_checked_in(given, name):
    assert given[name].broken_for((CHECKED_IN / name).read_bytes()) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_checked_in_is_what_is_given(given, name):
    same = (CHECKED_IN / name).read_bytes() == given[name].text

    assert same, "Write them anew: make documents"


def test_a_document_that_would_break_a_client_is_not_written(tmp_path):
    assert write(tmp_path, TODAY) == []
    promised = orjson.loads((tmp_path / "asyncapi.json").read_bytes())
    promised["channels"]["gone"] = {"address": "bosatt.gone", "messages": {}}
    (tmp_path / "asyncapi.json").write_bytes(written(promised))

    broken = write(tmp_path, TODAY)

    assert broken == ["asyncapi.json: bosatt.gone: gone"]
    assert orjson.loads((tmp_path / "asyncapi.json").read_bytes()) == promised


def test_a_schema_that_would_break_a_client_is_not_written(tmp_path):
    assert write(tmp_path, TODAY) == []
    promised = (
        (tmp_path / "schema.graphql").read_text().replace("type Totals {", "type Totals {\n  gone: Int\n")
    )
    (tmp_path / "schema.graphql").write_text(promised)

    broken = write(tmp_path, TODAY)

    assert broken == ["schema.graphql: Totals.gone was removed."]
    assert (tmp_path / "schema.graphql").read_text() == promised
