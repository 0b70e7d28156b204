"""All issuers whose tokens are accepted here: each token goes to the one that it names."""

import base64
import time
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from services.chassis.auth.port import Issuer, NotAuthenticated, Reason
from services.chassis.auth.remembering import Remembered
from services.contract.entitlements import Caller

LONGEST_TOKEN = 16 * 1024
"""Characters. Real ones have one or two thousand."""


class Issuers:
    """Authenticates by whichever issuer a token names. With none it lets nobody in."""

    def __init__(
        self,
        issuers: Sequence[Issuer],
        clock: Callable[[], float] = time.time,
        remembered: Remembered | None = None,
    ) -> None:
        self._by_name = {issuer.name: issuer for issuer in issuers}
        self._clock = clock
        self._remembered = Remembered() if remembered is None else remembered

    def authenticate(self, token: str, remote: str | None) -> Caller:
        """The caller behind a token. Raises `NotAuthenticated`, `NotRegistered`, `KeysAway`."""
        now = self._clock()
        found = self._remembered.find(token, now)
        if found is None:
            issuer = self._issuer_of(token)
            vouched = issuer.verify(token)
            self._remembered.keep(token, issuer, vouched, now)
        else:
            issuer, vouched = found
        return issuer.caller_of(vouched, remote)

    def _issuer_of(self, token: str) -> Issuer:
        issuer = self._by_name.get(_named_issuer(token))
        if issuer is None:
            accepted = " or ".join(self._by_name) or "nobody"
            raise NotAuthenticated(f"Tokens are accepted from {accepted} here.", Reason.ISSUER)
        return issuer


def _named_issuer(token: str) -> str:
    """Who a token says has made it. Nothing is verified yet: only that issuer's keys will show."""
    name = _claims_in(token).get("iss")
    if not isinstance(name, str):
        raise NotAuthenticated("The token is no JSON Web Token, or names no issuer.", Reason.MALFORMED)
    return name


def _claims_in(token: str) -> dict[str, Any]:
    """What stands in a token, verified or not; nothing where it is none."""
    parts = token.split(".")
    if len(token) > LONGEST_TOKEN or len(parts) != 3:
        return {}
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
