"""The services' door: events in, one answer for each, however often it takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from services.chassis.posting.patience import (
    PASSING,
    DoorClosed,
    Patience,
    no_answer,
    not_bosatt,
    retry_after,
    why,
)
from services.contract.labels import Text
from services.contract.media_types import BATCH

MOST_AT_ONCE = 500
"""Events in one request: enough to be quick, few enough to show how it goes."""

ANSWER_SECONDS = 60.0

_TOO_LARGE = 413


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one event: ``accepted``, ``duplicate`` or ``rejected``.

    ``receipt`` is the first receipt where there is one, also of an event that was rejected because
    another has its id. ``errors`` are pairs of a JSON Pointer, a rule and a message.
    """

    status: str
    receipt: dict[str, Any] | None = None
    errors: list[tuple[str, str, str]] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)

    @property
    def stream(self) -> str | None:
        """The stream of the first receipt."""
        return None if self.receipt is None else str(self.receipt["stream"])


class Door:
    """One service's ``POST /SERVICE/v1/events``, with a caller's token. For many threads."""

    def __init__(
        self,
        client: httpx.Client,
        service: str,
        token: str,
        patience: Patience | None = None,
    ) -> None:
        self._client = client
        self._path = f"/{service}/v1/events"
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": BATCH,
            "Prefer": "handling=lenient",
        }
        self._patience = patience or Patience()

    def stop(self) -> None:
        """Give up at the next wait."""
        self._patience.stop()

    def send(self, events: Sequence[dict[str, Any]], *, dry_run: bool) -> list[Answer]:
        """One answer for each event, in order. Raises `DoorClosed`."""
        if not events:
            return []
        answer, items = self._patiently(events, dry_run)
        if answer.status_code == _TOO_LARGE and len(events) > 1:
            half = len(events) // 2
            return self.send(events[:half], dry_run=dry_run) + self.send(events[half:], dry_run=dry_run)
        if items is None:
            raise DoorClosed(why(answer))
        return [_answer_of(item) for item in items]

    def _patiently(
        self, events: Sequence[dict[str, Any]], dry_run: bool
    ) -> tuple[httpx.Response, list[dict[str, Any]] | None]:
        """An answer that trying again would not change, and what it says of each event."""
        body = orjson.dumps(list(events))
        waits = self._patience.begin()
        accepted: dict[int, dict[str, Any]] = {}
        while True:
            asked: float | None = None
            try:
                answer = self._client.post(
                    self._path,
                    content=body,
                    headers=self._headers,
                    params={"dryRun": "true"} if dry_run else None,
                    timeout=ANSWER_SECONDS,
                )
                items = _items_of(answer, len(events))
                if items is not None:
                    # What an earlier try stored is new, though a later one finds it there already.
                    items = [accepted.get(index, item) for index, item in enumerate(items)]
                    accepted |= {
                        index: item for index, item in enumerate(items) if item.get("status") == "accepted"
                    }
                passing = [item for item in items or () if item.get("code") in PASSING]
                if not passing and (items is not None or answer.status_code not in PASSING):
                    return answer, items
                asked = retry_after(answer.headers.get("Retry-After"))
                reason = why(answer) if items is None else _busy()
            except httpx.TransportError:
                reason = no_answer(self._client)
            waits.wait(asked, reason)


def _items_of(answer: httpx.Response, count: int) -> list[dict[str, Any]] | None:
    """What a batch's answer says of each event; None where it is about none of them.

    Raises `DoorClosed` where it is no answer to what was sent.
    """
    if answer.status_code not in (200, 201, 207):
        return None
    try:
        items = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        items = None
    if (
        not isinstance(items, list)
        or len(items) != count
        or not all(isinstance(item, dict) for item in items)
    ):
        raise DoorClosed(not_bosatt())
    return items


def _busy() -> Text:
    return Text("Tjenesten har for mye å gjøre.", "The service is too busy.")


def _answer_of(item: dict[str, Any]) -> Answer:
    """An item of a batch's answer: a receipt, or what is wrong with the event."""
    if item.get("status") in ("accepted", "duplicate"):
        return Answer(str(item["status"]), item, warnings=list(item.get("warnings") or ()))
    problem = item.get("problem") if isinstance(item.get("problem"), dict) else item
    assert isinstance(problem, dict)
    receipt = problem.get("receipt") or item.get("receipt")
    errors = [
        (str(error.get("pointer", "")), str(error.get("rule", "")), str(error.get("detail", "")))
        for error in problem.get("errors") or ()
    ]
    if not errors:
        kind = str(problem.get("type", "")).rpartition(":")[2]
        errors = [("", kind or "refused", str(problem.get("detail") or problem.get("title") or ""))]
    return Answer("rejected", receipt if isinstance(receipt, dict) else None, errors)
