"""Which texts are answered sooner than they could be handed to a thread."""

from services.chassis.lately_used import LatelyUsed

QUICK_SECONDS = 0.003
"""Of a processor. Threads share one: who takes no longer than its turn holds nobody up without one."""

IN_A_ROW = 3
"""So often a text has been answered quickly before it is taken for a quick one."""

MOST_TEXTS = 1_000
MOST_CHARACTERS = 250_000


class _Row:
    __slots__ = ("length",)

    def __init__(self) -> None:
        self.length = 0


class Quickness:
    """How often in a row each text was answered quickly by the newest release. For many threads.

    A new release has everything to find out anew: the first answers by it take long.
    """

    def __init__(self) -> None:
        self._release = ""
        self._rows: LatelyUsed[str, _Row] = LatelyUsed(MOST_TEXTS, MOST_CHARACTERS, lambda text, _: len(text))

    def is_quick(self, text: str, release: str) -> bool:
        """Whether a text is likely to be answered quickly by a release."""
        row = self._rows.find(text)
        return row is not None and row.length >= IN_A_ROW and release == self._release

    def took(self, text: str, release: str, seconds: float) -> None:
        """Say how long of a processor the answer to a text has taken."""
        if release != self._release:
            self._release = release
            self._rows.forget()
        self._rows.keep(text, _Row())
        row = self._rows.find(text)
        if row is not None:
            row.length = row.length + 1 if seconds < QUICK_SECONDS else 0
