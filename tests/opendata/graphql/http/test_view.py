"""``/graphql`` over HTTP: methods, media types, status codes, bodies."""

import gzip
from dataclasses import replace

import orjson
import pytest

from services.chassis.metrics import GRAPHQL_REJECTED
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory

STRICT = "application/graphql-response+json"
JSON = "application/json"
QUERY = "{ release { id } }"
COST = {"cost": {"requested": 1, "limit": 25_000}}
ANSWER = {"data": {"release": {"id": "2024-06-21.1"}}, "extensions": COST}


@pytest.fixture
def client():
    return Asking().client


def test_a_query_is_answered_by_post(client):
    response = client.post("/graphql", json={"query": QUERY})

    assert (response.status_code, response.get_json()) == (200, ANSWER)


def test_a_query_is_answered_by_get(client):
    response = client.get("/graphql", query_string={"query": QUERY})

    assert (response.status_code, response.get_json()) == (200, ANSWER)


def test_variables_and_the_operation_may_stand_in_the_address(client):
    response = client.get(
        "/graphql",
        query_string={
            "query": "query A { release { id } } query B($code: ID!) { region(code: $code) { name } }",
            "variables": '{"code": "0301"}',
            "operationName": "B",
            "extensions": "{}",
        },
    )

    assert response.get_json() == {"data": {"region": {"name": "Oslo"}}, "extensions": COST}


def test_head_is_get_without_a_body(client):
    response = client.head("/graphql", query_string={"query": QUERY})

    assert (response.status_code, response.data) == (200, b"")


@pytest.mark.parametrize(
    "empty", [{"variables": None}, {"operationName": None}, {"extensions": None}, {"x": 1}]
)
def test_what_is_null_or_unknown_in_a_body_makes_no_difference(client, empty):
    response = client.post("/graphql", json={"query": QUERY, **empty})

    assert (response.status_code, response.get_json()) == (200, ANSWER)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(client, method):
    response = client.open("/graphql", method=method, json={"query": QUERY})

    assert response.status_code == 405
    assert {"GET", "POST"} <= {name.strip() for name in response.headers["Allow"].split(",")}


@pytest.mark.parametrize("operation", ["mutation { a }"])
def test_get_is_for_queries_only(client, operation):
    response = client.get("/graphql", query_string={"query": operation})

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert response.get_json()["type"] == "urn:bosatt:problem:method-not-allowed"


class TestForms:
    @pytest.mark.parametrize(
        ("accept", "form"),
        [
            (None, JSON),
            ("*/*", JSON),
            ("application/*", JSON),
            (JSON, JSON),
            (f"{JSON}; charset=utf-8", JSON),
            (STRICT, STRICT),
            (STRICT.upper(), STRICT),
            (f"{STRICT}; charset=utf-8, {JSON}; charset=utf-8", STRICT),
            (f"{JSON}, {STRICT}", STRICT),
            (f"{STRICT}, {JSON};q=0.9", STRICT),
            (f"{STRICT};q=0.5, {JSON}", JSON),
            (f"{STRICT};q=0, */*", JSON),
            (f"{JSON};q=0, */*", STRICT),
            ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        ],
    )
    def test_an_answer_has_the_form_that_is_liked_best(self, client, accept, form):
        headers = {} if accept is None else {"Accept": accept}

        response = client.post("/graphql", json={"query": QUERY}, headers=headers)

        assert response.status_code == 200
        assert response.content_type == f"{form}; charset=utf-8"
        assert "Accept" in response.vary

    @pytest.mark.parametrize("accept", ["text/html", "text/csv, image/*", f"{JSON};q=0", "nonsense"])
    def test_an_answer_that_nobody_here_can_give_is_refused(self, client, accept):
        response = client.post("/graphql", json={"query": QUERY}, headers={"Accept": accept})

        assert response.status_code == 406
        assert response.get_json()["type"] == "urn:bosatt:problem:not-acceptable"

    @pytest.mark.parametrize(
        "query",
        [
            "{",
            "{ nothing }",
            "query ($code: ID!) { region(code: $code) { name } }",
            "{ release { " + "id " * 51 + "} }",
            "mutation { a }",
        ],
    )
    def test_what_is_not_executed_is_400_in_the_newer_form_and_200_in_the_older(self, client, query):
        newer = client.post("/graphql", json={"query": query}, headers={"Accept": STRICT})
        older = client.post("/graphql", json={"query": query}, headers={"Accept": JSON})

        assert (newer.status_code, older.status_code) == (400, 200)
        assert newer.get_json() == older.get_json()
        assert list(newer.get_json()) == ["errors", "extensions"]

    @pytest.mark.parametrize("form", [STRICT, JSON])
    def test_what_is_executed_in_part_is_200_with_data(self, client, form):
        response = client.post(
            "/graphql",
            json={"query": "{ regions(first: 501) { totalCount } release { id } }"},
            headers={"Accept": form},
        )

        assert response.status_code == 200
        assert response.get_json()["data"] == {"regions": {"totalCount": 0}, **ANSWER["data"]}
        assert len(response.get_json()["errors"]) == 1

    @pytest.mark.parametrize("form", [STRICT, JSON])
    def test_what_is_executed_to_nothing_is_200_with_data_null(self, form):
        numbers = NumbersInMemory()
        numbers.release = replace(numbers.release, id=None)

        response = Asking(numbers).post(QUERY, headers={"Accept": form})

        assert response.status_code == 200
        assert response.get_json()["data"] is None
        assert response.get_json()["errors"][0]["extensions"] == {"code": "INTERNAL"}


