"""What to do with a record, told by its place in the chain of its partition.

The broker is trusted for nothing. Each record names the sequence of the one before it in its
partition; a mark per partition says up to which sequence everything has been applied.
"""

from enum import StrEnum


class Verdict(StrEnum):
    APPLY = "apply"
    REPEAT = "repeat"
    HOLE = "hole"
    BROKEN = "broken"


def judge(mark: int, previous: int, sequence: int) -> Verdict:
    """Judge a record by its ``sequence``, its ``previous`` sequence and the partition's mark.

    APPLY: it follows the mark. REPEAT: it was applied before. HOLE: one before it is missing, so
    it is dropped and the mark stays; the relay sends the missing ones again, in order. BROKEN:
    cannot happen while the rules are kept; nothing of that partition may be applied any more.
    """
    if previous == mark and sequence > mark:
        return Verdict.APPLY
    if sequence <= mark:
        return Verdict.REPEAT
    if previous > mark:
        return Verdict.HOLE
    return Verdict.BROKEN
