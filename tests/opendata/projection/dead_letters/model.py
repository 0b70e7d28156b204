"""What ought to become of a log's records, worked out naively from the whole of it.

It knows of each record what its maker knows: whether the projector can read it, which stream it is
of, and what is true of the person or the request once it is counted.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Truth:
    """A record as its maker knows it.

    ``subject`` and ``key`` are what can be read of it; ``in_chain`` whether a service might have
    sent it. ``counts`` is what holds of its stream once it is counted: amounts by measure, region
    and year.
    """

    topic: str
    subject: str | None
    key: str
    in_chain: bool
    readable: bool
    readable_once_mended: bool = False
    counts: tuple[tuple[tuple[str, str, int], int], ...] = ()


@dataclass
class Outcome:
    """What became of the records of one partition, by offset; amounts in force by stream."""

    states: dict[int, str] = field(default_factory=dict)
    counted: dict[str, tuple[int, Truth]] = field(default_factory=dict)
    last_applied: dict[int, int | None] = field(default_factory=dict)


class Model:
    """The records of a log by partition, and the places at which an operator dropped one."""

    def __init__(self) -> None:
        self.records: dict[Any, list[Truth]] = defaultdict(list)
        self.dropped: set[tuple[Any, int]] = set()
        self.mended = False

    def add(self, partition: Any, truth: Truth) -> None:
        self.records[partition].append(truth)

    def outcome(self, partition: Any) -> Outcome:
        found = Outcome()
        streams: set[str] = set()
        keys: set[str] = set()
        for offset, one in enumerate(self.records[partition]):
            found.last_applied[offset] = found.counted.get(one.subject or "", (None, one))[0]
            if (partition, offset) in self.dropped:
                found.states[offset] = "dropped"
            elif one.subject in streams or one.key in keys:
                found.states[offset] = "held"
                if one.subject is not None:
                    streams.add(one.subject)
            elif one.readable or (self.mended and one.readable_once_mended):
                found.states[offset] = "counted"
                assert one.subject is not None
                found.counted[one.subject] = (offset, one)
            else:
                found.states[offset] = "parked"
                if one.subject is None:
                    keys.add(one.key)
                else:
                    streams.add(one.subject)
        return found

    def letters(self) -> dict[tuple[Any, int], str]:
        """The state of every record that is not counted."""
        return {
            (partition, offset): state
            for partition in self.records
            for offset, state in self.outcome(partition).states.items()
            if state != "counted"
        }

    def totals(self) -> Counter[tuple[str, str, int]]:
        found: Counter[tuple[str, str, int]] = Counter()
        for partition in self.records:
            for _, one in self.outcome(partition).counted.values():
                for what, amount in one.counts:
                    found[what] += amount
        return +found
