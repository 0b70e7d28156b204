"""The port to whoever vouches for callers."""

from typing import Protocol

from services.contract.entitlements import Caller


class NotAuthenticated(Exception):
    """The token does not say who is calling. The text may be shown to the caller."""


class Authenticator(Protocol):
    """Tells from a bearer token who is calling."""

    def authenticate(self, token: str, remote: str | None) -> Caller:
        """The caller behind a token that came from an address.

        Raises `NotAuthenticated` where the token is not good.
        """
