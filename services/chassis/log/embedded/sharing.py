"""How partitions are shared out among a group's members, and a poll among partitions."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

Slot = tuple[int, int]
"""A partition as the tables know it: the topic's id and the partition's number."""

K = TypeVar("K")


def share_out(readers: Mapping[Slot, Collection[int]], held: Mapping[Slot, int]) -> dict[Slot, int]:
    """Give each partition to one of the members that read its topic.

    Of one topic no member gets two partitions more than another. What is ``held`` stays where it
    is as far as that allows, because every partition that moves is read again in part. The same
    input always gives the same shares.
    """
    shares = {slot: held[slot] for slot, members in readers.items() if held.get(slot) in members}
    loads = _Loads(shares)
    for slot in sorted(readers):
        if slot not in shares:
            shares[slot] = loads.lightest(slot, readers[slot])
            loads.add(slot, shares[slot], 1)
    while any(_level(slot, readers[slot], shares, loads) for slot in sorted(shares)):
        pass
    return shares


def _level(slot: Slot, readers: Collection[int], shares: dict[Slot, int], loads: "_Loads") -> bool:
    holder, taker = shares[slot], loads.lightest(slot, readers)
    if loads.of(slot, holder) - loads.of(slot, taker) < 2:
        return False
    loads.add(slot, holder, -1)
    loads.add(slot, taker, 1)
    shares[slot] = taker
    return True


class _Loads:
    """How many partitions each member has, by topic and in all."""

    def __init__(self, shares: Mapping[Slot, int]) -> None:
        self._by_topic: Counter[tuple[int, int]] = Counter()
        self._in_all: Counter[int] = Counter()
        for slot, member in shares.items():
            self.add(slot, member, 1)

    def add(self, slot: Slot, member: int, number: int) -> None:
        self._by_topic[slot[0], member] += number
        self._in_all[member] += number

    def of(self, slot: Slot, member: int) -> int:
        return self._by_topic[slot[0], member]

    def lightest(self, slot: Slot, readers: Collection[int]) -> int:
        return min(readers, key=lambda member: (self.of(slot, member), self._in_all[member], member))


def fair_shares(waiting: Mapping[K, int], most: int, first: int) -> dict[K, int]:
    """Share ``most`` records out among partitions in which so many are waiting.

    Nobody gets more while another that has as many waiting gets less, but for the odd ones
    left over: those go round, beginning with partition number ``first``.
    """
    shares = dict.fromkeys(waiting, 0)
    hungry = _from(first, list(waiting))
    left = most
    while hungry and left > 0:
        each = max(1, left // len(hungry))
        for partition in hungry:
            portion = min(each, waiting[partition] - shares[partition], left)
            shares[partition] += portion
            left -= portion
        hungry = [partition for partition in hungry if shares[partition] < waiting[partition]]
    return {partition: share for partition, share in shares.items() if share}


def _from(first: int, partitions: Sequence[K]) -> Sequence[K]:
    turn = first % len(partitions) if partitions else 0
    return [*partitions[turn:], *partitions[:turn]]
