"""Queries made to cost much: each is answered by what is wrong with it, before the costly part is begun."""

import pytest

from services.opendata.graphql.executing import answering, documents
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.limits.hostile import HOSTILE

STEPS = {
    "parse": (documents, "parse"),
    "validate": (documents, "validate"),
    "execute": (answering, "execute"),
}


@pytest.fixture
def reached(monkeypatch):
    """The steps that were begun."""
    steps = []

    def watched(name, step):
        def begin(*args, **kwargs):
            steps.append(name)
            return step(*args, **kwargs)

        return begin

    for name, (module, function) in STEPS.items():
        monkeypatch.setattr(module, function, watched(name, getattr(module, function)))
    return steps


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_query_is_refused_before_the_step_that_it_is_made_for(kind, reached):
    hostile = HOSTILE[kind]

    response = Asking().post(hostile.query, **hostile.variables)

    answer = response.get_json()
    assert {error["extensions"]["code"] for error in answer["errors"]} == {hostile.code}
    assert "data" not in answer
    assert hostile.stops_before not in reached
    # Short enough to be read, whatever was sent.
    assert len(response.data) < 200_000


def test_the_steps_are_begun_by_a_query_that_is_answered(reached):
    Asking().data("{ release { id } }")

    assert reached == ["parse", "validate", "execute"]


def test_a_body_beyond_all_bounds_is_not_read_as_json():
    response = Asking().post(
        "query ($codes: [ID!]) { regions(codes: $codes) { totalCount } }", codes=["0301"] * 20_000
    )

    assert response.status_code == 413
    assert response.get_json()["limit"] == 65_536


def test_json_nested_beyond_all_bounds_is_refused():
    body = b'{"query": "{ release { id } }", "variables": {"a": ' + b"[" * 30_000 + b"]" * 30_000 + b"}}"

    response = Asking().client.post("/graphql", data=body, content_type="application/json")

    assert response.status_code == 400
