"""How people sign in, from the settings."""

import pytest
from environs import EnvError

from services.chassis.settings import read_settings
from services.upload.settings import read_login


@pytest.fixture
def login(monkeypatch, tmp_path):
    def read(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return read_login(read_settings())

    parties = tmp_path / "organisations.csv"
    parties.write_text("organisation,role,code\n958935420,municipality,0301\n")
    read.people = {
        "BOSATT_LOGIN_ISSUER": "https://login.test",
        "BOSATT_LOGIN_JWKS_URL": "https://login.test/jwks",
        "BOSATT_LOGIN_AUDIENCE": "urn:bosatt",
        "BOSATT_LOGIN_RESOURCE": "urn:altinn:resource:bosatt",
        "BOSATT_ORGANISATIONS": str(parties),
    }
    return read


def test_without_any_issuer_it_is_the_development_issuer(login):
    assert login(PORT="8123").is_for_development
    assert login(PORT="8123").public == "http://127.0.0.1:8123"


def test_an_issuer_that_is_set_stands_instead(login):
    found = login(**login.people, BOSATT_LOGIN_CLIENT_ID="us", BOSATT_LOGIN_PUBLIC_URL="https://bosatt.test/")

    assert not found.is_for_development
    assert found.is_secure
    assert found.redirect_uri == "https://bosatt.test/upload/callback"


def test_where_tokens_are_believed_but_we_are_no_client_nobody_signs_in(login):
    found = login(**login.people)

    assert not found.is_set_up
    assert not found.is_for_development


@pytest.mark.parametrize("public", ["http://bosatt.test", "bosatt.test", "ftp://bosatt.test"])
def test_an_address_that_is_not_encrypted_is_refused(login, public):
    with pytest.raises(EnvError, match="BOSATT_LOGIN_PUBLIC_URL"):
        login(**login.people, BOSATT_LOGIN_CLIENT_ID="us", BOSATT_LOGIN_PUBLIC_URL=public)


def test_a_client_needs_its_address(login):
    with pytest.raises(EnvError, match="BOSATT_LOGIN_PUBLIC_URL"):
        login(**login.people, BOSATT_LOGIN_CLIENT_ID="us")
