"""The public keys of an issuer: fetched when needed, kept, and never asked for too often."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from services.chassis import metrics
from services.chassis.auth.port import KeysAway, NotAuthenticated, Reason
from services.chassis.bounded import Bounded, NoAnswer
from services.chassis.loops import Backoff

log = structlog.get_logger()

ALGORITHMS = frozenset(("RS256", "RS384", "RS512"))

FETCH_SECONDS = 4.0
"""How long one fetch may take from its beginning to its end."""

REFRESH_SECONDS = 3600.0
"""Age at which keys are fetched anew beside the requests that use them, so that withdrawn ones go."""

WAIT_SECONDS = 0.25
"""How long a request with an unknown key waits for a fetch that another began, where some keys are known.

Short, for while it waits it keeps a thread from requests whose keys are known.
"""

_SMALLEST, _LARGEST = 2048, 8192


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key and the algorithms it may be used with."""

    public: rsa.RSAPublicKey
    algorithms: frozenset[str]


class SigningKeys:
    """The keys at a URL. ``fetch`` gets the document there; ``interval`` is the least between two fetches."""

    def __init__(
        self,
        issuer: str,
        fetch: Callable[[], bytes],
        interval: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._fetch = Bounded(fetch, FETCH_SECONDS)
        self._interval = interval
        self._clock = clock
        self._fetching = threading.Lock()
        self._keys: Mapping[str, SigningKey] = {}
        self._failing = False
        self._backoff = Backoff(min(1.0, interval), max(1.0, interval))
        self._next_fetch = clock()
        self._refresh_at = float("inf")

    def key(self, name: str) -> SigningKey:
        """The key that a token's ``kid`` names.

        Raises `NotAuthenticated` where the issuer has none of that name, and `KeysAway` where it can't
        be asked whether it has.
        """
        found = self._keys.get(name)
        if found is None:
            return self._ask_for(name)
        if self._clock() >= self._refresh_at:
            self._refresh_beside()
        return found

    def _ask_for(self, name: str) -> SigningKey:
        # One asks; the others wait for what it brings.
        if not self._fetching.acquire(timeout=WAIT_SECONDS if self._keys else FETCH_SECONDS + 1.0):
            raise KeysAway(WAIT_SECONDS)
        try:
            if name not in self._keys and self._clock() >= self._next_fetch:
                self._fetch_now()
            found = self._keys.get(name)
            wait = self._next_fetch - self._clock()
            failing = self._failing
        finally:
            self._fetching.release()
        if found is not None:
            return found
        if failing:
            raise KeysAway(wait)
        raise NotAuthenticated(
            "The token is signed with a key that its issuer does not publish. If the key is new, try again "
            f"in {max(1, round(wait))} s.",
            Reason.KEY,
        )

    def _refresh_beside(self) -> None:
        if self._clock() >= self._next_fetch and self._fetching.acquire(blocking=False):
            threading.Thread(target=self._refresh, name="keys", daemon=True).start()

    def _refresh(self) -> None:
        try:
            self._fetch_now()
        finally:
            self._fetching.release()

    def _fetch_now(self) -> None:
        try:
            keys = keys_in(self._fetch())
        except NoAnswer:
            self._note_failure("no answer in time")
        except NoKeys as error:
            self._note_failure(str(error))
        except Exception as error:
            # Whatever goes wrong on the way there: what is known already goes on working.
            self._note_failure(type(error).__name__)
        else:
            self._note_keys(keys)

    def _note_keys(self, keys: Mapping[str, SigningKey]) -> None:
        now = self._clock()
        self._keys = keys
        self._next_fetch = now + self._interval
        self._refresh_at = now + max(REFRESH_SECONDS, self._interval)
        self._backoff.reset()
        metrics.KEY_FETCHES.labels("done").inc()
        if self._failing:
            log.warning("keys.available", issuer=self._issuer)
        self._failing = False

    def _note_failure(self, why: str) -> None:
        self._next_fetch = self._clock() + self._backoff.pause()
        metrics.KEY_FETCHES.labels("failed").inc()
        if not self._failing:
            log.error("keys.unavailable", issuer=self._issuer, error=why)
        self._failing = True


class NoKeys(Exception):
    """A document holds no key that could be used; the text says why."""


def keys_in(document: bytes) -> Mapping[str, SigningKey]:
    """The usable keys of a JSON Web Key Set by name; raises `NoKeys` where there is none."""
    try:
        said = orjson.loads(document)
    except orjson.JSONDecodeError:
        raise NoKeys("it is not JSON") from None
    listed = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        raise NoKeys("it is no key set")
    keys = {one["kid"]: key for one in listed if (key := _key_of(one)) is not None}
    if not keys:
        raise NoKeys("it holds no RSA key for signatures")
    return keys


def _key_of(said: Any) -> SigningKey | None:
    """One key, or None where it is of another kind, for something else, weak, or no public key at all."""
    if not isinstance(said, dict) or said.get("kty") != "RSA" or "d" in said:
        return None
    if not isinstance(said.get("kid"), str) or said.get("use", "sig") != "sig":
        return None
    algorithm = said.get("alg")
    if algorithm is not None and algorithm not in ALGORITHMS:
        return None
    try:
        public = RSAAlgorithm.from_jwk(said)
    except (jwt.InvalidKeyError, ValueError, TypeError, KeyError, AttributeError):
        return None
    if not isinstance(public, rsa.RSAPublicKey) or not _SMALLEST <= public.key_size <= _LARGEST:
        return None
    return SigningKey(public, ALGORITHMS if algorithm is None else frozenset((algorithm,)))
