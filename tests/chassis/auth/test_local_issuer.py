"""The local issuer: whom its tokens name, and where they are worth nothing."""

import base64
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from services.chassis.auth.local_issuer import (
    AUDIENCE,
    ISSUER,
    LIFETIME,
    LocalIssuer,
    UnknownName,
    caller_named,
    issue,
    local_key,
)
from services.chassis.auth.port import NotAuthenticated
from services.contract.codes import Role
from services.contract.entitlements import SCOPES, Caller
from tests.chassis.commands.running import issuer_key

OSLO = Caller(Role.MUNICIPALITY, "0301", scopes=SCOPES)


@pytest.fixture
def issuer():
    return LocalIssuer(issuer_key())


def claims(**changes):
    now = datetime.now(UTC)
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + LIFETIME,
        "sub": "0301",
        "scope": " ".join(SCOPES),
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def signed(key=None, algorithm="RS256", headers=None, **changes):
    return jwt.encode(claims(**changes), key or issuer_key(), algorithm=algorithm, headers=headers)


@pytest.mark.parametrize(
    ("name", "caller"),
    [
        ("imdi", Caller(Role.DIRECTORATE, scopes=SCOPES)),
        ("importer", Caller(Role.IMPORTER, scopes=SCOPES)),
        ("0301", OSLO),
        ("1601", Caller(Role.MUNICIPALITY, "1601", scopes=SCOPES)),
        ("030101", Caller(Role.DISTRICT, "030101", scopes=SCOPES)),
    ],
)
def test_a_token_names_its_caller(issuer, name, caller):
    assert issuer.authenticate(issue(issuer_key(), name), "127.0.0.1") == caller


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ("bosatt:decisions.read", {"bosatt:decisions.read"}),
        (" a  b ", {"a", "b"}),
        ("", set()),
        (None, set()),
        (["bosatt:decisions.read"], set()),
    ],
)
def test_a_token_allows_what_its_scope_says(issuer, said, allowed):
    assert issuer.authenticate(signed(scope=said), "127.0.0.1").scopes == allowed


def test_a_token_may_be_made_to_allow_less(issuer):
    token = issue(issuer_key(), "0301", scopes=["bosatt:settlements.read"])

    assert issuer.authenticate(token, "::1").scopes == {"bosatt:settlements.read"}


@pytest.mark.parametrize(
    "name", ["", "IMDI", "NO", "03", "99", "9999", "123456", "system", "municipality:0301"]
)
def test_nobody_else_gets_a_token(name):
    with pytest.raises(UnknownName):
        issue(issuer_key(), name)
    with pytest.raises(UnknownName):
        caller_named(name)


@pytest.mark.parametrize("remote", ["127.0.0.1", "127.8.9.10", "::1"])
def test_tokens_work_from_this_machine(issuer, remote):
    assert issuer.authenticate(signed(), remote) == OSLO


@pytest.mark.parametrize(
    "remote", [None, "", "10.0.0.7", "192.168.1.1", "203.0.113.9", "::2", "localhost", "unix:"]
)
def test_tokens_are_worth_nothing_from_elsewhere(issuer, remote):
    with pytest.raises(NotAuthenticated, match="from this machine only"):
        issuer.authenticate(signed(), remote)


def test_an_expired_token_says_so(issuer):
    expired = signed(exp=datetime.now(UTC) - timedelta(seconds=1))

    with pytest.raises(NotAuthenticated, match="has expired"):
        issuer.authenticate(expired, "127.0.0.1")


def test_a_token_lasts_as_long_as_it_should():
    made = datetime(2024, 6, 1, tzinfo=UTC)
    token = issue(issuer_key(), "0301", lambda: made)

    said = jwt.decode(token, options={"verify_signature": False})

    assert datetime.fromtimestamp(said["exp"], UTC) == made + LIFETIME


def _part(content):
    text = content if isinstance(content, bytes) else orjson.dumps(content)
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _by_hand(algorithm, sign=lambda _text: b""):
    payload = {**claims(), "iat": 1, "exp": 4_000_000_000}
    text = f"{_part({'alg': algorithm, 'typ': 'JWT'})}.{_part(payload)}"
    return f"{text}.{_part(sign(text.encode()))}"


def _signed_with_the_public_key():
    """For who would take any algorithm, and the public key for its secret."""
    secret = (
        issuer_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return _by_hand("HS256", lambda text: hmac.digest(secret, text, "sha256"))


BAD = {
    "wrong issuer": lambda: signed(iss="urn:other"),
    "no issuer": lambda: signed(iss=None),
    "wrong audience": lambda: signed(aud="urn:other"),
    "no audience": lambda: signed(aud=None),
    "no expiry": lambda: signed(exp=None),
    "no subject": lambda: signed(sub=None),
    "unknown subject": lambda: signed(sub="9999"),
    "from the future": lambda: signed(iat=datetime.now(UTC) + timedelta(hours=1)),
    "not yet valid": lambda: signed(nbf=datetime.now(UTC) + timedelta(hours=1)),
    "another's key": lambda: signed(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "another algorithm of the same key": lambda: signed(algorithm="RS512"),
    "another kind of key": lambda: signed(ec.generate_private_key(ec.SECP256R1()), algorithm="ES256"),
    "the public key as a secret": _signed_with_the_public_key,
    "no algorithm": lambda: _by_hand("none"),
    "no algorithm, in capitals": lambda: _by_hand("NONE"),
    "no signature": lambda: _by_hand("RS256"),
    "an unknown critical header": lambda: signed(headers={"crit": ["x"], "x": 1}),
    "no token": lambda: "",
    "two parts": lambda: "a.b",
    "no base64": lambda: "!.!.!",
    "letters of other scripts": lambda: "øæå.øæå.øæå",
    "a header that is a list": lambda: f"{_part([])}.e30.c2ln",
    "a header that is nested deeply": lambda: f"{_part(b'[' * 900 + b']' * 900)}.e30.c2ln",
    "a header that is nested more deeply": lambda: f"{_part(b'[' * 3_000 + b']' * 3_000)}.e30.c2ln",
}


@pytest.mark.parametrize("made", BAD.values(), ids=BAD)
def test_a_token_that_is_no_good_names_nobody(issuer, made):
    with pytest.raises(NotAuthenticated, match="not valid here"):
        issuer.authenticate(made(), "127.0.0.1")


def test_a_token_cut_short_or_changed_names_nobody(issuer):
    token = signed()
    header, payload, signature = token.split(".")
    other = signed(sub="4601").split(".")[1]

    for changed in (token[:-10], f"{header}.{other}.{signature}", f"{header}.{payload}."):
        with pytest.raises(NotAuthenticated):
            issuer.authenticate(changed, "127.0.0.1")


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path):
    first = local_key(tmp_path / "data")

    again = local_key(tmp_path / "data")

    (path,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert again.private_numbers() == first.private_numbers()
    assert LocalIssuer(again).authenticate(issue(first, "0301"), "::1") == OSLO


def test_those_who_start_at_once_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        keys = list(pool.map(local_key, [tmp_path] * 4))

    assert len({key.public_key().public_numbers().n for key in keys}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["local-issuer-key.pem"]


def test_a_key_of_another_kind_is_refused(tmp_path):
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "local-issuer-key.pem").write_bytes(other)

    with pytest.raises(TypeError):
        local_key(tmp_path)
