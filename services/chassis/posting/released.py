"""Wait until what was posted can be read by anybody."""

import time
from datetime import datetime

import httpx

LONGEST_RELEASE = 120.0
"""Seconds without any progress that are waited for a release."""

_LOOK_EVERY = 0.05


class NotReleased(Exception):
    """What was posted is stored, and not released in time; the text says so."""


def wait_until_released(client: httpx.Client, recorded: str, longest: float = LONGEST_RELEASE) -> None:
    """Return once everything recorded up to a moment is released.

    Raises `NotReleased` where for ``longest`` seconds no release came that contains more.
    """
    until = datetime.fromisoformat(recorded)
    newest: datetime | None = None
    deadline = time.monotonic() + longest
    while time.monotonic() < deadline:
        told = _data_through(client)
        if told is not None:
            through = datetime.fromisoformat(told)
            if through >= until:
                return
            if newest is None or through > newest:
                newest = through
                deadline = time.monotonic() + longest
        time.sleep(_LOOK_EVERY)
    raise NotReleased(f"what was posted was not released within {longest:.0f} s")


def _data_through(client: httpx.Client) -> str | None:
    """What the newest release says of itself; None while nobody answers for it."""
    try:
        answer = client.post("/graphql", json={"query": "{ release { dataThrough } }"}, timeout=30)
    except httpx.TransportError:
        return None
    if not answer.is_success:
        return None
    release = (answer.json().get("data") or {}).get("release") or {}
    through: str | None = release.get("dataThrough")
    return through
