"""What a check has compared, and what did not agree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MOST_LISTED = 1_000
"""Differences of one check that are kept in mind one by one; the others are counted only."""

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What is raised over something stored that is not what was stored once."""

Value = int | float | str | bool | None
Where = Mapping[str, str | int]


class Check(StrEnum):
    """What can be checked. Of figures published by others a difference is news, not an error."""

    SUMS = "sums"
    STORES = "stores"
    VERSIONS = "versions"
    RELEASED = "released"
    PUBLISHED = "published"

    @property
    def must_agree(self) -> bool:
        """Whether a difference means that something is wrong here."""
        return self is not Check.PUBLISHED


@dataclass(frozen=True, slots=True)
class Difference:
    """Two values that should be one: what was ``found`` and what was ``expected`` there.

    Of published figures ``found`` is ours and ``expected`` theirs; ``source`` is who published it,
    ``why`` what may explain it.
    """

    what: str
    where: Where
    found: Value
    expected: Value
    source: str | None = None
    why: tuple[str, ...] = ()


@dataclass(slots=True)
class Outcome:
    """How a check went. ``notes`` say what could not be compared, and why."""

    check: Check
    compared: int = 0
    differences: int = 0
    unexplained: int = 0
    hidden: int = 0
    """Figures whose numbers their source hides: there is nothing to compare."""
    listed: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    skipped: bool = False
    """Whether nothing could be compared at all."""

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong here."""
        return not (self.check.must_agree and self.differences)

    def differ(self, difference: Difference) -> None:
        """Take a difference down; of published figures each is kept, for they are to be read."""
        self.differences += 1
        self.unexplained += not difference.why
        if self.check is Check.PUBLISHED or len(self.listed) < MOST_LISTED:
            self.listed.append(difference)

    def compare(self, what: str, where: Where, found: Value, expected: Value) -> None:
        """Compare two values that should be one."""
        self.compared += 1
        if found != expected:
            self.differ(Difference(what, where, found, expected))

    def skip(self, text: str) -> None:
        """Say why nothing can be compared."""
        self.skipped = True
        self.note(text)

    def note(self, text: str) -> None:
        """Say once what could not be compared."""
        if text not in self.notes:
            self.notes.append(text)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check is: so much done of so much, where that is known.

    ``hurries`` while a transaction is open that should soon come to its end.
    """

    check: Check
    done: int = 0
    of: int | None = None
    hurries: bool = False
