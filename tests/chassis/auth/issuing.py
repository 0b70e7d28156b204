"""Issuers elsewhere, as tests have them: their keys, the document that publishes them, their tokens."""

import base64
import time
from functools import cache

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from services.chassis.auth.ansattporten import acting_for
from services.chassis.auth.maskinporten import acting_of
from services.chassis.auth.organisations import Organisations
from services.chassis.auth.remote_issuer import RemoteIssuer
from services.chassis.auth.signing_keys import SigningKeys
from services.contract.entitlements import SCOPES

MACHINES = "https://machines.example/"
PEOPLE = "https://people.example"
AUDIENCE = "https://bosatt.example"
RIGHT = "urn:altinn:resource:bosatt"

IMDI, OSLO, BERGEN, GAMLE_OSLO, IMPORTER = "987879696", "958935420", "964338531", "310000000", "310000019"
STRANGER, VENDOR = "942110464", "310000027"

REGISTRY = f"""organisation,role,code,name
{IMDI},directorate,,the directorate
{OSLO},municipality,0301,Oslo
{BERGEN},municipality,4601,Bergen
{GAMLE_OSLO},district,030101,Gamle Oslo
{IMPORTER},importer,,
"""


@cache
def key_of(name, bits=2048):
    """A private key, the same for a name each time."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def published(name, **changes):
    """A key as its issuer publishes it; a change to None leaves a member out."""
    said = orjson.loads(RSAAlgorithm.to_jwk(key_of(name).public_key()))
    said = {**said, "kid": name, "use": "sig", "alg": "RS256", "key_ops": None, **changes}
    return {member: value for member, value in said.items() if value is not None}


def key_set(*keys):
    """The document that publishes keys, by their names or as they are."""
    return orjson.dumps({"keys": [published(one) if isinstance(one, str) else one for one in keys]})


def organisation(number):
    """An organisation as tokens name it."""
    return {"authority": "iso6523-actorid-upis", "ID": f"0192:{number}"}


def machine_claims(number=OSLO, **changes):
    """What Maskinporten says in a token for an organisation; a change to None leaves a claim out."""
    now = int(time.time())
    return _changed(
        {
            "iss": MACHINES,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 119,
            "scope": " ".join(sorted(SCOPES)),
            "client_id": "a-client",
            "client_amr": "private_key_jwt",
            "token_type": "Bearer",
            "jti": "one-of-a-kind",
            "consumer": organisation(number),
        },
        changes,
    )


def person_claims(number=OSLO, **changes):
    """What Ansattporten says in a token of somebody who signed in for an organisation."""
    right = {
        "type": "ansattporten:altinn:resource",
        "resource": RIGHT,
        "resource_name": "Bosatt",
        "authorized_parties": [{"orgno": organisation(number), "name": "SOME PLACE", "unit_type": "KOMM"}],
    }
    now = int(time.time())
    return _changed(
        {
            "iss": PEOPLE,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 119,
            "sub": "pairwise-and-random",
            "acr": "substantial",
            "scope": "openid " + " ".join(sorted(SCOPES)),
            "client_id": "the-page",
            "consumer": organisation(IMDI),
            "authorization_details": [right],
        },
        changes,
    )


def signed(claims, key="one", algorithm="RS256", **header):
    """A token: claims signed with a key of ours, whose name the header says unless told otherwise."""
    return jwt.encode(claims, key_of(key), algorithm=algorithm, headers={"kid": key, **header})


def by_hand(header, claims, signature=b""):
    """A token as somebody might put it together."""
    return ".".join(_part(one) for one in (header, claims, signature))


def registry_file(directory, text=REGISTRY):
    path = directory / "organisations.csv"
    path.write_text(text)
    return path


def keys_of(*names):
    """An issuer's keys, always there."""
    return SigningKeys("test", lambda: key_set(*names), 30.0)


def machines(organisations, keys=None):
    return RemoteIssuer(MACHINES, AUDIENCE, keys or keys_of("one"), acting_of, organisations)


def people(organisations, keys=None):
    return RemoteIssuer(PEOPLE, AUDIENCE, keys or keys_of("one"), acting_for(RIGHT), organisations)


def organisations_in(directory, text=REGISTRY):
    return Organisations(registry_file(directory, text))


def _changed(claims, changes):
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def _part(content):
    text = content if isinstance(content, bytes) else orjson.dumps(content)
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()
