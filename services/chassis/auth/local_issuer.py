"""The issuer of a laptop: tokens for anybody on this machine, worth nothing from elsewhere."""

import ipaddress
import os
import tempfile
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from services.chassis.auth.port import NotAuthenticated, Reason, Vouched
from services.chassis.auth.scopes import scopes_of
from services.chassis.clock import Clock, utc_now
from services.contract.codes import Role
from services.contract.entitlements import SCOPES, Caller
from services.contract.regions import Level, registry

ISSUER = "urn:bosatt:local"
AUDIENCE = "urn:bosatt:services"
ALGORITHM = "RS256"
LIFETIME = timedelta(hours=12)

_NAMED = {"imdi": Role.DIRECTORATE, "importer": Role.IMPORTER}
_LEVELS = {Level.MUNICIPALITY: Role.MUNICIPALITY, Level.DISTRICT: Role.DISTRICT}


class UnknownName(Exception):
    """Nobody is known by that name: not ``imdi``, ``importer``, a municipality or a district."""


def caller_named(name: str) -> Caller:
    """The caller that a name stands for; raises `UnknownName`."""
    if name in _NAMED:
        return Caller(_NAMED[name])
    region = registry().find(name)
    if region is None or region.level not in _LEVELS or not region.stated:
        raise UnknownName(name)
    return Caller(_LEVELS[region.level], region.code)


def local_key(data: Path) -> rsa.RSAPrivateKey:
    """The key in a data directory, made on first use and readable by its owner only."""
    path = data / "local-issuer-key.pem"
    if not path.exists():
        _make_key(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the local issuer's key is no RSA key")
    return key


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # Written aside and linked, so that all who start at once agree on one whole key.
    descriptor, aside = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(aside)


def issue(key: rsa.RSAPrivateKey, name: str, clock: Clock = utc_now, scopes: Collection[str] = SCOPES) -> str:
    """A token for a name that allows some scopes; raises `UnknownName`."""
    caller_named(name)
    now = clock()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + LIFETIME,
        "sub": name,
        "scope": " ".join(sorted(scopes)),
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM)


class LocalIssuer:
    """Recognises tokens of the local issuer, from callers on this machine only."""

    name = ISSUER

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._public = key.public_key()

    def authenticate(self, token: str, remote: str | None) -> Caller:
        """The caller behind a token; raises `NotAuthenticated`."""
        _check_is_here(remote)
        return self.caller_of(self.verify(token), remote)

    def verify(self, token: str) -> Vouched:
        """The caller that a token names; raises `NotAuthenticated`."""
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            caller = replace(caller_named(claims["sub"]), scopes=scopes_of(claims))
        except jwt.ExpiredSignatureError:
            raise NotAuthenticated("The token has expired; get a new one.", Reason.EXPIRED) from None
        except (jwt.InvalidTokenError, UnknownName):
            raise NotAuthenticated("The token is not valid here.") from None
        return Vouched(caller, claims["exp"])

    def caller_of(self, vouched: Vouched, remote: str | None) -> Caller:
        """The caller, if it asks from this machine; raises `NotAuthenticated`."""
        _check_is_here(remote)
        caller: Caller = vouched.holder
        return caller


def _check_is_here(remote: str | None) -> None:
    if not _is_loopback(remote):
        raise NotAuthenticated("Tokens of the local issuer work from this machine only.", Reason.ELSEWHERE)


@lru_cache(maxsize=256)
def _is_loopback(remote: str | None) -> bool:
    try:
        return remote is not None and ipaddress.ip_address(remote).is_loopback
    except ValueError:
        return False
