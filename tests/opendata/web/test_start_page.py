"""The start page: the newest numbers, in plain HTML that runs nothing."""

import re

import pytest

from services.chassis.http.app_factory import create_app
from services.opendata.web.start_page import start_page_blueprint
from tests.opendata.projection.journal import person


class NobodyKnown:
    """Lets nobody in: the page must not ask."""

    def caller_of(self, _token):
        raise AssertionError("nobody needs a token here")


@pytest.fixture
def client(world):
    app = create_app("opendata", [start_page_blueprint(world.published.open)], NobodyKnown())
    return app.test_client()


def rows(page):
    found = re.findall(
        r"<tr><th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", page
    )
    return {name: (quota, settled, remaining) for name, quota, settled, remaining in found}


def test_it_shows_districts_and_their_municipality(world, client):
    shares = [{"code": "030101", "persons": 160}, {"code": "030102", "persons": 0}]
    quota = {"municipality": "0301", "year": 2024, "persons": 1650, "decidedOn": "2024", "districts": shares}
    world.journal.post("quota.decided", quota)
    world.journal.settle(1, district="030101")
    world.journal.settle(2)
    world.publish()

    answer = client.get("/")

    found = rows(answer.text)
    assert len(found) == 16
    assert found["Gamle Oslo"] == ("160", "1", "159")
    assert found["Grünerløkka"] == ("0", "–", "–")
    assert found["Sagene"] == ("–", "–", "–")
    assert found["Oslo"] == ("1650", "2", "1648")


def test_it_says_whether_single_persons_are_made_up(world, client):
    world.journal.settle(1, origin="synthetic")
    world.publish()
    made_up = client.get("/").text
    world.journal.post("settlement.withdrawn", {}, subject=person(1))
    world.publish()

    assert "synthetic" in made_up
    assert "synthetic" not in client.get("/").text


def test_it_names_its_release_and_the_address_at_which_it_was_asked(world, client):
    world.publish()

    page = client.get("/", base_url="http://127.0.0.1:9123").text

    assert "Utgivelse 1," in page
    assert "curl -s http://127.0.0.1:9123/graphql" in page


def test_it_leads_feed_readers_to_the_releases(world, client):
    world.publish()

    [link] = re.findall(r"<link rel=\"alternate\" ([^>]*)>", client.get("/").text)

    assert 'type="application/atom+xml"' in link
    assert 'href="/data/releases.atom"' in link


def test_it_runs_no_script_and_takes_nothing_from_elsewhere(world, client):
    world.publish()

    answer = client.get("/")

    assert answer.content_type == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script" not in answer.text
