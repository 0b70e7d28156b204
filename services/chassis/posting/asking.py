"""Ask a service what it keeps, as patiently as events are posted to it."""

from collections.abc import Iterator, Mapping
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

MOST_A_PAGE = 500

Parameters = Mapping[str, str | int | list[str]]


class Asking:
    """Reads with a caller's token. For many threads."""

    def __init__(self, client: httpx.Client, token: str, patience: Patience) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self._patience = patience

    def stop(self) -> None:
        """Give up at the next wait."""
        self._patience.stop()

    def document(self, path: str, parameters: Parameters) -> dict[str, Any] | None:
        """What is found at a path; None where there is nothing. Raises `DoorClosed`."""
        waits = self._patience.begin()
        while True:
            asked: float | None = None
            try:
                answer = self._client.get(path, params=dict(parameters), headers=self._headers, timeout=60)
                if answer.status_code not in PASSING:
                    return _document_in(answer)
                asked, reason = retry_after(answer.headers.get("Retry-After")), why(answer)
            except httpx.TransportError:
                reason = no_answer(self._client)
            waits.wait(asked, reason)

    def streams(self, service: str, parameters: Parameters) -> Iterator[dict[str, Any]]:
        """The streams of a service that its list has for some parameters. Raises `DoorClosed`."""
        path, after = f"/{service}/v1/streams", None
        while True:
            page = {**parameters, "first": MOST_A_PAGE, **({} if after is None else {"after": after})}
            document = self.document(path, page)
            if document is None:
                raise DoorClosed(not_bosatt())
            yield from document["streams"]
            after = document["after"]
            if after is None:
                return


def _document_in(answer: httpx.Response) -> dict[str, Any] | None:
    if answer.status_code == 404:
        return None
    if not answer.is_success:
        raise DoorClosed(why(answer))
    try:
        document = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise DoorClosed(not_bosatt())
    return document
