"""Post the published figures to running services, over HTTP, as anybody would."""

from collections.abc import Callable, Iterable
from itertools import groupby, islice
from typing import Any

import httpx

from services.chassis.posting.door import MOST_AT_ONCE, Door
from services.chassis.posting.patience import DoorClosed, Patience
from services.chassis.posting.released import LONGEST_RELEASE, NotReleased
from services.chassis.posting.released import wait_until_released as wait_for_release
from services.seeding.events import service_of

LONGEST_TROUBLE = 60.0
"""Seconds for which a batch is tried again."""


_STANDS_ALREADY = "state"
"""What a service calls it that an event does not fit what its stream holds."""


class LoadingFailed(Exception):
    """The figures could not be loaded; the text says why, for the person at the terminal."""


def load(
    url: str,
    token: str,
    events: Iterable[dict[str, Any]],
    on_posted: Callable[[int], None],
    on_left: Callable[[str], None] = lambda _id: None,
    transport: httpx.BaseTransport | None = None,
) -> str:
    """Post events in their order and return when the last of them was recorded, "" where none was.

    Events that were posted before are answered as duplicates and stored once. One whose request or
    decision somebody else has reported already is left, and ``on_left`` is told its id. ``on_posted`` is
    told how many more there are. Raises `LoadingFailed`.
    """
    last = ""
    with httpx.Client(base_url=url, transport=transport) as client:
        for service, some in groupby(events, service_of):
            door = Door(client, service, token, Patience(longest=LONGEST_TROUBLE))
            while batch := list(islice(some, MOST_AT_ONCE)):
                last = max(last, _post(door, batch, on_left))
                on_posted(len(batch))
    return last


def wait_until_released(url: str, recorded: str, transport: httpx.BaseTransport | None = None) -> None:
    """Return once everything recorded up to a moment is released; raises `LoadingFailed`."""
    with httpx.Client(base_url=url, transport=transport) as client:
        try:
            wait_for_release(client, recorded, LONGEST_RELEASE)
        except NotReleased as error:
            raise LoadingFailed(str(error)) from None


def _post(door: Door, batch: list[dict[str, Any]], on_left: Callable[[str], None]) -> str:
    """Post one batch and return when the last of it was recorded."""
    try:
        answers = door.send(batch, dry_run=False)
    except DoorClosed as error:
        raise LoadingFailed(str(error)) from None
    last = ""
    for event, answer in zip(batch, answers, strict=True):
        if answer.status == "rejected" and _STANDS_ALREADY in (rule for _, rule, _ in answer.errors):
            on_left(event["id"])
            continue
        if answer.status == "rejected" or answer.receipt is None:
            why = "; ".join(f"{pointer} {message}".strip() for pointer, _, message in answer.errors)
            raise LoadingFailed(f"{event['id']} was refused: {why}")
        last = max(last, str(answer.receipt["recordedTime"]))
    return last
