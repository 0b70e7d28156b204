"""The token command: what its tokens allow, and where it makes none."""

import jwt
import pytest
from click.testing import CliRunner

from services.cli import main
from tests.chassis.auth.issuing import registry_file


@pytest.fixture
def bosatt(tmp_path):
    def run(*words, **environment):
        return CliRunner().invoke(main, words, env={"BOSATT_DATA": str(tmp_path), **environment})

    return run


def allowed(told):
    return set(jwt.decode(told.stdout.strip(), options={"verify_signature": False})["scope"].split())


def test_a_token_allows_everything(bosatt):
    assert len(allowed(bosatt("token", "--as", "0301"))) == 6


def test_a_token_allows_no_more_than_is_asked_for(bosatt):
    scopes = ("bosatt:decisions.read", "bosatt:decisions.write")
    words = [word for scope in scopes for word in ("--scope", scope)]

    assert allowed(bosatt("token", "--as", "0301", *words)) == set(scopes)


def test_a_scope_that_does_not_exist_is_wrong_use(bosatt):
    told = bosatt("token", "--as", "0301", "--scope", "bosatt:everything")

    assert told.exit_code == 2
    assert "bosatt:settlements.write" in told.stderr


@pytest.mark.parametrize("words", [["token"], ["submit", __file__]])
def test_where_a_real_issuer_is_set_no_token_is_made(bosatt, tmp_path, words):
    told = bosatt(
        *words,
        "--as",
        "0301",
        BOSATT_ISSUER="https://maskinporten.example/",
        BOSATT_JWKS_URL="https://maskinporten.example/jwk",
        BOSATT_AUDIENCE="https://bosatt.example",
        BOSATT_ORGANISATIONS=str(registry_file(tmp_path)),
    )

    assert told.exit_code == 2
    assert told.stdout == ""
    assert "Tokens come from https://maskinporten.example/ here" in told.stderr
    assert not (tmp_path / "local-issuer-key.pem").exists()


def test_an_issuer_without_its_keys_is_named_before_anything_is_done(bosatt):
    told = bosatt("token", "--as", "0301", BOSATT_ISSUER="https://maskinporten.example/")

    assert told.exit_code == 2
    assert "BOSATT_JWKS_URL" in told.stderr
