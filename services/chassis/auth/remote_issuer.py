"""An issuer elsewhere, that vouches for organisations: its tokens, verified with its published keys."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from services.chassis.auth.organisations import Organisations
from services.chassis.auth.port import NotAuthenticated, NotRegistered, Reason, Vouched
from services.chassis.auth.scopes import scopes_of
from services.chassis.auth.settings import UNRESTRICTED
from services.chassis.auth.signing_keys import ALGORITHMS, SigningKeys
from services.contract.entitlements import Caller

CLOCK_SKEW = 10
"""Seconds by which an issuer's clock may be ahead of ours. Never added to the life of a token."""


@dataclass(frozen=True, slots=True)
class Acting:
    """On whose behalf a token speaks, by organisation number, and who acts for it."""

    organisation: str
    supplier: str | None = None


ActingOf = Callable[[Mapping[str, Any]], Acting]
"""Reads from a token's claims whom it speaks for; raises `NotAuthenticated`."""


@dataclass(frozen=True, slots=True)
class _Holder:
    acting: Acting
    scopes: frozenset[str]


class RemoteIssuer:
    """Tokens of one issuer, for one audience."""

    def __init__(
        self,
        name: str,
        audience: str,
        keys: SigningKeys,
        acting_of: ActingOf,
        organisations: Organisations,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self._audience = audience
        self._keys = keys
        self._acting_of = acting_of
        self._organisations = organisations
        self._clock = clock

    def verify(self, token: str) -> Vouched:
        """Whom a token speaks for and what it allows. Raises `NotAuthenticated`, `KeysAway`."""
        claims = self._claims(token)
        if claims["exp"] <= self._clock():
            raise NotAuthenticated("The token has expired; get a new one.", Reason.EXPIRED)
        return Vouched(_Holder(self._acting_of(claims), scopes_of(claims)), claims["exp"])

    def caller_of(self, vouched: Vouched, _remote: str | None) -> Caller:
        """What the organisation is here now; raises `NotRegistered`."""
        holder: _Holder = vouched.holder
        acting = holder.acting
        part = self._organisations.part_of(acting.organisation)
        if part is None:
            raise NotRegistered(acting.organisation)
        return Caller(part.role, part.code, acting.organisation, acting.supplier, holder.scopes)

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            algorithm = header.get("alg")
            if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
                raise NotAuthenticated(f"Tokens are signed with {_LISTED} here.", Reason.ALGORITHM)
            # Only what the issuer publishes counts: a key in the header, or an address of one, is nothing.
            key = self._keys.key(_named(header))
            if algorithm not in key.algorithms:
                raise NotAuthenticated("The token's key is for another algorithm.", Reason.ALGORITHM)
            return jwt.decode(
                token,
                key.public,
                algorithms=[algorithm],
                issuer=self.name,
                audience=self._audience,
                leeway=CLOCK_SKEW,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.InvalidAudienceError:
            raise self._for_others() from None
        except jwt.MissingRequiredClaimError as error:
            if error.claim == "aud":
                raise self._for_others() from None
            raise NotAuthenticated(f"The token lacks {error.claim}.") from None
        except jwt.InvalidIssuerError:
            raise NotAuthenticated(f"The token is not one of {self.name}.", Reason.ISSUER) from None
        except jwt.ExpiredSignatureError:
            raise NotAuthenticated("The token has expired; get a new one.", Reason.EXPIRED) from None
        except jwt.InvalidSignatureError:
            raise NotAuthenticated("The token's signature is not its issuer's.", Reason.SIGNATURE) from None
        except (jwt.ImmatureSignatureError, jwt.InvalidIssuedAtError):
            raise NotAuthenticated("The token does not hold yet.") from None
        except (jwt.InvalidTokenError, ValueError, OverflowError, RecursionError):
            raise NotAuthenticated("The token is not valid here.", Reason.MALFORMED) from None

    def _for_others(self) -> NotAuthenticated:
        return NotAuthenticated(
            f"The token is not restricted to this service. Ask its issuer for one with the resource "
            f"{self._audience}, so that its aud is that (not absent, and not {UNRESTRICTED}).",
            Reason.AUDIENCE,
        )


_LISTED = ", ".join(sorted(ALGORITHMS))


def _named(header: Mapping[str, Any]) -> str:
    name = header.get("kid")
    if not isinstance(name, str):
        raise NotAuthenticated("The token's header names no key (kid).", Reason.KEY)
    return name
