"""The route itself: who may call it, from where, and what a browser sees."""

import pytest

from services.chassis.http.app_factory import access_of
from tests.opendata.graphql.asking import Asking

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def client():
    return Asking().client


def test_the_route_is_open_to_all():
    assert access_of(Asking().app, "graphql.graphql") == "open"


def test_without_a_page_a_browser_is_told_what_is_missing(client):
    assert client.get("/graphql", headers={"Accept": BROWSER}).status_code == 400


def test_a_browser_that_brings_a_query_gets_its_answer(client):
    response = client.get(
        "/graphql", query_string={"query": "{ release { id } }"}, headers={"Accept": BROWSER}
    )

    assert response.get_json()["data"]["release"]["id"] == "2024-06-21.1"


def test_who_takes_anything_and_brings_no_query_is_told_so(client):
    assert client.get("/graphql", headers={"Accept": "*/*"}).status_code == 400


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.post("/graphql", json={"query": "{ release { id } }"}),
        lambda client: client.get("/graphql", headers={"Accept": BROWSER}),
        lambda client: client.post("/graphql", data=b"{", content_type="application/json"),
        lambda client: client.post("/graphql", data=b"x", content_type="text/plain"),
    ],
)
def test_pages_from_everywhere_may_read_every_answer(client, ask):
    response = ask(client)

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_pages_from_everywhere_may_read_what_is_left_and_which_answer_it_is(client):
    exposed = client.post("/graphql", json={"query": "{ release { id } }"}).headers[
        "Access-Control-Expose-Headers"
    ]

    wanted = {"RateLimit", "RateLimit-Policy", "Retry-After", "ETag", "Last-Modified"}
    assert wanted <= set(exposed.split(", "))


def test_a_browser_that_asks_whether_it_may_post_is_told_yes(client):
    response = client.options(
        "/graphql",
        headers={
            "Origin": "https://example.org",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,client-name,if-none-match",
        },
    )

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    allowed = {name.strip() for name in response.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"Content-Type", "Client-Name", "If-None-Match"} <= allowed
