"""What can't be applied stops its own partition, in front of it, and no other."""

from typing import Any

import pytest

from services.chassis.consuming.consumer_loop import Unreadable
from tests.chassis.consuming.bench import GROUP, TOPIC, Bench, counted, failing_once, value_of

POISON = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"7",
    b"null",
    b"{}",
    b'{"sequence":"2","previoussequence":"1"}',
    b'{"sequence":"two","previoussequence":"1","recordedtime":""}',
    b'{"sequence":null,"previoussequence":"1","recordedtime":""}',
]


def gauge(partition: int = 0) -> float:
    return counted(
        "bosatt_consumer_partition_stopped", group=GROUP, topic=TOPIC.topic, partition=str(partition)
    )


def refuse_bad(error: Exception) -> Any:
    def prepare(event: dict[str, Any]) -> dict[str, Any]:
        if event.get("bad"):
            raise error
        return event

    return prepare


@pytest.mark.parametrize("poison", POISON)
def test_a_record_that_can_not_be_decoded_stops_its_partition_alone(bench: Bench, poison: bytes) -> None:
    loop = bench.loop()
    bench.put((0, 1))
    bench.put_values(poison)
    bench.put((1, 3))
    bench.put((0, 2), partition=1)

    loop.step()
    bench.put((3, 4))
    bench.put((2, 5), partition=1)
    loop.step()

    assert (bench.applied(), bench.mark()) == ([1], (1, 1))
    assert (bench.applied(1), bench.mark(1)) == ([2, 5], (5, 2))
    assert (gauge(0), gauge(1)) == (1, 0)


def test_a_broken_chain_stops_its_partition_alone(bench: Bench) -> None:
    loop = bench.loop()
    bench.put((0, 2), (1, 3), (2, 4))
    bench.put((0, 1), partition=1)

    loop.step()

    assert (bench.applied(), bench.mark()) == ([2], (2, 1))
    assert bench.applied(1) == [1]
    assert gauge() == 1


@pytest.mark.parametrize("error", [Unreadable("unknown type"), KeyError("type"), RecursionError()])
def test_an_event_that_makes_no_sense_stops_its_partition_alone(bench: Bench, error: Exception) -> None:
    loop = bench.loop(prepare=refuse_bad(error))
    bench.put((0, 1))
    bench.put_values(value_of(1, 2, bad=True))
    bench.put((2, 3))
    bench.put((0, 4), partition=1)

    loop.step()

    assert (bench.applied(), bench.mark()) == ([1], (1, 1))
    assert bench.applied(1) == [4]


def test_a_repeat_is_skipped_before_anybody_asks_whether_it_makes_sense(bench: Bench) -> None:
    loop = bench.loop(prepare=refuse_bad(Unreadable("bad")))
    bench.put((0, 1))
    bench.put_values(value_of(0, 1, bad=True))
    bench.put((1, 2))

    loop.step()

    assert bench.applied() == [1, 2]


def test_a_stopped_partition_stays_stopped_after_a_restart_and_goes_on_where_code_was_mended(
    bench: Bench,
) -> None:
    before = bench.loop(prepare=refuse_bad(Unreadable("bad")))
    bench.put((0, 1))
    bench.put_values(value_of(1, 2, bad=True))
    before.step()
    before.close()
    unchanged = bench.loop(prepare=refuse_bad(Unreadable("bad")))
    unchanged.step()
    still = bench.applied(), gauge()
    unchanged.close()

    bench.loop().step()

    assert still == ([1], 1)
    assert bench.applied() == [1, 2]


def test_a_partition_read_anew_is_not_told_of_as_stopped_until_it_stops_again(bench: Bench) -> None:
    broken = [True]

    def prepare(event: dict[str, Any]) -> dict[str, Any]:
        if broken[0] and event.get("bad"):
            raise Unreadable("bad")
        return event

    loop = bench.loop(prepare=prepare)
    bench.put_values(value_of(0, 1, bad=True))
    loop.step()
    stopped = gauge()
    broken[0] = False
    loop._apply = failing_once(KeyError("for a test"))
    bench.put((0, 2), partition=1)
    with pytest.raises(KeyError):
        loop.step()
    loop.step()

    assert (stopped, gauge()) == (1, 0)
    assert bench.applied() == [1]
