"""Tokens of an issuer elsewhere: which are believed, and what is said of those that are not."""

import hmac
import time

import pytest
from cryptography.hazmat.primitives import serialization

from services.chassis.auth.port import KeysAway, NotAuthenticated, NotRegistered, Reason
from services.chassis.auth.signing_keys import SigningKeys
from services.contract.codes import Role
from services.contract.entitlements import SCOPES, Caller
from tests.chassis.auth.issuing import (
    AUDIENCE,
    BERGEN,
    GAMLE_OSLO,
    IMDI,
    IMPORTER,
    MACHINES,
    OSLO,
    STRANGER,
    VENDOR,
    by_hand,
    key_of,
    key_set,
    keys_of,
    machine_claims,
    machines,
    organisation,
    organisations_in,
    published,
    signed,
)


@pytest.fixture
def organisations(tmp_path):
    return organisations_in(tmp_path)


@pytest.fixture
def issuer(organisations):
    return machines(organisations)


def caller(issuer, token):
    return issuer.caller_of(issuer.verify(token), "203.0.113.7")


@pytest.mark.parametrize(
    ("number", "role", "code"),
    [
        (IMDI, Role.DIRECTORATE, None),
        (OSLO, Role.MUNICIPALITY, "0301"),
        (BERGEN, Role.MUNICIPALITY, "4601"),
        (GAMLE_OSLO, Role.DISTRICT, "030101"),
        (IMPORTER, Role.IMPORTER, None),
    ],
)
def test_the_caller_is_what_the_consumers_organisation_is_here(issuer, number, role, code):
    assert caller(issuer, signed(machine_claims(number))) == Caller(role, code, number, None, SCOPES)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_three_algorithms_are_taken(organisations, algorithm):
    keys = SigningKeys("test", lambda: key_set(published("one", alg=None)), 30.0)

    found = caller(machines(organisations, keys), signed(machine_claims(), algorithm=algorithm))

    assert found.code == "0301"


def test_who_acts_for_an_organisation_is_known_and_may_no_more_than_that(issuer):
    token = signed(machine_claims(OSLO, supplier=organisation(IMDI)))

    assert caller(issuer, token) == Caller(Role.MUNICIPALITY, "0301", OSLO, IMDI, SCOPES)


@pytest.mark.parametrize("claim", ["client_id", "client_orgno", "sub", "supplier"])
def test_nobody_is_let_in_for_anything_but_the_consumer(issuer, claim):
    named = {claim: organisation(OSLO) if claim == "supplier" else OSLO}

    with pytest.raises(NotRegistered, match=STRANGER):
        caller(issuer, signed(machine_claims(STRANGER, **named)))


def test_a_vendor_that_acts_for_nobody_is_not_registered(issuer):
    with pytest.raises(NotRegistered, match=VENDOR):
        caller(issuer, signed(machine_claims(VENDOR)))


@pytest.mark.parametrize("audience", [[AUDIENCE], ["https://else.example", AUDIENCE]])
def test_we_may_be_one_audience_of_several(issuer, audience):
    assert caller(issuer, signed(machine_claims(aud=audience))).code == "0301"


@pytest.mark.parametrize(
    "audience", ["unspecified", ["unspecified"], None, "https://else.example", f"{AUDIENCE}/", "", [], 1, {}]
)
def test_a_token_for_anybody_or_for_others_is_refused_with_what_to_ask_for(issuer, audience):
    with pytest.raises(NotAuthenticated) as refused:
        issuer.verify(signed(machine_claims(aud=audience)))

    if audience not in (1, {}):
        assert refused.value.reason is Reason.AUDIENCE
        assert f"resource {AUDIENCE}" in str(refused.value)


def test_an_issuer_whose_clock_is_a_little_ahead_is_believed(issuer):
    assert caller(issuer, signed(machine_claims(iat=int(time.time()) + 5))).code == "0301"


