"""Settings of signing people in, from the environment."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from environs import Env, EnvError

from services.chassis.settings import Settings

CLIENT_ID_FOR_DEVELOPMENT = "bosatt-upload"
ISSUER_PATH = "/upload/issuer"
NOBODY = ""
"""Stands for an issuer where people can't sign in."""


@dataclass(frozen=True, slots=True)
class Login:
    """Where people sign in, and what this page is called there.

    ``issuer`` is None where none is set: then the development issuer stands in, on this machine only.
    ``public`` is the address of the page as browsers see it, without its path, ``internal`` that by which
    this machine's own processes find each other. ``jwks_url`` is where the
    issuer's keys are, ``resource`` the right that who signs in must have, ``audience`` what the access
    token is asked for.
    """

    issuer: str | None
    client_id: str
    client_secret: str | None
    public: str
    internal: str
    jwks_url: str | None = None
    resource: str = ""
    audience: str = ""

    @property
    def is_set_up(self) -> bool:
        """Whether anybody can sign in."""
        return self.issuer != NOBODY

    @property
    def is_for_development(self) -> bool:
        """Whether the development issuer stands in."""
        return self.issuer is None

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the page over an encrypted connection."""
        return self.public.startswith("https://")

    @property
    def redirect_uri(self) -> str:
        return f"{self.public}/upload/callback"


def read_login(settings: Settings) -> Login:
    """Read and check how people sign in; raises ``environs.EnvError`` naming what is wrong or missing.

    Without any issuer set it is the development issuer. Where an issuer is believed but this page is no
    client of it, services take its tokens and nobody can sign in here.
    """
    people = settings.trust.people
    env = Env()
    client_id = env.str("BOSATT_LOGIN_CLIENT_ID", "")
    public = env.str("BOSATT_LOGIN_PUBLIC_URL", "").rstrip("/")
    if public and not _is_address(public):
        raise EnvError("BOSATT_LOGIN_PUBLIC_URL must be the https address at which browsers find /upload.")
    if settings.trust.is_local:
        return Login(None, CLIENT_ID_FOR_DEVELOPMENT, None, public or settings.url, settings.url)
    if people is None or not client_id:
        return Login(NOBODY, "", None, public or settings.url, settings.url)
    if not public:
        raise EnvError(
            "BOSATT_LOGIN_PUBLIC_URL must be set: the https address at which browsers find /upload."
        )
    return Login(
        people.name,
        client_id,
        env.str("BOSATT_LOGIN_CLIENT_SECRET", "") or None,
        public,
        settings.url,
        people.jwks_url,
        settings.trust.resource,
        people.audience,
    )


def _is_address(url: str) -> bool:
    address = urlsplit(url)
    return address.scheme == "https" or (
        address.scheme == "http" and address.hostname in ("127.0.0.1", "::1", "localhost")
    )
