"""What comes again as it came before is answered as it was, by a shorter way."""

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.test import Client, EnvironBuilder

from services.chassis.metrics import GRAPHQL_ANSWERS, GRAPHQL_OPERATIONS, HTTP_DURATION, HTTP_IN_FLIGHT
from services.opendata.graphql.executing import answering as executing
from services.opendata.graphql.executing.quickness import IN_A_ROW
from services.opendata.graphql.limits.allowance import Allowance
from tests.opendata.graphql.asking import NOW, Asking
from tests.opendata.graphql.numbers import RELEASE, NumbersInMemory, Person

QUERY = '{ region(code: "0301") { name totals(year: 2024) { settled } } }'
STRICT = "application/graphql-response+json"
POST = {"method": "POST", "json": {"query": QUERY}}
GET = {"method": "GET", "query_string": {"query": QUERY}}
KNOWN_TAG = "the answer's own tag"

REQUESTS = {
    "post": POST,
    "post with variables": {"method": "POST", "json": {"query": QUERY, "variables": {"unused": 1}}},
    "post in the strict form": {**POST, "headers": {"Accept": STRICT}},
    "packed": {
        "method": "POST",
        "data": gzip.compress(b'{"query": "{ release { id } }"}'),
        "headers": {"Content-Encoding": "gzip", "Content-Type": "application/json"},
    },
    "get": GET,
    "head": {**GET, "method": "HEAD"},
    "get in the strict form": {**GET, "headers": {"Accept": STRICT}},
    "get what the client has": {**GET, "headers": {"If-None-Match": KNOWN_TAG}},
    "get what the client has from before": {**GET, "headers": {"If-None-Match": '"older"'}},
    "get what is newer": {**GET, "headers": {"If-Modified-Since": "Fri, 21 Jun 2024 23:00:00 GMT"}},
    "get only the one": {**GET, "headers": {"If-Match": '"another"'}},
    "by name": {**POST, "headers": {"Client-Name": "newspaper"}},
}


@pytest.fixture
def numbers():
    return NumbersInMemory([Person("0301", 2024)])


def from_memory():
    return GRAPHQL_ANSWERS.labels("memory")._value.get()


def asked(client, options):
    """The response to a request, its headers in order of their names."""
    if options.get("headers", {}).get("If-None-Match") == KNOWN_TAG:
        tag = client.open("/graphql", **GET).headers["ETag"]
        options = {**options, "headers": {"If-None-Match": tag}}
    response = client.open("/graphql", **options)
    # What is left of what one may ask for differs from moment to moment.
    headers = [one for one in sorted(response.headers) if one[0] != "RateLimit"]
    return response.status_code, headers, response.data


@pytest.mark.parametrize("options", REQUESTS.values(), ids=REQUESTS)
def test_the_second_response_is_the_first(numbers, monkeypatch, options):
    asking = Asking(numbers)

    first = asked(asking.client, options)
    monkeypatch.setattr(asking.app, "full_dispatch_request", no_way_through)
    second = asked(asking.client, options)

    # Where it had been taken apart again it would be 500.
    assert second == first
    assert (first[0] == 304) == (options is REQUESTS["get what the client has"])


def no_way_through():
    raise AssertionError("it was taken apart again")


TWO = (
    "query A($code: ID!, $first: Int) { region(code: $code) { name totals(year: 2024) { settled } } "
    "regions(first: $first) { totalCount } } query B { release { id } }"
)
ASKED_ANEW = {
    "other variables": {"operationName": "A", "variables": {"code": "4601"}},
    "nobody by that code": {"operationName": "A", "variables": {"code": "0000"}},
    "another operation": {"operationName": "B"},
    "no operation": {},
    "no such operation": {"operationName": "C"},
    "a variable that is missing": {"operationName": "A", "variables": {}},
    "a variable of another type": {"operationName": "A", "variables": {"code": ["a", {"b": 1}]}},
    "a field that fails": {"operationName": "A", "variables": {"code": "0301", "first": 501}},
    "variables that are none": {"operationName": "A", "variables": "0301"},
    "variables nested deeply": {"operationName": "A", "variables": {"code": [[[[[[[[[["a"]]]]]]]]]]}},
    "more than there is": {"operationName": "A", "variables": {"code": "0301"}, "more": 1},
    "a number too large": {"operationName": "A", "variables": {"code": "0301", "first": 2**63}},
}


@pytest.mark.parametrize("form", ["*/*", STRICT, "text/html"])
@pytest.mark.parametrize("body", ASKED_ANEW.values(), ids=ASKED_ANEW)
def test_a_text_that_is_known_is_answered_as_the_app_answers_it(numbers, body, form):
    asking = Asking(numbers)
    detour = Client(asking.app.wsgi_app._app)
    options = {"method": "POST", "json": {"query": TWO, **body}, "headers": {"Accept": form}}
    asking.client.open("/graphql", method="POST", json={"query": TWO, "operationName": "B"})

    assert asked(asking.client, options) == asked(detour, options)


def test_a_text_that_is_known_is_not_taken_apart_again_for_other_variables(numbers, monkeypatch):
    asking = Asking(numbers)
    asking.client.open("/graphql", method="POST", json={"query": TWO, "operationName": "B"})
    monkeypatch.setattr(asking.app, "full_dispatch_request", no_way_through)

    codes = ("0301", "4601")
    answers = [
        asking.client.open(
            "/graphql",
            method="POST",
            json={"query": TWO, "operationName": "A", "variables": {"code": code}},
        )
        for code in codes
    ]

    assert [answer.json["data"]["region"]["name"] for answer in answers] == ["Oslo", "Bergen"]


