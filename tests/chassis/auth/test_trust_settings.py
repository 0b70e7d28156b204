"""Settings about who is believed: what must be said together, and what would not be safe."""

import os

import pytest
from environs import EnvError

from services.chassis.auth.settings import IssuerSettings
from services.chassis.settings import read_settings

MACHINES = {
    "BOSATT_ISSUER": "https://maskinporten.example/",
    "BOSATT_JWKS_URL": "https://maskinporten.example/jwk",
    "BOSATT_AUDIENCE": "https://bosatt.example",
}
PEOPLE = {
    "BOSATT_LOGIN_ISSUER": "https://ansattporten.example",
    "BOSATT_LOGIN_JWKS_URL": "https://ansattporten.example/jwks",
    "BOSATT_LOGIN_RESOURCE": "urn:altinn:resource:bosatt",
}
FILE = {"BOSATT_ORGANISATIONS": "organisations.csv"}


@pytest.fixture
def read(monkeypatch):
    for name in os.environ:
        if name.startswith("BOSATT_"):
            monkeypatch.delenv(name)

    def reading(*groups, **changes):
        for name, value in {key: one for group in groups for key, one in group.items()}.items():
            monkeypatch.setenv(name, value)
        for name, value in changes.items():
            monkeypatch.setenv(name, value)
        return read_settings()

    return reading


def test_without_an_issuer_the_local_one_is_believed(read):
    settings = read()

    assert settings.trust.is_local
    assert settings.log_level == "warning"


def test_an_issuer_of_machines_takes_the_local_ones_place(read):
    trust = read(MACHINES, FILE).trust

    assert not trust.is_local
    assert trust.machines == IssuerSettings(*MACHINES.values())
    assert trust.people is None
    assert trust.organisations.is_absolute()


def test_an_issuer_of_people_alone_takes_it_too(read):
    trust = read(PEOPLE, FILE, BOSATT_LOGIN_AUDIENCE="https://page.example").trust

    assert not trust.is_local
    assert trust.names == ("https://ansattporten.example",)


def test_people_and_machines_may_share_an_audience(read):
    trust = read(MACHINES, PEOPLE, FILE).trust

    assert trust.people.audience == trust.machines.audience == "https://bosatt.example"
    assert trust.resource == "urn:altinn:resource:bosatt"


def test_where_organisations_call_it_is_logged_who_did(read):
    assert read(MACHINES, FILE).log_level == "info"


@pytest.mark.parametrize("missing", ["BOSATT_JWKS_URL", "BOSATT_AUDIENCE", "BOSATT_ORGANISATIONS"])
def test_what_an_issuer_of_machines_needs_is_named(read, missing):
    with pytest.raises(EnvError, match=missing):
        read(MACHINES, FILE, **{missing: ""})


@pytest.mark.parametrize(
    "missing",
    ["BOSATT_LOGIN_JWKS_URL", "BOSATT_LOGIN_AUDIENCE", "BOSATT_LOGIN_RESOURCE", "BOSATT_ORGANISATIONS"],
)
def test_what_an_issuer_of_people_needs_is_named(read, missing):
    with pytest.raises(EnvError, match=missing):
        read(PEOPLE, FILE, **{"BOSATT_LOGIN_AUDIENCE": "a", missing: ""})


def test_an_audience_that_is_anybodys_is_none(read):
    with pytest.raises(EnvError, match="BOSATT_AUDIENCE"):
        read(MACHINES, FILE, BOSATT_AUDIENCE="unspecified")


def test_organisations_without_an_issuer_are_a_mistake(read):
    with pytest.raises(EnvError, match="BOSATT_ORGANISATIONS"):
        read(FILE)


def test_an_address_of_keys_without_an_issuer_is_a_mistake(read):
    with pytest.raises(EnvError, match="BOSATT_ISSUER"):
        read(MACHINES, FILE, BOSATT_ISSUER="")


def test_one_issuer_is_not_both(read):
    with pytest.raises(EnvError, match="BOSATT_LOGIN_ISSUER"):
        read(MACHINES, PEOPLE, FILE, BOSATT_LOGIN_ISSUER=MACHINES["BOSATT_ISSUER"])


@pytest.mark.parametrize(
    "url",
    ["http://maskinporten.example/jwk", "ftp://a/b", "jwk", "https://", "file:///etc/jwk", "http://[::1"],
)
def test_keys_are_not_fetched_where_others_could_change_them(read, url):
    with pytest.raises(EnvError, match="BOSATT_JWKS_URL"):
        read(MACHINES, FILE, BOSATT_JWKS_URL=url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000/jwk", "http://localhost/jwk", "http://[::1]:9000/jwk"]
)
def test_on_this_machine_nobody_is_on_the_way(read, url):
    assert read(MACHINES, FILE, BOSATT_JWKS_URL=url).trust.machines.jwks_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [("BOSATT_JWKS_INTERVAL", "0"), ("BOSATT_RATE_EVENTS", "0"), ("BOSATT_RATE_SECONDS", "-1")],
)
def test_bounds_that_make_no_sense_are_refused_by_name(read, name, value):
    with pytest.raises(EnvError, match=name):
        read(**{name: value})


def test_a_token_is_not_shown_with_the_settings(read):
    settings = read(BOSATT_TOKEN="canary-8")

    assert settings.token == "canary-8"
    assert "canary" not in repr(settings)
