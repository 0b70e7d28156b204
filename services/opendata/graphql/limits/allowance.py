"""How many objects each client may ask for in how much time.

What is left comes back steadily. Clients are counted by their address, in each process apart; one
that names itself gets several times as much from the same measure, so that many names are worth no
more than one. Only the addresses that asked last are kept: one long silent has everything back anyway.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.problems import Problem
from services.opendata.graphql.limits.clients import Client

NAMED_TIMES = 4
"""How many times as much clients get that name themselves."""

FROM_MEMORY = 1
"""What an answer costs that is kept already, and a query of no objects at all."""

REFUSED = 100
"""What a request costs that is refused: reading it, and telling what is wrong with it, is work too."""

_NAMED, _UNNAMED = metrics.GRAPHQL_OBJECTS.labels("named"), metrics.GRAPHQL_OBJECTS.labels("unnamed")

MOST_CLIENTS = 10_000
POLICY = "default"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many objects, at once at most, and again in so many seconds, for a client without a name."""

    objects: int
    seconds: int = 60

    def of(self, client: Client) -> int:
        """The objects that a client gets."""
        return self.objects * (NAMED_TIMES if client.named else 1)


USUAL = Allowance(600_000)
ON_LOOPBACK = Allowance(60_000_000)
"""Where only this machine can ask: its users share one address, and none is a stranger."""


@dataclass(slots=True)
class _Left:
    share: float
    at: float


class Accounts:
    """What each client has left, as the share of what it gets. Safe to share between threads."""

    def __init__(
        self,
        allowance: Allowance,
        most_clients: int = MOST_CLIENTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.allowance = allowance
        self._most = most_clients
        self._clock = clock
        self._left: OrderedDict[str, _Left] = OrderedDict()
        self._changing = threading.Lock()
        metrics.RATE_LIMITED.labels("opendata")

    def take(self, client: Client, objects: int) -> float:
        """Take objects from what is left; else take nothing and return the seconds until there are enough.

        Who asks for more than there ever is gets it from a full measure.
        """
        wanted = min(1.0, objects / self.allowance.of(client))
        with self._changing:
            left = self._now(client)
            if left.share < wanted:
                return (wanted - left.share) * self.allowance.seconds
            left.share -= wanted
            return 0.0

    def take_up_to(self, client: Client, objects: int) -> None:
        """Take objects, or all that is left."""
        with self._changing:
            left = self._now(client)
            left.share = max(0.0, left.share - objects / self.allowance.of(client))

    def left(self, client: Client) -> tuple[int, int]:
        """The objects left, and the seconds after which everything will be there again."""
        with self._changing:
            share = self._now(client).share
        # Not an object less for the way in which fractions are kept.
        objects = math.floor(share * self.allowance.of(client) + 1e-6)
        return objects, math.ceil((1.0 - share) * self.allowance.seconds)

    def _now(self, client: Client) -> _Left:
        now = self._clock()
        left = self._left.get(client.address)
        if left is None:
            left = self._left[client.address] = _Left(1.0, now)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
        else:
            self._left.move_to_end(client.address)
        left.share = min(1.0, left.share + (now - left.at) / self.allowance.seconds)
        left.at = now
        return left


class Account:
    """What one client may still ask for, while one request of it is answered."""

    def __init__(self, accounts: Accounts, client: Client) -> None:
        self._accounts = accounts
        self._client = client
        self._taken = False

    def has(self, objects: int) -> bool:
        """Whether so many objects are left."""
        left, _ = self._accounts.left(self._client)
        return left >= objects

    def check(self, objects: int) -> None:
        """Raises `Problem` 429 where fewer objects are left; takes nothing."""
        if not self.has(objects):
            self._refuse(
                self._accounts.allowance.seconds * objects / self._accounts.allowance.of(self._client)
            )

    def take(self, objects: int) -> None:
        """Count objects before they are read. Raises `Problem` 429 where fewer are left."""
        objects = max(objects, FROM_MEMORY)
        self._taken = True
        seconds = self._accounts.take(self._client, objects)
        if seconds > 0:
            self._refuse(seconds)
        (_NAMED if self._client.named else _UNNAMED).inc(objects)

    def close(self, *, refused: bool) -> None:
        """The request is answered; one refused before anything was counted costs something, too."""
        if refused and not self._taken:
            self._accounts.take_up_to(self._client, REFUSED)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """What the client gets, and what it has left."""
        allowance = self._accounts.allowance
        left, seconds = self._accounts.left(self._client)
        return [
            ("RateLimit-Policy", f'"{POLICY}";q={allowance.of(self._client)};w={allowance.seconds}'),
            ("RateLimit", f'"{POLICY}";r={left};t={seconds}'),
        ]

    def _refuse(self, seconds: float) -> None:
        self._taken = True
        wait = max(1, math.ceil(seconds))
        allowance = self._accounts.allowance
        naming = (
            ""
            if self._client.named
            else f" With a header Client-Name that says who asks it is {NAMED_TIMES} times as many."
        )
        raise Problem(
            429,
            "quota-exceeded",
            "Too much at once",
            f"You may ask for {allowance.of(self._client)} objects in {allowance.seconds} seconds."
            f"{naming} Go on in {wait} s.",
            members={"violated-policies": [POLICY]},
            headers={"Retry-After": str(wait)},
        )
