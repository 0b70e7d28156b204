"""Settings about who is believed."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env, EnvError, validate

KEYS_INTERVAL = 30.0
"""Seconds between two fetches of an issuer's keys, if nothing else is set."""


@dataclass(frozen=True, slots=True)
class IssuerSettings:
    """One issuer: its exact name, where its keys are, and what ``aud`` its tokens must have for us."""

    name: str
    jwks_url: str
    audience: str


@dataclass(frozen=True, slots=True)
class Trust:
    """Who is believed. Without any issuer it is the local one, on this machine alone.

    ``machines`` makes tokens in the form of Maskinporten, ``people`` in that of Ansattporten, where
    ``resource`` is the right that a person must have. ``organisations`` is the file of who they are here.
    """

    machines: IssuerSettings | None = None
    people: IssuerSettings | None = None
    resource: str = ""
    organisations: Path | None = None
    keys_interval: float = KEYS_INTERVAL

    @property
    def is_local(self) -> bool:
        """Whether the local issuer vouches: never beside another."""
        return self.machines is None and self.people is None

    @property
    def names(self) -> tuple[str, ...]:
        """The issuers that are believed instead of the local one."""
        return tuple(one.name for one in (self.machines, self.people) if one is not None)


def read_trust(env: Env) -> Trust:
    """Read and check who is believed; raises ``environs.EnvError`` naming what is wrong or missing."""
    machines = _issuer(env, "BOSATT_", env.str("BOSATT_AUDIENCE", ""))
    people = _issuer(env, "BOSATT_LOGIN_", env.str("BOSATT_LOGIN_AUDIENCE", env.str("BOSATT_AUDIENCE", "")))
    organisations = env.str("BOSATT_ORGANISATIONS", "")
    trust = Trust(
        machines,
        people,
        env.str("BOSATT_LOGIN_RESOURCE", ""),
        Path(organisations).resolve() if organisations else None,
        env.float("BOSATT_JWKS_INTERVAL", KEYS_INTERVAL, validate=validate.Range(1, 86_400)),
    )
    if not trust.is_local and trust.organisations is None:
        raise EnvError("BOSATT_ORGANISATIONS must name the file of organisations, because an issuer is set.")
    if trust.is_local and trust.organisations is not None:
        raise EnvError("BOSATT_ORGANISATIONS is set, but neither BOSATT_ISSUER nor BOSATT_LOGIN_ISSUER is.")
    if trust.people is not None and not trust.resource:
        raise EnvError("BOSATT_LOGIN_RESOURCE must name the right that who signs in must have.")
    if len(set(trust.names)) < len(trust.names):
        raise EnvError("BOSATT_LOGIN_ISSUER must be another issuer than BOSATT_ISSUER.")
    return trust


UNRESTRICTED = "unspecified"
"""What Maskinporten writes into ``aud`` where the client asked for no audience."""


def _issuer(env: Env, prefix: str, audience: str) -> IssuerSettings | None:
    """One issuer by what its settings' names begin with; None where it is not set."""
    name, url = env.str(f"{prefix}ISSUER", ""), env.str(f"{prefix}JWKS_URL", "")
    if not name:
        if url:
            raise EnvError(f"{prefix}JWKS_URL is set, but {prefix}ISSUER is not.")
        return None
    if not _is_safe(url):
        raise EnvError(f"{prefix}JWKS_URL must be an https address, of {prefix}ISSUER's keys.")
    if audience in ("", UNRESTRICTED):
        raise EnvError(f"{prefix}AUDIENCE must be set: what aud a token must have to be meant for us.")
    return IssuerSettings(name, url, audience)


def _is_safe(url: str) -> bool:
    """Keys are worth what their way is worth: encrypted, or not leaving this machine."""
    try:
        address = urlsplit(url)
        host = address.hostname
    except ValueError:
        return False
    return bool(host) and (
        address.scheme == "https" or (address.scheme == "http" and host in ("127.0.0.1", "::1", "localhost"))
    )
