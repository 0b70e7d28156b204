"""How much each caller may ask of a service: so many events in so many seconds.

A request counts as one, and each further event of a batch as one more. What is left comes back
steadily. Callers are counted in each process and each service apart: several processes of a service
give as many times the rate. There are no more callers than organisations and regions are known, so
that nobody can fill the memory.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, current_app, g

from services.chassis import metrics
from services.chassis.problems import Problem
from services.contract.entitlements import Caller

LIMITS = "bosatt.limits"
POLICY = "default"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many events, at once at most, and again in so many seconds."""

    events: int
    seconds: int

    @property
    def policy(self) -> str:
        """The ``RateLimit-Policy``."""
        return f'"{POLICY}";q={self.events};w={self.seconds}'


DEFAULT_RATE = Rate(1_200_000, 60)


class Exceeded(Exception):
    """A caller has nothing left; ``seconds`` says when there will be enough."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


@dataclass(slots=True)
class _Left:
    events: float
    at: float


class Limits:
    """What each caller has left."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._per_second = rate.events / rate.seconds
        self._clock = clock
        self._left: dict[str, _Left] = {}
        self._changing = threading.Lock()

    def take(self, caller: str, events: int, counted: int = 0) -> None:
        """Take events from what a caller has left; raises `Exceeded` and takes nothing if that is less.

        Who asks for more than there ever is gets it from a full measure, and waits longer for the next.
        ``counted`` were taken for the same request before.
        """
        with self._changing:
            left = self._now(caller)
            wanted = min(events, self.rate.events - counted)
            if left.events < wanted:
                raise Exceeded((wanted - left.events) / self._per_second)
            left.events -= events

    def left(self, caller: str) -> tuple[int, int]:
        """What a caller has left, and the seconds after which it will have everything again."""
        with self._changing:
            left = self._now(caller)
            return max(0, int(left.events)), math.ceil((self.rate.events - left.events) / self._per_second)

    def _now(self, caller: str) -> _Left:
        now = self._clock()
        left = self._left.get(caller)
        if left is None:
            left = self._left[caller] = _Left(self.rate.events, now)
        left.events = min(float(self.rate.events), left.events + (now - left.at) * self._per_second)
        left.at = now
        return left


def limit_callers(app: Flask, service: str, rate: Rate) -> None:
    """Let an app count what its callers ask."""
    app.extensions[LIMITS] = Limits(rate)
    metrics.RATE_LIMITED.labels(service)


def tell_what_is_left(response: Response) -> None:
    """Tell the caller of the request in hand, where there is one, its rate and what it has left."""
    caller: Caller | None = g.get("caller")
    if caller is not None:
        limits: Limits = current_app.extensions[LIMITS]
        left, seconds = limits.left(_name_of(caller))
        response.headers["RateLimit-Policy"] = limits.rate.policy
        response.headers["RateLimit"] = f'"{POLICY}";r={left};t={seconds}'


def charge(events: int, counted: int = 0) -> None:
    """Count events against the caller of the request in hand, beside those counted for it before.

    Raises `Problem` 429 if they are too many.
    """
    limits: Limits = current_app.extensions[LIMITS]
    try:
        limits.take(_name_of(g.caller), events, counted)
    except Exceeded as exceeded:
        metrics.RATE_LIMITED.labels(current_app.name.removeprefix("bosatt.")).inc()
        raise _too_many(limits.rate, exceeded.seconds) from None


def _name_of(caller: Caller) -> str:
    return caller.organisation or caller.name


def _too_many(rate: Rate, seconds: float) -> Problem:
    wait = max(1, math.ceil(seconds))
    return Problem(
        429,
        "quota-exceeded",
        "Too much at once",
        f"You may post {rate.events} events in {rate.seconds} seconds; a request without events counts as "
        f"one. Nothing was stored. Go on in {wait} s.",
        members={"violated-policies": [POLICY]},
        headers={"Retry-After": str(wait)},
    )
