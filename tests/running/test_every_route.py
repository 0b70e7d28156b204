"""Every route of every part, called by everybody: without a token, with bad ones, by others, and rightly.

The routes are those of the parts that run. A new one fails until `EXPECTED` says what it answers.
"""

import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from services.chassis.auth.issuers import Issuers
from services.chassis.http.app_factory import access_of
from services.chassis.settings import read_settings
from services.contract.entitlements import SCOPES, read_scope, write_scope
from services.contract.event_types import COMMAND_SERVICES
from services.running.opened import Opened
from services.running.process import Process
from services.running.processes import all_parts
from tests.chassis.auth.issuing import (
    BERGEN,
    IMDI,
    MACHINES,
    OSLO,
    PEOPLE,
    REGISTRY,
    STRANGER,
    VENDOR,
    keys_of,
    machine_claims,
    machines,
    organisations_in,
    people,
    person_claims,
    signed,
)
from tests.chassis.commands.posting import event

ARNA = VENDOR
PARTIES = f"{REGISTRY}{ARNA},district,460101,a district of Bergen\n"

PERSON, ANOTHER = str(uuid.uuid4()), str(uuid.uuid4())
TYPES = {"requests": "request.issued", "decisions": "quota.decided", "settlements": "person.settled"}
OWNER = {"requests": IMDI, "decisions": OSLO, "settlements": OSLO}
SUBJECT = {"requests": "0301/2023", "decisions": "0301/2023", "settlements": PERSON}


@dataclass(frozen=True)
class Expected:
    """A request about Oslo, and what the owner of the data, another municipality and another role get."""

    access: str
    right: tuple[str, int] = (OSLO, 200)
    other_municipality: int = 403
    other_role: tuple[str, int] = (ARNA, 403)
    path: str = ""
    query: str = ""
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


def about_oslo(service, event_id, year, person):
    """An event about Oslo, as its owner posts it."""
    place = {"subject": person} if service == "settlements" else {}
    changes = {} if service == "settlements" else {"year": year}
    return event(TYPES[service], changes=changes, **place, id=event_id)


def _posting(service):
    return Expected(
        write_scope(service),
        (OWNER[service], 201),
        other_role=(OSLO if service == "requests" else IMDI, 403),
        body=about_oslo(service, "new", 2024, ANOTHER),
        headers={"Content-Type": "application/cloudevents+json"},
    )


def _command_routes(service):
    reading = read_scope(service)
    stem = f"/{service}/v1"
    return {
        ("POST", f"{stem}/events"): _posting(service),
        # An id is the caller's own affair: others have no event of that id, whoever else may.
        ("GET", f"{stem}/events/<path:event_id>"): Expected(
            reading, (OWNER[service], 200), 404, (ARNA, 404), path=f"{stem}/events/known"
        ),
        ("GET", f"{stem}/streams"): Expected(reading, query="municipality=0301"),
        ("GET", f"{stem}/streams/<path:subject>"): Expected(
            reading, path=f"{stem}/streams/{SUBJECT[service]}"
        ),
    }


# The page answers at one address only, by which cookies and sign-in work.
PAGE = {"Host": "127.0.0.1:8000"}
BY_SESSION = (
    ("GET", "/upload/allocations"),
    ("POST", "/upload/allocations/<subject>"),
    ("POST", "/upload/files"),
    ("POST", "/upload/files/begin"),
    ("GET", "/upload/files/<name>"),
    ("POST", "/upload/files/<name>/part"),
    ("POST", "/upload/files/<name>/post"),
    ("GET", "/upload/files/<name>/receipts.csv"),
    ("GET", "/upload/files/<name>/rejected"),
    ("GET", "/upload/files/<name>/status"),
    ("GET", "/upload/reports"),
    ("GET", "/upload/reports/<subject>"),
    ("POST", "/upload/reports/<subject>"),
    ("POST", "/upload/sign-out"),
    ("GET", "/upload/template/<kind>.xlsx"),
)
FOR_ALL_ON_THE_PAGE = (
    ("GET", "/upload"),
    ("GET", "/upload/"),
    ("GET", "/upload/callback"),
    ("GET", "/upload/language/<chosen>"),
    ("GET", "/upload/sign-in"),
    ("GET", "/upload/static/<name>"),
    ("GET", "/upload/issuer/.well-known/openid-configuration"),
    ("GET", "/upload/issuer/authorize"),
    ("POST", "/upload/issuer/authorize"),
    ("GET", "/upload/issuer/jwks"),
    ("POST", "/upload/issuer/token"),
)

EXPECTED = {
    **{route: Expected("session", headers=PAGE) for route in BY_SESSION},
    **{route: Expected("open", headers=PAGE) for route in FOR_ALL_ON_THE_PAGE},
    ("GET", "/"): Expected("open"),
    ("GET", "/graphql"): Expected("open", query="query={__typename}"),
    ("POST", "/graphql"): Expected("open", body={"query": "{__typename}"}),
    ("GET", "/graphql/limits"): Expected("open"),
    ("GET", "/graphql/console/<name>"): Expected("open", path="/graphql/console/console.js"),
    ("GET", "/graphql/console/examples.json"): Expected("open"),
    ("GET", "/data/"): Expected("open"),
    ("GET", "/data/<path:name>"): Expected("open", path="/data/totals.csv"),
    ("GET", "/metrics"): Expected("open"),
    ("GET", "/health/live"): Expected("open"),
    ("GET", "/health/ready"): Expected("open"),
    ("GET", "/asyncapi.json"): Expected("open"),
    **{
        ("GET", f"/{service}/{page}"): Expected("open")
        for service in COMMAND_SERVICES
        for page in ("openapi.json", "docs")
    },
    **{route: said for service in COMMAND_SERVICES for route, said in _command_routes(service).items()},
}

