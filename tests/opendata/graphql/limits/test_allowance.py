"""How much each client may ask for, and how it is told."""

import pytest
from flask import Response

from services.chassis.metrics import GRAPHQL_OBJECTS, RATE_LIMITED
from services.chassis.problems import Problem
from services.opendata.graphql.limits.allowance import Account, Accounts, Allowance
from services.opendata.graphql.limits.clients import Client
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory

ONE = Client("192.0.2.1", named=False)
SAME_NAMED = Client("192.0.2.1", named=True)
OTHER = Client("192.0.2.2", named=False)
LARGE = "{ regions(first: 400) { nodes { code } } }"
SMALL = "{ release { id } }"


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(clock):
    return Accounts(Allowance(1_000, 60), most_clients=3, clock=clock)


def test_what_is_taken_comes_back_steadily(accounts, clock):
    accounts.take(ONE, 1_000)
    used_up = accounts.left(ONE)
    clock.now += 30
    half = accounts.left(ONE)
    clock.now += 300

    assert (used_up, half, accounts.left(ONE)) == ((0, 60), (500, 30), (1_000, 0))


def test_too_much_is_not_taken_and_told_when_it_could_be(accounts):
    accounts.take(ONE, 900)

    assert accounts.take(ONE, 200) == pytest.approx(6.0)
    assert accounts.left(ONE)[0] == 100


def test_each_address_is_counted_by_itself(accounts):
    accounts.take(ONE, 1_000)

    assert accounts.left(OTHER)[0] == 1_000


def test_who_names_itself_gets_more_of_the_same_measure(accounts):
    accounts.take(SAME_NAMED, 1_000)

    assert accounts.left(SAME_NAMED)[0] == 3_000
    assert accounts.left(ONE)[0] == 750


def test_more_than_there_ever_is_is_given_from_a_full_measure(accounts):
    assert accounts.take(ONE, 50_000) == 0
    assert accounts.take(ONE, 1) > 0


def test_only_the_clients_that_asked_last_are_kept(accounts):
    for number in range(10):
        accounts.take(Client(f"192.0.2.{number}", named=False), 400)
    accounts.take(Client("192.0.2.7", named=False), 100)
    accounts.take(Client("192.0.2.10", named=False), 400)

    assert len(accounts._left) == 3
    assert accounts.left(Client("192.0.2.7", named=False))[0] == 500


def test_who_has_nothing_left_is_told_when_there_will_be_something(accounts):
    accounts.take(ONE, 1_000)

    with pytest.raises(Problem) as refused:
        Account(accounts, ONE).check(1)

    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "1"})


class TestOverHttp:
    def test_every_answer_says_what_is_left(self):
        response = Asking(allowance=Allowance(1_000, 60_000)).post(LARGE)

        assert response.headers["RateLimit-Policy"] == '"default";q=1000;w=60000'
        assert response.headers["RateLimit"] == '"default";r=599;t=24060'

    def test_who_names_itself_is_told_of_more(self):
        response = Asking(allowance=Allowance(1_000)).post(SMALL, headers={"Client-Name": "newspaper-map"})

        assert response.headers["RateLimit-Policy"] == '"default";q=4000;w=60'

    def test_beyond_it_is_429_before_anything_is_read(self):
        opened = []
        numbers = NumbersInMemory()

        def watched():
            opened.append(1)
            return numbers.opened()

        ask = Asking(open_numbers=watched, allowance=Allowance(1, 600))
        before = RATE_LIMITED.labels("opendata")._value.get()
        ask.post(SMALL)
        response = ask.post(SMALL, headers={"Origin": "https://example.org"})

        assert (response.status_code, len(opened)) == (429, 1)
        assert response.content_type == "application/problem+json"
        assert response.get_json()["violated-policies"] == ["default"]
        assert "Client-Name" in response.get_json()["detail"]
        assert 1 <= int(response.headers["Retry-After"]) <= 600
        assert response.headers["RateLimit"].startswith('"default";r=0;')
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert RATE_LIMITED.labels("opendata")._value.get() == before + 1

    def test_a_query_dearer_than_what_is_left_is_429_unread(self):
        numbers = NumbersInMemory()
        ask = Asking(numbers, allowance=Allowance(500, 6_000))
        ask.post(LARGE)

        assert ask.post("{ regions(first: 401) { nodes { code } } }").status_code == 429
        # A cheaper one still is answered.
        assert ask.post(SMALL).status_code == 200

    def test_what_is_kept_in_memory_costs_one(self):
        ask = Asking(allowance=Allowance(1_000, 60_000))

        left = [ask.post(LARGE).headers["RateLimit"].split(";")[1] for _ in range(3)]

        assert left == ["r=599", "r=598", "r=597"]

    @pytest.mark.parametrize(
        "body", [b'{"query": "{"}', b'{"query": "{ nothing }"}', b"{", b"[]", b"x" * 70_000]
    )
    def test_a_refused_request_costs_something_too(self, body):
        ask = Asking(allowance=Allowance(1_000, 60_000))

        response = ask.client.post("/graphql", data=body, content_type="application/json")

        assert response.headers["RateLimit"].split(";")[1] in ("r=900", "r=899")

    def test_what_costs_nothing_says_nothing(self):
        client = Asking(allowance=Allowance(1), page=lambda: Response("a page")).client

        for _ in range(3):
            page = client.get("/graphql", headers={"Accept": "text/html"})
            limits = client.get("/graphql/limits")
            preflight = client.options("/graphql")

        for response in (page, limits, preflight):
            assert response.status_code == 200
            assert "RateLimit" not in response.headers

    def test_a_name_that_can_be_none_is_refused(self):
        response = Asking().post(SMALL, headers={"Client-Name": "x" * 65})

        assert response.status_code == 400
        assert response.get_json()["type"] == "urn:bosatt:problem:client-name"

    def test_neither_name_nor_address_is_logged(self, capsys):
        Asking().client.post(
            "/graphql",
            json={"query": "{ nothing }"},
            headers={"Client-Name": "newspaper-map"},
            environ_base={"REMOTE_ADDR": "192.0.2.77"},
        )

        told = "".join(capsys.readouterr())
        assert "newspaper-map" not in told
        assert "192.0.2.77" not in told

    def test_metrics_hold_whether_a_client_is_named_and_no_name(self):
        before = GRAPHQL_OBJECTS.labels("named")._value.get()

        Asking().post(SMALL, headers={"Client-Name": "newspaper-map"})

        assert GRAPHQL_OBJECTS.labels("named")._value.get() == before + 1
        assert set(GRAPHQL_OBJECTS._metrics) <= {("named",), ("unnamed",)}