def test_a_newer_release_is_seen_at_once(numbers):
    asking = Asking(numbers)
    before = [asking.data(QUERY)["region"]["totals"]["settled"] for _ in range(2)]

    numbers.persons.append(Person("0301", 2024))
    numbers.release = replace(RELEASE, id="next", published_at=RELEASE.published_at + timedelta(hours=1))

    after = [asking.data(QUERY)["region"]["totals"]["settled"] for _ in range(2)]
    assert (before, after) == ([1, 1], [2, 2])


def test_a_new_day_is_another_question(numbers):
    moments = [NOW]
    asking = Asking(numbers, clock=lambda: moments[-1])
    query = '{ regions(level: COUNTY, search: "Viken") { nodes { code validTo } } }'
    in_2024 = [asking.data(query) for _ in range(2)]

    moments.append(NOW.replace(year=2023))

    assert asking.data(query) != in_2024[0] == in_2024[1]


def test_everybody_is_counted(numbers):
    client = Asking(numbers, allowance=Allowance(10)).client

    answers = [client.open("/graphql", **POST) for _ in range(12)]

    assert [answer.status_code for answer in answers].count(429) >= 3
    assert answers[1].headers["RateLimit"].startswith('"default";r=')
    left = [int(answer.headers["RateLimit"].split("r=")[1].split(";")[0]) for answer in answers[:4]]
    assert left == sorted(set(left), reverse=True)


def test_whoever_shows_a_token_is_taken_apart(numbers, monkeypatch):
    asking = Asking(numbers)
    asking.client.open("/graphql", **POST)
    monkeypatch.setattr(asking.app, "full_dispatch_request", no_way_through)
    in_flight = HTTP_IN_FLIGHT._value.get()

    again = asking.client.open("/graphql", **POST)
    with_token = asking.client.open("/graphql", **POST, headers={"Authorization": "Bearer x"})

    assert (again.status_code, with_token.status_code) == (200, 500)
    assert HTTP_IN_FLIGHT._value.get() == in_flight


def test_it_is_measured_like_any_other(numbers):
    asking = Asking(numbers)
    measured = HTTP_DURATION.labels("opendata", "/graphql", "POST", "200")

    before = measured._sum.get()
    counts = []
    for _ in range(2):
        asking.client.open("/graphql", **POST)
        counts.append(sum(bucket.get() for bucket in measured._buckets))

    assert counts[1] - counts[0] == 1
    assert measured._sum.get() > before


def test_what_failed_is_asked_anew(numbers):
    asking = Asking(numbers)
    before = from_memory()

    answers = [asking("{ regions(first: 501) { totalCount } }") for _ in range(2)]

    assert all(answer["errors"] for answer in answers)
    assert from_memory() == before


def at_once(asking, body):
    """What is answered without a thread, as the server asks for it; None where nothing is."""
    builder = EnvironBuilder(path="/graphql", method="POST", json=body)
    try:
        return asking.app.wsgi_app.at_once(builder.get_environ())
    finally:
        builder.close()


@pytest.fixture
def warm(numbers, monkeypatch):
    """A client who has asked the same text of a release some times, of which nothing is kept."""
    monkeypatch.setattr("services.opendata.graphql.executing.quickness.QUICK_SECONDS", 3_600)
    # So little comes back meanwhile that whatever is taken can be seen.
    asking = Asking(numbers, newest_waits=False, most_answers=0, allowance=Allowance(100_000, 6_000_000))
    for _ in range(IN_A_ROW):
        asking.client.open("/graphql", method="POST", json=A_REGION)
    return asking


A_REGION = {"query": TWO, "operationName": "A", "variables": {"code": "0301"}}


def test_a_text_known_to_be_quick_is_worked_out_at_once_for_any_variables(warm):
    for code, name in (("0301", "Oslo"), ("4601", "Bergen")):
        body = {**A_REGION, "variables": {"code": code}}

        found = at_once(warm, body)

        assert found.status == 200
        assert found.body == warm.client.open("/graphql", method="POST", json=body).data
        assert name.encode() in found.body


@pytest.mark.parametrize("body", ASKED_ANEW.values(), ids=ASKED_ANEW)
def test_what_is_told_at_once_is_what_is_told_else(warm, body):
    body = {"query": TWO, **body}

    found = at_once(warm, body)

    if found is not None:
        response = warm.client.open("/graphql", method="POST", json=body)
        assert (found.status, found.body) == (response.status_code, response.data)


def test_another_text_is_left_to_a_thread(warm):
    assert at_once(warm, {"query": QUERY}) is None


def test_more_than_is_read_at_once_is_left_to_a_thread(warm, monkeypatch):
    monkeypatch.setattr(executing, "MOST_AT_ONCE", 1)

    assert at_once(warm, A_REGION) is None


def test_by_a_new_release_the_first_answer_is_left_to_a_thread(warm, numbers):
    numbers.release = replace(RELEASE, id="next", published_at=RELEASE.published_at + timedelta(hours=1))

    assert at_once(warm, A_REGION) is None


def test_where_a_server_has_to_be_waited_for_nothing_is_done_at_once(numbers):
    asking = Asking(numbers, newest_waits=True)
    for _ in range(IN_A_ROW):
        asking.client.open("/graphql", method="POST", json=A_REGION)

    assert at_once(asking, A_REGION) is None


def test_what_is_worked_out_at_once_is_counted_and_measured_once(warm):
    counters = [GRAPHQL_ANSWERS.labels("execution"), GRAPHQL_OPERATIONS.labels("query", "ok")]
    before = [counter._value.get() for counter in counters]
    left = [dict(at_once(warm, A_REGION).headers)["RateLimit"].split(";")[1] for _ in range(2)]

    assert [counter._value.get() for counter in counters] == [one + 2 for one in before]
    assert left[0] > left[1]