class TestBodies:
    @pytest.mark.parametrize(
        "content_type",
        [
            None,
            "text/plain",
            "application/graphql",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ],
    )
    def test_a_body_of_another_kind_is_refused(self, client, content_type):
        response = client.post("/graphql", data=orjson.dumps({"query": QUERY}), content_type=content_type)

        assert response.status_code == 415
        assert response.headers["Accept-Post"] == JSON

    def test_a_charset_makes_no_difference(self, client):
        response = client.post(
            "/graphql", data=orjson.dumps({"query": QUERY}), content_type=f"{JSON}; charset=utf-8"
        )

        assert response.get_json() == ANSWER

    def test_capitals_in_the_media_type_make_no_difference(self, client):
        response = client.post(
            "/graphql", data=orjson.dumps({"query": QUERY}), content_type="Application/JSON; Charset=UTF-8"
        )

        assert response.get_json() == ANSWER

    @pytest.mark.parametrize(
        ("encoding", "body", "status"),
        [
            ("br", b"packed otherwise", 415),
            ("gzip", b"not packed at all", 400),
            ("gzip", gzip.compress(orjson.dumps({"query": QUERY}), mtime=0)[:-9], 400),
        ],
        ids=["another packing", "no packing", "broken off"],
    )
    def test_a_body_that_can_not_be_unpacked_is_not_called_too_large(self, client, encoding, body, status):
        response = client.post(
            "/graphql", data=body, content_type=JSON, headers={"Content-Encoding": encoding}
        )

        assert response.status_code == status
        assert response.content_type == "application/problem+json"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b'{"query": "\xff"}',
            b"[" * 100 + b"]" * 100,
            b"[" * 20_000,
            b"[]",
            b'[{"query": "{ release { id } }"}]',
            b"null",
            b"7",
            b"{}",
            b'{"query": null}',
            b'{"query": ""}',
            b'{"query": "  "}',
            b'{"query": 7}',
            b'{"query": {"a": 1}}',
            b'{"query": ["{ release { id } }"]}',
            b'{"query": "{ release { id } }", "variables": "{}"}',
            b'{"query": "{ release { id } }", "variables": [1]}',
            b'{"query": "{ release { id } }", "variables": 7}',
            b'{"query": "{ release { id } }", "operationName": 7}',
            b'{"query": "{ release { id } }", "operationName": ["A"]}',
            b'{"query": "{ release { id } }", "extensions": "{}"}',
        ],
    )
    def test_a_body_that_holds_no_query_is_refused(self, client, body):
        response = client.post("/graphql", data=body, content_type=JSON, headers={"Accept": STRICT})

        assert response.status_code == 400
        assert response.content_type == "application/problem+json"
        assert response.get_json()["type"] == "urn:bosatt:problem:bad-request"

    @pytest.mark.parametrize(
        "address",
        [
            {},
            {"query": ""},
            {"query": QUERY, "variables": "{"},
            {"query": QUERY, "variables": "[]"},
            {"query": QUERY, "extensions": "7"},
        ],
    )
    def test_an_address_that_holds_no_query_is_refused(self, client, address):
        response = client.get("/graphql", query_string=address)

        assert response.status_code == 400
        assert response.get_json()["type"] == "urn:bosatt:problem:bad-request"

    @pytest.mark.parametrize("bytes_over", [0, 1, 1_000_000])
    def test_a_body_has_64_kilobytes_at_most(self, client, bytes_over):
        before = GRAPHQL_REJECTED.labels("body")._value.get()
        body = orjson.dumps({"query": QUERY, "operationName": None, "x": ""})
        body = body.replace(b'""', b'"' + b"x" * (64 * 1024 - len(body) + bytes_over) + b'"')

        response = client.post("/graphql", data=body, content_type=JSON)

        assert response.status_code == (413 if bytes_over else 200)
        assert GRAPHQL_REJECTED.labels("body")._value.get() == before + bool(bytes_over)

    def test_an_address_has_64_kilobytes_at_most(self, client):
        response = client.get("/graphql", query_string={"query": QUERY, "x": "x" * 64 * 1024})

        assert response.status_code == 413
        assert response.get_json()["limit"] == 64 * 1024

    def test_letters_of_all_kinds_are_read_and_written(self, client):
        response = client.post(
            "/graphql",
            data='{"query": "{ regions(search: \\"Kárášjohka\\", first: 1) { nodes { name } } }"}'.encode(),
            content_type=JSON,
        )

        assert "Kárášjohka - Karasjok" in response.data.decode()
