"""Trouble that passes is waited out: as long as an answer asks, else longer each time, and not for ever."""

import email.utils
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from services.chassis.loops import Backoff
from services.contract.labels import Text

LONGEST_TROUBLE = 300.0
"""Seconds for which one request is tried again before giving up; what was posted stays posted."""

LONGEST_WAIT = 60.0
"""Seconds that are waited at once, whatever an answer asks for."""

PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Answers after which the same request may succeed."""


class DoorClosed(Exception):
    """Nothing can be posted or asked; ``text`` says why and what to do. What was posted stays posted."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Patience:
    """How long whoever asks a service waits for it.

    ``tell`` is called with the seconds that are waited before trying again; one request is tried for
    ``longest`` seconds. For many threads.
    """

    def __init__(
        self, tell: Callable[[float], None] = lambda _seconds: None, longest: float = LONGEST_TROUBLE
    ) -> None:
        self._tell = tell
        self._longest = longest
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let whoever waits, or is about to, give up."""
        self._stopped.set()

    def begin(self) -> "Waits":
        """The waits of one request."""
        return Waits(self._tell, self._longest, self._stopped)


class Waits:
    """The waits between tries of one request."""

    def __init__(self, tell: Callable[[float], None], longest: float, stopped: threading.Event) -> None:
        self._tell = tell
        self._deadline = time.monotonic() + longest
        self._stopped = stopped
        self._backoff = Backoff(shortest=0.5, longest=30.0)

    def wait(self, asked: float | None, why: Text) -> None:
        """Wait as long as ``asked``, else for a back-off. Raises `DoorClosed` where that is too long."""
        pause = min(self._backoff.pause() if asked is None else max(asked, 0.05), LONGEST_WAIT)
        if time.monotonic() + pause > self._deadline:
            raise DoorClosed(why)
        self._tell(pause)
        if self._stopped.wait(pause):
            raise DoorClosed(why)


def retry_after(header: str | None) -> float | None:
    """Seconds that an answer asks to wait: a number, or a moment; None where it does not say."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def no_answer(client: httpx.Client) -> Text:
    """Nobody answers at the client's address."""
    return Text(
        f"{client.base_url} svarer ikke. Er adressen riktig (BOSATT_URL)?",
        f"{client.base_url} does not answer. Is the address right (BOSATT_URL)?",
    )


def not_bosatt() -> Text:
    """What answers is something else."""
    return Text("Det som svarer på adressen, er ikke Bosatt.", "What answers at the address is not Bosatt.")


def why(answer: httpx.Response) -> Text:
    """What an answer says of itself, for a person."""
    if answer.status_code == 401:
        return Text(
            "Tjenesten kjenner ikke tilgangen (tokenet): den mangler, er utløpt eller gjelder et annet sted.",
            "The service does not accept the token: it is missing, has expired or is for another system.",
        )
    try:
        problem = answer.json()
        detail = str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        detail = f"{answer.status_code} {answer.reason_phrase}"
    return Text(f"Tjenesten svarte: {detail}", f"The service answered: {detail}")
