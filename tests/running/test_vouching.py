"""Who is believed, put together from settings; and the token of our own commands."""

import dataclasses

import jwt
import pytest

from services.chassis.auth.local_issuer import issue, local_key
from services.chassis.auth.organisations import OrganisationsFaulty
from services.chassis.auth.port import KeysAway, NotAuthenticated, Reason
from services.chassis.auth.settings import IssuerSettings, Trust
from services.chassis.settings import read_settings
from services.running.processes import OffLoopback, check_reach
from services.running.seeds import LoadingFailed, PublishedFigures
from services.running.vouching import NoToken, authenticator_of, own_token
from tests.chassis.auth.issuing import (
    AUDIENCE,
    MACHINES,
    PEOPLE,
    RIGHT,
    machine_claims,
    person_claims,
    registry_file,
    signed,
)

AWAY = "http://127.0.0.1:1/jwks"


@pytest.fixture
def local(tmp_path, monkeypatch):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    return read_settings()


@pytest.fixture
def real(local, tmp_path):
    trust = Trust(
        IssuerSettings(MACHINES, AWAY, AUDIENCE),
        IssuerSettings(PEOPLE, AWAY, AUDIENCE),
        RIGHT,
        registry_file(tmp_path),
    )
    return dataclasses.replace(local, trust=trust)


def test_without_an_issuer_the_local_one_vouches(local):
    token = issue(local_key(local.data), "0301")

    assert authenticator_of(local).authenticate(token, "127.0.0.1").code == "0301"


@pytest.mark.parametrize("which", ["machines", "people", "both"])
def test_where_an_issuer_is_set_the_local_one_vouches_for_nobody(real, which):
    other = {"machines": "people", "people": "machines", "both": None}[which]
    trust = real.trust if other is None else dataclasses.replace(real.trust, **{other: None})
    token = issue(local_key(real.data), "0301")

    with pytest.raises(NotAuthenticated) as refused:
        authenticator_of(dataclasses.replace(real, trust=trust)).authenticate(token, "127.0.0.1")
    assert refused.value.reason is Reason.ISSUER


@pytest.mark.sockets
def test_tokens_of_both_issuers_are_judged_by_their_keys(real):
    authenticator = authenticator_of(real)

    for claims in (machine_claims(), person_claims()):
        with pytest.raises(KeysAway):
            authenticator.authenticate(signed(claims), None)


def test_a_faulty_file_of_organisations_is_told_at_the_start(real):
    real.trust.organisations.write_text("organisation,role,code\n1,municipality,0301\n")

    with pytest.raises(OrganisationsFaulty):
        authenticator_of(real)


def test_off_loopback_somebody_else_must_vouch(local, real):
    with pytest.raises(OffLoopback):
        check_reach(dataclasses.replace(local, host="0.0.0.0"))
    check_reach(dataclasses.replace(real, host="0.0.0.0"))


def test_commands_make_their_own_token_where_the_local_issuer_vouches(local):
    token = own_token(local, "importer")

    assert authenticator_of(local).authenticate(token, "::1").name == "importer"


def test_commands_take_the_token_they_are_given(local, real):
    for settings in (local, real):
        assert own_token(dataclasses.replace(settings, token="given"), "importer") == "given"


def test_without_one_they_say_where_tokens_come_from(real, local):
    with pytest.raises(NoToken, match=f"{MACHINES}.*BOSATT_TOKEN"):
        own_token(real, "importer")
    with pytest.raises(LoadingFailed, match="BOSATT_TOKEN"):
        PublishedFigures(real.data).load(real, None)


def test_own_tokens_allow_everything(local):
    said = jwt.decode(own_token(local, "imdi"), options={"verify_signature": False})

    assert len(said["scope"].split()) == 6
