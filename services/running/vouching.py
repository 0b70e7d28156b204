"""Who is believed, as the settings say, and the token of our own commands."""

from services.chassis.auth.ansattporten import acting_for
from services.chassis.auth.fetching import fetch
from services.chassis.auth.issuers import Issuers
from services.chassis.auth.local_issuer import LocalIssuer, issue, local_key
from services.chassis.auth.maskinporten import acting_of
from services.chassis.auth.organisations import Organisations
from services.chassis.auth.port import Authenticator, Issuer
from services.chassis.auth.remote_issuer import ActingOf, RemoteIssuer
from services.chassis.auth.settings import IssuerSettings
from services.chassis.auth.signing_keys import SigningKeys
from services.chassis.settings import Settings


class NoToken(Exception):
    """There is no token for a command that posts; the text says how to give it one."""


def authenticator_of(settings: Settings) -> Authenticator:
    """Believes the issuers that are set, else the local one. Raises `OrganisationsFaulty`."""
    trust = settings.trust
    if trust.is_local or trust.organisations is None:
        return Issuers([LocalIssuer(local_key(settings.data))])
    organisations = Organisations(trust.organisations)

    def remote(issuer: IssuerSettings, acting: ActingOf) -> Issuer:
        keys = SigningKeys(issuer.name, lambda: fetch(issuer.jwks_url), trust.keys_interval)
        return RemoteIssuer(issuer.name, issuer.audience, keys, acting, organisations)

    issuers = []
    if trust.machines is not None:
        issuers.append(remote(trust.machines, acting_of))
    if trust.people is not None:
        issuers.append(remote(trust.people, acting_for(trust.resource)))
    return Issuers(issuers)


def own_token(settings: Settings, name: str) -> str:
    """A token for a command that posts as ``name``. Raises `NoToken`."""
    if settings.token is not None:
        return settings.token
    if not settings.trust.is_local:
        raise NoToken(
            f"tokens come from {' or '.join(settings.trust.names)} here: put one for {name} into BOSATT_TOKEN"
        )
    return issue(local_key(settings.data), name)
