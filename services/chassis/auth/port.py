"""The port to whoever vouches for callers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from services.contract.entitlements import Caller


class Reason(StrEnum):
    """Why a request was not let in: the label of a metric, so never anything that was sent."""

    NO_TOKEN = "no-token"  # noqa: S105 - a label
    MALFORMED = "malformed"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    ALGORITHM = "algorithm"
    KEY = "key"
    SIGNATURE = "signature"
    EXPIRED = "expired"
    CLAIMS = "claims"
    ELSEWHERE = "elsewhere"
    ORGANISATION = "organisation"
    SCOPE = "scope"
    KEYS_AWAY = "keys-away"


class NotAuthenticated(Exception):
    """The token does not say who is calling. The text may be shown to the caller."""

    def __init__(self, text: str, reason: Reason = Reason.CLAIMS) -> None:
        super().__init__(text)
        self.reason = reason


class NotRegistered(Exception):
    """The token is good, but nobody here is known by its organisation number, which is the text."""


class KeysAway(Exception):
    """A token can't be judged now, because the issuer's keys can't be fetched."""

    def __init__(self, seconds: float) -> None:
        super().__init__("the issuer's keys can't be fetched")
        self.seconds = seconds
        """How long to wait before they are tried again."""


class Authenticator(Protocol):
    """Tells from a bearer token who is calling."""

    def authenticate(self, token: str, remote: str | None) -> Caller:
        """The caller behind a token that came from an address.

        Raises `NotAuthenticated` where the token is not good, `NotRegistered` where it is that of an
        organisation that has no part here, `KeysAway` where it can't be judged now.
        """


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a verified token says, as its issuer made it out, and the moment up to which it holds."""

    holder: Any
    expires: float


class Issuer(Protocol):
    """One who makes tokens that are accepted here."""

    @property
    def name(self) -> str:
        """The ``iss`` of its tokens, to the letter."""

    def verify(self, token: str) -> Vouched:
        """What a token says. Raises `NotAuthenticated`, `KeysAway`."""

    def caller_of(self, vouched: Vouched, remote: str | None) -> Caller:
        """Who that is here, now. Raises `NotAuthenticated`, `NotRegistered`."""
