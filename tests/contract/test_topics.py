"""Topics, their generations and the partition of a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contract.topics import PARTITIONS, TopicGeneration, murmur2, topic_of


@pytest.mark.parametrize(
    ("data", "signed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_gives_what_kafkas_own_clients_give(data, signed):
    hashed = murmur2(data)

    assert 0 <= hashed < 2**32
    assert (hashed - 2**32 if hashed >= 2**31 else hashed) == signed


def test_murmur2_takes_an_empty_key():
    assert murmur2(b"") == 275646681


def test_the_first_generation_bears_the_topics_own_name_and_later_ones_a_number():
    assert TopicGeneration("bosatt.decisions", 1).name == "bosatt.decisions"
    assert TopicGeneration("bosatt.decisions", 2).name == "bosatt.decisions.2"


def test_a_partition_is_the_hash_without_its_sign_modulo_the_number_of_partitions():
    generation = TopicGeneration("bosatt.requests", 1, 7)

    assert generation.partition_of("foobar") == (-790332482 & 0x7FFFFFFF) % 7


@given(st.text(max_size=20), st.integers(1, 64))
def test_a_key_has_one_partition_and_always_the_same(key, partitions):
    first = TopicGeneration("bosatt.requests", 1, partitions).partition_of(key)
    again = TopicGeneration("bosatt.settlements", 3, partitions).partition_of(key)

    assert first == again
    assert 0 <= first < partitions


def test_the_municipalities_of_today_reach_every_partition():
    from services.contract.regions import Level, registry

    generation = TopicGeneration("bosatt.settlements", 1)

    used = {generation.partition_of(region.code) for region in registry().at_level(Level.MUNICIPALITY, 2024)}

    assert used == set(range(PARTITIONS))


def test_operations_stand_in_one_order():
    assert topic_of("operations") == TopicGeneration("bosatt.operations", 1, 1)
    assert topic_of("settlements") == TopicGeneration("bosatt.settlements", 1, PARTITIONS)
