"""Partitions among members, and a poll among partitions."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.log.embedded.sharing import Slot, fair_shares, share_out

# Nothing here depends on time, and the machine may be busy.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

members = st.lists(st.integers(1, 9), min_size=1, unique=True)
topics = st.dictionaries(st.integers(1, 4), st.tuples(st.integers(1, 7), members), max_size=4)
holdings = st.dictionaries(st.tuples(st.integers(1, 5), st.integers(0, 7)), st.integers(1, 9))


def readers_of(described: dict[int, tuple[int, list[int]]]) -> dict[Slot, list[int]]:
    return {
        (topic, number): members
        for topic, (partitions, members) in described.items()
        for number in range(partitions)
    }


@unhurried
@given(topics, holdings)
def test_every_partition_goes_to_one_of_its_readers(
    described: dict[int, tuple[int, list[int]]], held: dict[Slot, int]
) -> None:
    readers = readers_of(described)

    shares = share_out(readers, held)

    assert shares.keys() == readers.keys()
    assert all(shares[slot] in readers[slot] for slot in readers)


@unhurried
@given(topics, holdings)
def test_no_member_gets_two_partitions_of_a_topic_more_than_another(
    described: dict[int, tuple[int, list[int]]], held: dict[Slot, int]
) -> None:
    shares = share_out(readers_of(described), held)

    for topic, (_, members) in described.items():
        loads = Counter(member for slot, member in shares.items() if slot[0] == topic)
        assert max(loads[member] for member in members) - min(loads[member] for member in members) <= 1


@unhurried
@given(topics, holdings)
def test_shares_that_are_even_stay_as_they_are(
    described: dict[int, tuple[int, list[int]]], held: dict[Slot, int]
) -> None:
    readers = readers_of(described)
    shares = share_out(readers, held)

    assert share_out(readers, shares) == shares


def test_a_newcomer_takes_no_more_than_its_share() -> None:
    readers = {(1, number): [1, 2, 3] for number in range(6)}
    held = {(1, 0): 1, (1, 1): 2, (1, 2): 1, (1, 3): 2, (1, 4): 1, (1, 5): 2}

    shares = share_out(readers, held)

    moved = {slot for slot in shares if shares[slot] != held[slot]}
    assert {shares[slot] for slot in moved} == {3}
    assert len(moved) == 2


def test_topics_of_one_partition_are_spread_over_members() -> None:
    readers = {(topic, 0): [1, 2, 3] for topic in range(3)}

    assert sorted(share_out(readers, {}).values()) == [1, 2, 3]


@unhurried
@given(st.dictionaries(st.integers(), st.integers(1, 50), max_size=6), st.integers(0, 100), st.integers(0))
def test_shares_of_a_poll_are_full_and_even(waiting: dict[int, int], most: int, first: int) -> None:
    shares = fair_shares(waiting, most, first)

    assert sum(shares.values()) == min(most, sum(waiting.values()))
    assert all(0 < share <= waiting[partition] for partition, share in shares.items())
    unmet = [
        shares.get(partition, 0) for partition in waiting if shares.get(partition, 0) < waiting[partition]
    ]
    assert max(shares.values(), default=0) - min(unmet, default=most) <= 1


def test_partitions_take_turns_where_there_is_not_enough_for_all() -> None:
    waiting = {"a": 10, "b": 10, "c": 10}

    assert [list(fair_shares(waiting, 1, turn)) for turn in range(4)] == [["a"], ["b"], ["c"], ["a"]]
