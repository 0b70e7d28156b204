"""Post the published figures to running services, over HTTP, as anybody would."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
import orjson

from services.chassis.loops import Backoff
from services.contract.event_types import EVENT_TYPES
from services.contract.regions import COUNTRY
from services.seeding.events import service_of

CONTENT_TYPE = "application/cloudevents+json"
AT_ONCE = 4
LONGEST_TROUBLE = 60.0
LONGEST_RELEASE = 120.0

_TRY_AGAIN = (429, 502, 503, 504)


class LoadingFailed(Exception):
    """The figures could not be loaded; the text says why, for the person at the terminal."""


def load(
    url: str,
    token: str,
    events: Iterable[dict[str, Any]],
    on_posted: Callable[[], None],
    transport: httpx.BaseTransport | None = None,
) -> str:
    """Post events and return when the last of them was recorded.

    Events that were posted before are answered as duplicates and stored once. Streams' own order
    is kept: what belongs to one stream is posted one after the other. Raises `LoadingFailed`.
    """
    headers = {"Authorization": f"Bearer {token}", "Content-Type": CONTENT_TYPE}
    last = ""
    with httpx.Client(base_url=url, headers=headers, timeout=30, transport=transport) as client:
        for group in _in_order(events):
            with ThreadPoolExecutor(AT_ONCE) as pool:
                for recorded in pool.map(lambda event: _post(client, event), group):
                    last = max(last, recorded)
                    on_posted()
    return last


def wait_until_released(url: str, recorded: str, transport: httpx.BaseTransport | None = None) -> None:
    """Return once everything recorded up to a moment is released; raises `LoadingFailed`."""
    deadline = time.monotonic() + LONGEST_RELEASE
    until = datetime.fromisoformat(recorded)
    with httpx.Client(base_url=url, timeout=30, transport=transport) as client:
        while time.monotonic() < deadline:
            through = _data_through(client)
            if through is not None and datetime.fromisoformat(through) >= until:
                return
            time.sleep(0.05)
    raise LoadingFailed(f"what was posted was not released within {LONGEST_RELEASE:.0f} s")


def _data_through(client: httpx.Client) -> str | None:
    """What the newest release says of itself; None while nobody answers for it."""
    try:
        answer = client.post("/graphql", json={"query": "{ release { dataThrough } }"})
    except httpx.TransportError:
        return None
    if not answer.is_success:
        return None
    release = (answer.json().get("data") or {}).get("release") or {}
    through: str | None = release.get("dataThrough")
    return through


def _in_order(events: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Groups that may be posted side by side: consecutive events of different streams."""
    group: list[dict[str, Any]] = []
    streams: set[str] = set()
    for event in events:
        stream = _stream_of(event)
        if stream in streams:
            yield group
            group, streams = [], set()
        group.append(event)
        streams.add(stream)
    if group:
        yield group


def _stream_of(event: dict[str, Any]) -> str:
    data, event_type = event["data"], EVENT_TYPES[event["type"]]
    if event_type.service == "settlements":
        return str(event["subject"])
    place = COUNTRY if event_type.region_field is None else data[event_type.region_field]
    return f"{event_type.kind}/{place}/{data['year']}"


def _post(client: httpx.Client, event: dict[str, Any]) -> str:
    """Post one event and return when it was recorded."""
    path = f"/{service_of(event)}/v1/events"
    deadline = time.monotonic() + LONGEST_TROUBLE
    backoff = Backoff()
    while True:
        trouble = "no answer"
        try:
            answer = client.post(path, content=orjson.dumps(event))
            if answer.is_success:
                recorded: str = answer.json()["recordedTime"]
                return recorded
            trouble = f"{answer.status_code} {answer.text}"
            if answer.status_code not in _TRY_AGAIN:
                raise LoadingFailed(f"{event['id']} was refused: {trouble}")
        except httpx.TransportError as error:
            trouble = type(error).__name__
        if time.monotonic() > deadline:
            raise LoadingFailed(f"{path} can't be reached: {trouble}")
        time.sleep(backoff.pause())