FORMS = {"machine": (machine_claims, "one", MACHINES), "person": (person_claims, "two", PEOPLE)}
WITHOUT_TOKENS = {route: said for route, said in EXPECTED.items() if said.access in ("open", "session")}
GUARDED = {route: said for route, said in EXPECTED.items() if route not in WITHOUT_TOKENS}


def named(routes):
    return {"argvalues": routes.items(), "ids": [" ".join(route) for route in routes]}


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    """The app behind each route, as the parts of one process give them."""
    directory = tmp_path_factory.mktemp("system")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOSATT_DATA", str(directory))
        opened = Opened(read_settings())
    organisations = organisations_in(directory, PARTIES)
    issuers = Issuers([machines(organisations, keys_of("one")), people(organisations, keys_of("two"))])
    parts = all_parts(opened)
    found = [Process(opened, ()).operators(issuers)]
    for part in parts:
        part.prepare()
        found += part.apps(issuers).values()
    yield {
        (method, rule.rule): app
        for app in found
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"OPTIONS", "HEAD"}
    }
    opened.close()


@pytest.fixture(scope="module")
def call(apps):
    """Call a route about Oslo with a token, or without one."""

    def called(route, token=None, said=None):
        said = said or EXPECTED[route]
        return (
            apps[route]
            .test_client()
            .open(
                f"{said.path or route[1]}?{said.query}",
                method=route[0],
                data=None if said.body is None else orjson.dumps(said.body),
                headers={
                    "Content-Type": "application/json",
                    **said.headers,
                    **({} if token is None else {"Authorization": f"Bearer {token}"}),
                },
            )
        )

    for service in COMMAND_SERVICES:
        known = Expected(
            "", body=about_oslo(service, "known", 2023, PERSON), headers=_posting(service).headers
        )
        stored = called(("POST", f"/{service}/v1/events"), signed(machine_claims(OWNER[service])), known)
        assert stored.status_code == 201
    return called


@pytest.fixture(params=FORMS)
def token(request):
    """Tokens of a machine, and of a person who signed in: for an organisation, or bad in some way."""
    claims, key, issuer = FORMS[request.param]

    def made(number=OSLO, **changes):
        return signed(claims(number, **changes), key)

    made.issuer = issuer
    return made


def test_every_route_says_here_what_it_answers(apps):
    assert set(apps) == set(EXPECTED)


@pytest.mark.parametrize(("route", "said"), **named(EXPECTED))
def test_a_route_needs_what_is_said_here(apps, route, said):
    rule = next(rule for rule in apps[route].url_map.iter_rules() if rule.rule == route[1])

    assert access_of(apps[route], rule.endpoint) == said.access


@pytest.mark.parametrize(("route", "said"), **named(GUARDED))
def test_without_a_token_nobody_is_let_in(call, route, said):
    answer = call(route)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bosatt"'


BAD = {
    "expired": lambda _token: {"exp": int(time.time()) - 1},
    "wrong issuer": lambda token: {"iss": re.sub("/?$", "/other", token.issuer)},
    "issuer but for the slash": lambda token: {
        "iss": token.issuer[:-1] if token.issuer.endswith("/") else f"{token.issuer}/"
    },
    "local issuer": lambda _token: {"iss": "urn:bosatt:local", "sub": "0301"},
    "wrong audience": lambda _token: {"aud": "https://else.example"},
    "audience of anybody": lambda _token: {"aud": "unspecified"},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD)
@pytest.mark.parametrize(("route", "said"), **named(GUARDED))
def test_with_a_bad_token_nobody_is_let_in(call, token, route, said, changes):
    answer = call(route, token(said.right[0], **changes(token)))

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bosatt", error="invalid_token"'


@pytest.mark.parametrize(("route", "said"), **named(GUARDED))
def test_all_other_scopes_do_not_make_up_for_the_one_that_is_missing(call, token, route, said):
    answer = call(route, token(said.right[0], scope=" ".join(SCOPES - {said.access})))

    assert answer.status_code == 403
    assert answer.json["scope"] == said.access
    assert f'error="insufficient_scope", scope="{said.access}"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("route", "said"), **named(GUARDED))
def test_an_organisation_that_is_not_registered_is_told_so(call, token, route, said):
    answer = call(route, token(STRANGER))

    assert answer.status_code == 403
    assert answer.json["type"] == "urn:bosatt:problem:not-registered"


@pytest.mark.parametrize(("route", "said"), **named(GUARDED))
def test_another_municipality_gets_nothing(call, token, route, said):
    answer = call(route, token(BERGEN))

    assert answer.status_code == said.other_municipality
    assert answer.content_type == "application/problem+json"
    assert PERSON not in answer.text


@pytest.mark.parametrize(("route", "said"), **named(GUARDED))
def test_another_role_gets_nothing(call, token, route, said):
    number, status = said.other_role

    answer = call(route, token(number))

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(("route", "said"), **named(GUARDED))
def test_the_right_one_gets_an_answer_with_that_scope_alone(call, route, said):
    number, status = said.right

    answer = call(route, signed(machine_claims(number, scope=said.access), "one"))

    assert answer.status_code == status
    assert "RateLimit" in answer.headers


@pytest.mark.parametrize(("route", "said"), **named(WITHOUT_TOKENS))
def test_where_no_token_is_needed_none_makes_a_difference(call, token, route, said):
    tokens = [None, "rubbish", token(OSLO), token(OSLO, exp=1), token(STRANGER), token(OSLO, scope="")]

    statuses = {call(route, one).status_code for one in tokens}

    assert len(statuses) == 1
    assert (statuses <= {303, 401}) if said.access == "session" else statuses.isdisjoint({401, 403})
