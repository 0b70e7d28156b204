"""The console: a page of parts that are all here, and examples that are answered."""

import re

import pytest
from graphql import parse, validate

from services.chassis.http.app_factory import create_app
from services.opendata.graphql.http.blueprint import graphql_blueprint
from services.opendata.graphql.schema.schema import schema
from services.opendata.web.console.blueprint import console_blueprint, console_page
from services.opendata.web.console.examples import examples
from tests.opendata.graphql.asking import NobodySignsIn
from tests.opendata.graphql.numbers import NumbersInMemory, Person

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def client():
    numbers = NumbersInMemory([Person("030101", 2024)])
    blueprints = [graphql_blueprint(numbers.opened, page=console_page), console_blueprint()]
    return create_app("opendata", blueprints, NobodySignsIn()).test_client()


def page(client):
    return client.get("/graphql", headers={"Accept": BROWSER})


def test_a_browser_gets_the_console(client):
    answer = page(client)

    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "Accept" in answer.headers["Vary"]


def test_every_part_of_the_page_is_here(client):
    parts = re.findall(r'(?:src|href)="([^"]+)"', page(client).text)
    scripts = [part for part in parts if part.endswith((".js", ".css"))]

    assert len(scripts) == 7
    for part in scripts:
        answer = client.get(part)
        assert answer.status_code == 200
        assert answer.content_type.startswith(("text/javascript", "text/css"))
        assert len(answer.data) > 500
    assert all(part.startswith(("/", "data:")) for part in parts)


def test_it_leads_feed_readers_to_the_releases(client):
    [link] = re.findall(r"<link rel=\"alternate\" ([^>]*)>", page(client).text)

    assert 'type="application/atom+xml"' in link
    assert 'href="/data/releases.atom"' in link


def test_nothing_of_the_page_is_loaded_from_elsewhere(client):
    parts = [client.get(f"/graphql/console/console.{kind}").text for kind in ("js", "css")]

    for text in (page(client).text, *parts):
        assert set(re.findall(r"""https?://[^/"' ]*|["'(]//""", text)) <= {"http://localhost"}


@pytest.mark.parametrize(
    "name", ["__init__.py", "views.py", "../views.py", "examples.py", "console.html", "x"]
)
def test_other_files_are_not_given_out(client, name):
    assert client.get(f"/graphql/console/{name}").status_code == 404


def test_without_scripts_the_page_says_how_to_ask(client):
    [curl] = re.findall(r"<code>(.*?)</code>", page(client).text, re.DOTALL)
    [body] = re.findall(r"-d '(.*)'", curl)

    answer = client.post("/graphql", data=body, content_type="application/json").get_json()

    assert answer["data"]["region"]["name"] == "Oslo"


def test_without_scripts_it_says_so_by_the_address_at_which_it_was_found(client):
    answer = client.get("/graphql", headers={"Accept": BROWSER}, base_url="https://bosatt.example")

    assert "curl https://bosatt.example/graphql" in answer.text


def test_there_are_a_dozen_examples_in_two_languages(client):
    told = client.get("/graphql/console/examples.json").get_json()

    assert len(told) == 12
    for example in told:
        assert example["en"]
        assert example["nb"]
        assert example["en"] != example["nb"]
        assert not example["query"].startswith("#")


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_can_be_asked(client, example):
    assert validate(schema(), parse(example.query)) == []
    if "borders" not in example.query:  # the numbers of this test know one map only
        assert "errors" not in client.post("/graphql", json={"query": example.query}).get_json()
