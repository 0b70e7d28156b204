"""Automatic persisted queries, as Apollo's clients send them."""

import hashlib
import json
from contextlib import suppress

import pytest
from graphql_server.exceptions import GraphQLValidationError

from services.chassis.metrics import GRAPHQL_PERSISTED
from services.opendata.graphql.http.persisted import PersistedQueries
from tests.opendata.graphql.asking import Asking

QUERY = "query ($code: ID!) { region(code: $code) { name } }"
STRICT = "application/graphql-response+json"


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def extensions(text, **changed):
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text), **changed}}


@pytest.fixture
def client():
    return Asking().client


def post(client, query=None, about=QUERY, code="0301", headers=None, **changed):
    body = {"variables": {"code": code}, "extensions": extensions(about, **changed)}
    return client.post("/graphql", json=body if query is None else {**body, "query": query}, headers=headers)


def get(client, about=QUERY, code="0301", **given):
    asked = {"variables": json.dumps({"code": code}), "extensions": json.dumps(extensions(about)), **given}
    return client.get("/graphql", query_string=asked)


def code_of(response):
    [error] = response.get_json()["errors"]
    return error["extensions"]["code"]


def test_a_query_sent_once_is_known_by_its_hash(client):
    unknown = post(client)
    sent = post(client, QUERY)
    known = post(client, code="1103")

    assert code_of(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert unknown.get_json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert "data" not in unknown.get_json()
    assert sent.get_json()["data"]["region"]["name"] == "Oslo"
    assert known.get_json()["data"]["region"]["name"] == "Stavanger"


def test_by_get_it_goes_the_same_way_and_has_a_tag(client):
    unknown = get(client)
    sent = get(client, query=QUERY)
    known = get(client)

    assert code_of(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert sent.get_json() == known.get_json()
    assert known.get_json()["data"]["region"]["name"] == "Oslo"
    assert "ETag" in known.headers
    assert "ETag" not in unknown.headers
    assert unknown.headers["Cache-Control"] == "no-store"


def test_a_browser_that_brings_a_hash_gets_its_answer_and_no_page(client):
    response = client.get(
        "/graphql",
        query_string={"extensions": json.dumps(extensions(QUERY))},
        headers={"Accept": "text/html,*/*;q=0.8"},
    )

    assert code_of(response) == "PERSISTED_QUERY_NOT_FOUND"


def test_the_status_says_so_in_the_newer_form_only(client):
    assert post(client, headers={"Accept": STRICT}).status_code == 400
    assert post(client).status_code == 200


def test_a_hash_of_something_else_is_refused_and_keeps_nothing(client):
    refused = post(client, "{ release { id } }")

    assert code_of(refused) == "PERSISTED_QUERY_HASH_MISMATCH"
    assert code_of(post(client)) == "PERSISTED_QUERY_NOT_FOUND"


def test_what_is_no_query_is_not_kept(client):
    assert code_of(post(client, "{ nothing }", about="{ nothing }")) == "GRAPHQL_VALIDATION_FAILED"
    assert code_of(post(client, about="{ nothing }")) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    "changed", [{"version": 2}, {"version": None}, {"sha256Hash": 5}, {"sha256Hash": None}]
)
def test_another_version_is_told_to_be_unknown(client, changed):
    # Clients send whole queries from then on.
    assert code_of(post(client, QUERY, **changed)) == "PERSISTED_QUERY_NOT_SUPPORTED"


@pytest.mark.parametrize("extension", [5, [], "x"])
def test_something_else_under_that_name_is_refused(client, extension):
    response = client.post(
        "/graphql", json={"query": "{ release { id } }", "extensions": {"persistedQuery": extension}}
    )

    assert code_of(response) == "PERSISTED_QUERY_NOT_SUPPORTED"


def test_null_under_that_name_is_none(client):
    body = {"query": "{ release { id } }", "extensions": {"persistedQuery": None}}

    assert "errors" not in client.post("/graphql", json=body).get_json()
    del body["query"]
    assert client.post("/graphql", json=body).status_code == 400


def test_a_hash_in_capitals_is_the_same(client):
    post(client, QUERY)

    assert "errors" not in post(client, sha256Hash=sha256(QUERY).upper()).get_json()


def test_what_is_kept_is_bounded_by_number_and_by_length():
    few, short = PersistedQueries(most=2), PersistedQueries(most_characters=10)
    for text in ("a" * 4, "b" * 4, "c" * 4, "d" * 11):
        few.keep(sha256(text), text)
        short.keep(sha256(text), text)

    def kept(queries):
        found = []
        for letter, times in (("a", 4), ("b", 4), ("c", 4), ("d", 11)):
            with suppress(GraphQLValidationError):
                found.append(queries.find(sha256(letter * times))[0])
        return found

    assert kept(few) == ["c", "d"]
    assert kept(short) == ["b", "c"]


def test_what_becomes_of_them_is_counted(client):
    def counts():
        return [
            GRAPHQL_PERSISTED.labels(outcome)._value.get()
            for outcome in ("not-found", "kept", "found", "mismatch")
        ]

    before = counts()
    post(client)
    post(client, QUERY)
    post(client)
    post(client, "{ release { id } }")

    assert [now - then for now, then in zip(counts(), before, strict=True)] == [1, 1, 1, 1]
