"""A client that posts, tries again until it has a receipt, and keeps its own account of what it posted."""

import itertools
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.acceptance.running import RunningSystem

SOURCE = "urn:test:ledger"
YEAR = 2025
MUNICIPALITIES = ("1103", "3201", "3301", "4204", "4601", "5001", "5501", "5601")
TRY_AGAIN = (429, 502, 503, 504)
LONGEST_TROUBLE = 180.0


@dataclass
class Ledger:
    """Persons settled per municipality, and the newest request and decision of each."""

    system: RunningSystem
    settled: Counter[str] = field(default_factory=Counter)
    requested: dict[str, int] = field(default_factory=dict)
    decided: dict[str, int] = field(default_factory=dict)
    posted: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def posting(self, threads: int = 4) -> Iterator[None]:
        """Post from several threads, each about municipalities of its own, for the length of a block."""
        stop = threading.Event()
        for name in ("imdi", *MUNICIPALITIES):
            self.system.token(name)
        workers = [
            threading.Thread(target=self._post_until, args=(stop, MUNICIPALITIES[number::threads]))
            for number in range(threads)
        ]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            stop.set()
            for worker in workers:
                worker.join(LONGEST_TROUBLE + 60)
        assert not any(worker.is_alive() for worker in workers)
        assert self.faults == []

    def total(self) -> int:
        """Events with a receipt so far."""
        return sum(self.posted.values())

    def expected(self) -> dict[str, Any]:
        """What the query must answer when everything posted is counted once."""
        return {
            f"m{code}": {
                "totals": {
                    "settled": self.settled[code] or None,
                    "requested": self.requested.get(code),
                    "quota": self.decided.get(code),
                }
            }
            for code in MUNICIPALITIES
        } | {"country": {"totals": {"settled": sum(self.settled.values()) or None}}}

    def query(self) -> str:
        fields = f"totals(year: {YEAR}) {{ settled requested quota }}"
        regions = " ".join(f'm{code}: region(code: "{code}") {{ {fields} }}' for code in MUNICIPALITIES)
        return f'{{ {regions} country: region(code: "NO") {{ totals(year: {YEAR}) {{ settled }} }} }}'

    def _post_until(self, stop: threading.Event, codes: tuple[str, ...]) -> None:
        """Mostly persons; every so often a new number asked for and decided, each above the last."""
        try:
            with httpx.Client(base_url=self.system.url, timeout=90) as client:
                for turn in itertools.count(1):
                    for code in codes:
                        if stop.is_set():
                            return
                        if turn % 10 == 1:
                            self._request(client, code, turn)
                            self._decide(client, code, turn)
                        self._settle(client, code)
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")

    def _settle(self, client: httpx.Client, code: str) -> None:
        person = str(uuid.uuid4())
        data = {"municipality": code, "settledOn": f"{YEAR}-02-03"}
        self._post(client, "settlements", code, "person.settled", data, subject=person)
        self.settled[code] += 1

    def _request(self, client: httpx.Client, code: str, persons: int) -> None:
        first = code not in self.requested
        on = {"issuedOn" if first else "revisedOn": f"{YEAR}-01-10"}
        data = {"municipality": code, "year": YEAR, "persons": persons, **on}
        self._post(client, "requests", "imdi", "request.issued" if first else "request.revised", data)
        self.requested[code] = persons

    def _decide(self, client: httpx.Client, code: str, persons: int) -> None:
        first = code not in self.decided
        data = {"municipality": code, "year": YEAR, "persons": persons, "decidedOn": f"{YEAR}-01-20"}
        self._post(client, "decisions", code, "quota.decided" if first else "quota.revised", data)
        self.decided[code] = persons

    def _post(
        self,
        client: httpx.Client,
        service: str,
        caller: str,
        name: str,
        data: dict[str, Any],
        **attributes: str,
    ) -> None:
        event = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": SOURCE,
            "type": f"no.bosatt.{name}.v1",
            **attributes,
            "data": data,
        }
        headers = {
            "Content-Type": "application/cloudevents+json",
            "Authorization": f"Bearer {self.system.token(caller)}",
        }
        deadline = time.monotonic() + LONGEST_TROUBLE
        said = "no answer"
        while time.monotonic() < deadline:
            try:
                answer = client.post(f"/{service}/v1/events", json=event, headers=headers)
                said = f"{answer.status_code} {answer.text}"
                if answer.status_code in (200, 201):
                    self.posted[service] += 1
                    return
                if answer.status_code not in TRY_AGAIN:
                    break
            except httpx.TransportError as error:
                said = type(error).__name__
            self.retries += 1
            time.sleep(0.2)
        raise AssertionError(f"{name} of {caller}: {said}")
