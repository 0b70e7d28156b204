"""Signing in at an issuer in the form of Ansattporten: what is asked of it, and what is believed of its answer."""

import time
from urllib.parse import parse_qs

import httpx
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from services.contract.entitlements import SCOPES
from services.upload.sessions import Begun
from services.upload.settings import Login
from services.upload.signing_in import NotSignedIn, SigningIn
from tests.upload.visiting import query_of

ISSUER = "https://login.test"
LOGIN = Login(
    ISSUER,
    "client",
    "s3cret:+",
    "https://bosatt.test",
    "http://127.0.0.1",
    f"{ISSUER}/jwks",
    "urn:altinn:resource:bosatt",
    "urn:bosatt",
)
BEGUN = Begun("the state", "the nonce", "v" * 50, 0.0)
DESCRIBED = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
}


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """Answers as an issuer does, but for what a test changes."""

    def __init__(self, key):
        self.key = key
        self.described = dict(DESCRIBED)
        self.claims = {"iss": ISSUER, "aud": "client", "sub": "pseudonym", "nonce": BEGUN.nonce}
        self.signed_with = (key, "RS256")
        self.status = 200
        self.asked = None

    def get(self, url):
        if url == f"{ISSUER}/.well-known/openid-configuration":
            return orjson.dumps(self.described)
        assert url == f"{ISSUER}/jwks"
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return orjson.dumps({"keys": [{"kty": "EC", "kid": "other"}, public | {"kid": "k"}]})

    def answer(self, request):
        self.asked = request
        now = int(time.time())
        claims = {"iat": now, "exp": now + 60} | self.claims
        token = jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            *self.signed_with,
            {"kid": "k"},
        )
        return httpx.Response(
            self.status, json={"access_token": "access", "id_token": token, "token_type": "Bearer"}
        )

    def signing_in(self):
        return SigningIn(LOGIN, self.get, httpx.MockTransport(self.answer))


@pytest.fixture
def issuer(key):
    return Issuer(key)


def signed_in(issuer, **changes):
    return issuer.signing_in().token_for(BEGUN, {"state": BEGUN.state, "code": "the code"} | changes)


def test_the_right_to_act_for_an_organisation_is_asked_for(issuer):
    asked = query_of(issuer.signing_in().where_to(BEGUN))

    assert orjson.loads(asked["authorization_details"]) == [
        {"type": "ansattporten:altinn:resource", "resource": "urn:altinn:resource:bosatt"}
    ]
    assert asked["redirect_uri"] == "https://bosatt.test/upload/callback"
    assert asked["code_challenge_method"] == "S256"
    assert (asked["state"], asked["nonce"], asked["resource"]) == (BEGUN.state, BEGUN.nonce, "urn:bosatt")
    assert {"openid", *SCOPES} == set(asked["scope"].split())
    assert BEGUN.verifier not in str(asked)


def test_the_code_is_redeemed_with_verifier_and_secret(issuer):
    assert signed_in(issuer) == "access"

    form = parse_qs(issuer.asked.content.decode())
    assert form["code_verifier"] == [BEGUN.verifier]
    assert form["redirect_uri"] == ["https://bosatt.test/upload/callback"]
    assert issuer.asked.headers["Authorization"].startswith("Basic ")
    assert "client_secret" not in form


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.test"},
        {"aud": "other"},
        {"nonce": "other"},
        {"nonce": None},
        {"exp": 1},
        {"sub": None},
    ],
)
def test_an_identity_token_that_is_not_for_this_sign_in_lets_nobody_in(issuer, changes):
    issuer.claims |= changes

    with pytest.raises(NotSignedIn):
        signed_in(issuer)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_an_identity_token_signed_in_another_way_lets_nobody_in(issuer, algorithm):
    issuer.signed_with = (None if algorithm == "none" else "x" * 64, algorithm)

    with pytest.raises(NotSignedIn):
        signed_in(issuer)


def test_an_identity_token_of_somebody_elses_key_lets_nobody_in(issuer):
    issuer.signed_with = (rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256")

    with pytest.raises(NotSignedIn):
        signed_in(issuer)


@pytest.mark.parametrize("changes", [{"issuer": "https://other.test"}, {"token_endpoint": None}])
def test_an_issuer_that_describes_another_is_not_believed(issuer, changes):
    issuer.described |= changes

    with pytest.raises(NotSignedIn):
        signed_in(issuer)


def test_a_code_that_is_refused_lets_nobody_in(issuer):
    issuer.status = 400

    with pytest.raises(NotSignedIn):
        signed_in(issuer)


@pytest.mark.parametrize("changes", [{"state": "other"}, {"iss": "https://other.test"}])
def test_an_answer_from_elsewhere_lets_nobody_in(issuer, changes):
    with pytest.raises(NotSignedIn):
        signed_in(issuer, **changes)
    assert issuer.asked is None