def _signed_with_the_public_key(header=None):
    """For who would take any algorithm, and the public key for its secret."""
    secret = (
        key_of("one")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    head = {"alg": "HS256", "typ": "JWT", "kid": "one", **(header or {})}
    text = by_hand(head, machine_claims()).rpartition(".")[0]
    return by_hand(head, machine_claims(), hmac.digest(secret, text.encode(), "sha256"))


def _cut(token):
    head, payload, signature = token.split(".")
    return f"{head}.{payload}.{signature[:-8]}"


def _swapped():
    head, _, signature = signed(machine_claims(OSLO)).split(".")
    return f"{head}.{signed(machine_claims(IMDI)).split('.')[1]}.{signature}"


NOW = time.time()
BAD = {
    "issuer without its slash": (lambda: signed(machine_claims(iss=MACHINES[:-1])), Reason.ISSUER),
    "issuer in capitals": (lambda: signed(machine_claims(iss=MACHINES.upper())), Reason.ISSUER),
    "expired": (lambda: signed(machine_claims(exp=int(time.time()) - 1)), Reason.EXPIRED),
    "expired this moment": (lambda: signed(machine_claims(exp=int(time.time()))), Reason.EXPIRED),
    "expired long ago": (lambda: signed(machine_claims(exp=1)), Reason.EXPIRED),
    "no expiry": (lambda: signed(machine_claims(exp=None)), Reason.CLAIMS),
    "expiry that is a word": (lambda: signed(machine_claims(exp="soon")), Reason.MALFORMED),
    "made in the future": (lambda: signed(machine_claims(iat=int(time.time()) + 3600)), Reason.CLAIMS),
    "not valid yet": (lambda: signed(machine_claims(nbf=int(time.time()) + 3600)), Reason.CLAIMS),
    "no consumer": (lambda: signed(machine_claims(consumer=None)), Reason.CLAIMS),
    "consumer that is a number": (lambda: signed(machine_claims(consumer=OSLO)), Reason.CLAIMS),
    "consumer of another register": (
        lambda: signed(machine_claims(consumer={"ID": f"0007:{OSLO}"})),
        Reason.CLAIMS,
    ),
    "consumer without a register": (lambda: signed(machine_claims(consumer={"ID": OSLO})), Reason.CLAIMS),
    "consumer with more behind it": (
        lambda: signed(machine_claims(consumer={"ID": f"0192:{OSLO}\n"})),
        Reason.CLAIMS,
    ),
    "consumer in other digits": (
        lambda: signed(machine_claims(consumer={"ID": "0192:\u0669" * 9})),
        Reason.CLAIMS,
    ),
    "consumer that is a list": (lambda: signed(machine_claims(consumer=[organisation(OSLO)])), Reason.CLAIMS),
    "supplier that is nobody": (lambda: signed(machine_claims(supplier={})), Reason.CLAIMS),
    "another's key under our name": (
        lambda: signed(machine_claims(), key="other", kid="one"),
        Reason.SIGNATURE,
    ),
    "a key nobody knows": (lambda: signed(machine_claims(), key="other"), Reason.KEY),
    "no name of a key": (lambda: by_hand({"alg": "RS256"}, machine_claims(), b"x"), Reason.KEY),
    "a key in the header": (
        lambda: signed(machine_claims(), key="other", jwk=published("other")),
        Reason.KEY,
    ),
    "a key in the header under our name": (
        lambda: signed(machine_claims(), key="other", kid="one", jwk=published("other", kid="one")),
        Reason.SIGNATURE,
    ),
    "an address of keys in the header": (
        lambda: signed(machine_claims(), key="other", jku="https://evil.example/jwks"),
        Reason.KEY,
    ),
    "another algorithm than the key's": (
        lambda: signed(machine_claims(), algorithm="RS512"),
        Reason.ALGORITHM,
    ),
    "another padding": (lambda: signed(machine_claims(), algorithm="PS256"), Reason.ALGORITHM),
    "the public key as a secret": (_signed_with_the_public_key, Reason.ALGORITHM),
    "no algorithm": (lambda: by_hand({"alg": "none", "kid": "one"}, machine_claims()), Reason.ALGORITHM),
    "no algorithm, written otherwise": (
        lambda: by_hand({"alg": "nOnE", "kid": "one"}, machine_claims()),
        Reason.ALGORITHM,
    ),
    "an algorithm that is a list": (
        lambda: by_hand({"alg": ["RS256"], "kid": "one"}, machine_claims()),
        None,
    ),
    "no signature": (lambda: by_hand({"alg": "RS256", "kid": "one"}, machine_claims()), Reason.SIGNATURE),
    "a critical header": (lambda: signed(machine_claims(), crit=["x"], x=1), None),
    "cut short": (lambda: _cut(signed(machine_claims())), None),
    "another's claims": (_swapped, Reason.SIGNATURE),
    "a name of a key that is a number": (lambda: by_hand({"alg": "RS256", "kid": 1}, {}, b"x"), None),
    "a header that is nested deeply": (
        lambda: by_hand(b"[" * 5_000 + b"]" * 5_000, machine_claims(), b"x"),
        None,
    ),
}


@pytest.mark.parametrize(("made", "reason"), BAD.values(), ids=BAD)
def test_a_token_that_is_no_good_names_nobody(issuer, made, reason):
    with pytest.raises(NotAuthenticated) as refused:
        issuer.verify(made())

    if reason is not None:
        assert refused.value.reason is reason


def test_a_token_allows_what_its_scope_says(issuer):
    token = signed(machine_claims(scope="bosatt:settlements.write other:scope"))

    assert caller(issuer, token).scopes == {"bosatt:settlements.write", "other:scope"}


def test_a_token_that_can_not_be_judged_now_is_not_called_bad(organisations):
    def away():
        raise ConnectionRefusedError

    with pytest.raises(KeysAway):
        machines(organisations, SigningKeys("test", away, 30.0)).verify(signed(machine_claims()))


def test_what_an_organisation_is_here_is_looked_up_each_time(tmp_path):
    class Changing:
        def part_of(self, _number):
            return None

    issuer = machines(organisations_in(tmp_path))
    vouched = issuer.verify(signed(machine_claims()))
    assert issuer.caller_of(vouched, None).code == "0301"

    issuer._organisations = Changing()

    with pytest.raises(NotRegistered):
        issuer.caller_of(vouched, None)


def test_keys_of_one_issuer_are_no_good_for_another(organisations):
    issuer = machines(organisations, keys_of("two"))

    with pytest.raises(NotAuthenticated):
        issuer.verify(signed(machine_claims(), key="one"))
