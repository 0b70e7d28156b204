"""How much each caller may ask, what it is told of it, and when it is refused."""

import pytest
from flask import Response, request

from services.chassis import metrics
from services.chassis.http.app_factory import create_app
from services.chassis.http.callers import for_callers_with
from services.chassis.http.rates import Exceeded, Limits, Rate, charge
from services.contract.codes import Role
from services.contract.entitlements import Caller
from tests.chassis.http.pages import pages


class Clock:
    now = 50.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    return Limits(Rate(60, 30), clock)


def test_a_full_measure_may_be_used_at_once(limits):
    for _ in range(60):
        limits.take("a", 1)

    with pytest.raises(Exceeded) as exceeded:
        limits.take("a", 1)
    assert exceeded.value.seconds == pytest.approx(0.5)


def test_what_was_used_comes_back_steadily_and_never_more(limits, clock):
    limits.take("a", 60)
    clock.now += 10
    assert limits.left("a") == (20, 20)

    clock.now += 1_000
    assert limits.left("a") == (60, 0)


def test_callers_do_not_use_each_others_measure(limits):
    limits.take("a", 60)

    limits.take("b", 60)


def test_what_is_too_much_takes_nothing(limits):
    limits.take("a", 50)

    with pytest.raises(Exceeded):
        limits.take("a", 11)
    limits.take("a", 10)


def test_a_batch_larger_than_the_measure_passes_when_that_is_full_and_is_paid_for_later(limits, clock):
    limits.take("a", 180)
    assert limits.left("a") == (0, 90)

    clock.now += 60
    with pytest.raises(Exceeded) as exceeded:
        limits.take("a", 1)
    assert exceeded.value.seconds == pytest.approx(0.5)


class Two:
    """Knows two callers by their tokens, one of them by two organisations."""

    def authenticate(self, token, _remote):
        role, code = (Role.MUNICIPALITY, "0301") if token.startswith("oslo") else (Role.DIRECTORATE, None)
        return Caller(role, code, organisation=token, scopes=frozenset(("some",)))


@pytest.fixture
def call():
    blueprint = pages()

    @blueprint.get("/one")
    @for_callers_with("some")
    def one():
        return Response("one")

    @blueprint.get("/more")
    @for_callers_with("some")
    def more():
        charge(int(request.args["events"]))
        return Response("more")

    @blueprint.get("/scoped")
    @for_callers_with("other")
    def scoped():
        return Response("never")

    client = create_app("rated", [blueprint], Two(), Rate(5, 3600)).test_client()

    def called(path="/one", token="oslo"):
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return client.get(path, headers=headers)

    return called


def test_each_answer_says_what_is_left(call):
    first, second = call(), call()

    assert first.headers["RateLimit-Policy"] == second.headers["RateLimit-Policy"] == '"default";q=5;w=3600'
    assert first.headers["RateLimit"] in ('"default";r=4;t=720', '"default";r=4;t=719')
    assert second.headers["RateLimit"] in ('"default";r=3;t=1440', '"default";r=3;t=1439')


def test_a_caller_who_asks_too_much_is_told_when_to_go_on(call):
    counter = metrics.RATE_LIMITED.labels("rated")
    before = counter._value.get()
    for _ in range(5):
        assert call().status_code == 200

    answer = call()

    assert answer.status_code == 429
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == "urn:bosatt:problem:quota-exceeded"
    assert answer.json["violated-policies"] == ["default"]
    assert 715 <= int(answer.headers["Retry-After"]) <= 720
    assert answer.headers["RateLimit"].startswith('"default";r=0;t=')
    assert counter._value.get() == before + 1
    assert call(token="imdi").status_code == 200


def test_further_events_count_one_each(call):
    assert call("/more?events=3").headers["RateLimit"].startswith('"default";r=1;')
    assert call("/more?events=3").status_code == 429


def test_organisations_of_one_municipality_are_counted_apart(call):
    for _ in range(5):
        call(token="oslo-a")

    assert call(token="oslo-b").status_code == 200


def test_who_is_not_let_in_is_not_counted_and_told_nothing(call):
    for path, token in (("/one", None), ("/scoped", "oslo"), ("/get-only", None)):
        for _ in range(10):
            answer = call(path, token)
            assert answer.status_code != 429
            assert "RateLimit" not in answer.headers
    assert call().headers["RateLimit"].startswith('"default";r=4;')
