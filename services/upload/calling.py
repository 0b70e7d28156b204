"""Ask the command services and post to them, over HTTP and with the token of who is signed in."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from services.contract.event_types import PREFIX, VERSION
from services.contract.labels import Text
from services.contract.media_types import STRUCTURED
from services.submitting.drafts import SOURCE
from services.submitting.wording import told

_SECONDS = 20.0
_AWAY = Text(
    "Tjenesten svarer ikke akkurat nå. Prøv igjen om litt.",
    "The service does not answer just now. Try again in a moment.",
)


class CantAsk(Exception):
    """There is no answer that could be shown; ``texts`` say why."""

    def __init__(self, status: int, texts: list[Text]) -> None:
        super().__init__(texts[0].en)
        self.status = status
        self.texts = texts


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its document and, of a stream, the version to which it belongs."""

    document: dict[str, Any]
    etag: str | None


def ask(client: httpx.Client, token: str, path: str, parameters: Mapping[str, str] | None = None) -> Said:
    """A document of a service. Raises `CantAsk`."""
    return _said(lambda: client.get(path, params=parameters, headers=_headers(token), timeout=_SECONDS))


def post_event(
    client: httpx.Client,
    token: str,
    name: str,
    subject: str,
    data: Mapping[str, Any],
    event_id: str,
    if_match: str | None,
) -> Said:
    """Post one event about a person; ``event_id`` is the form's own, so that it counts once. Raises `CantAsk`."""
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": f"{PREFIX}{name}.{VERSION}",
        "subject": subject,
        "data": dict(data),
    }
    headers = _headers(token) | {"Content-Type": STRUCTURED}
    if if_match is not None:
        headers["If-Match"] = if_match
    return _said(
        lambda: client.post(
            "/settlements/v1/events", content=orjson.dumps(event), headers=headers, timeout=_SECONDS
        )
    )


def new_event_id() -> str:
    return str(uuid.uuid4())


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _said(call: Any) -> Said:
    try:
        answer = call()
        document = orjson.loads(answer.content)
    except (httpx.HTTPError, orjson.JSONDecodeError):
        raise CantAsk(503, [_AWAY]) from None
    if not isinstance(document, dict):
        raise CantAsk(503, [_AWAY])
    if answer.is_success:
        return Said(document, answer.headers.get("ETag"))
    errors = [told(str(error.get("detail", ""))) for error in document.get("errors") or ()]
    raise CantAsk(
        answer.status_code, errors or [told(str(document.get("detail") or document.get("title") or ""))]
    )
