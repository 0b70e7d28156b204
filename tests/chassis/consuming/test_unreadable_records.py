"""What can't be read is passed; a chain that is broken stops its own partition and no other."""

from typing import Any

import pytest

from services.chassis.consuming.consumer_loop import Sifted, Unreadable
from services.chassis.consuming.records import NOT_IN_CHAIN, UNDECODABLE
from tests.chassis.consuming.bench import GROUP, TOPIC, Bench, counted, failing_once, value_of

RECORDED = '"recordedtime":"2024-06-01T12:00:02.000000Z"'
FIRST, SECOND = "0" * 19 + "1", "0" * 19 + "2"

OUTSIDE_THE_CHAIN = [
    b"",
    b"{",
    b"\xff\xfe",
    b'{"sequence":"\xff"}',
    b"[]",
    b"7",
    b"null",
    b"NaN",
    b'{"sequence":NaN}',
    b'{"sequence":1e999}',
    b"[" * 5_000 + b"]" * 5_000,
    b'{"sequence":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b"{}",
    f'{{"sequence":"{SECOND}",{RECORDED}}}'.encode(),
    f'{{"previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":"two","previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":"2","previoussequence":"1",{RECORDED}}}'.encode(),
    f'{{"sequence":2,"previoussequence":1,{RECORDED}}}'.encode(),
    f'{{"sequence":2.0,"previoussequence":1.0,{RECORDED}}}'.encode(),
    f'{{"sequence":true,"previoussequence":false,{RECORDED}}}'.encode(),
    f'{{"sequence":null,"previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":["{SECOND}"],"previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":"-{SECOND[1:]}","previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":" {SECOND[1:]}","previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":"{"0" * 17}1_0","previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":"{"0" * 19}²","previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":"{"0" * 19}２","previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":"{2**63:020d}","previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":"{"9" * 20}","previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
    f'{{"sequence":"{"0" * 5_000}2","previoussequence":"{FIRST}",{RECORDED}}}'.encode(),
]

WITHOUT_A_TIME = [
    "",
    ',"recordedtime":null',
    ',"recordedtime":1717243202',
    ',"recordedtime":""',
    ',"recordedtime":"2024-06-01T12:00:02Z"',
    ',"recordedtime":"2024-06-01 12:00:02.000000Z"',
    ',"recordedtime":"2024-06-01T12:00:02.000000+01:00"',
    ',"recordedtime":"2024-13-01T12:00:02.000000Z"',
    ',"recordedtime":"2024-06-01T24:00:02.000000Z"',
    ',"recordedtime":"2024-W22-6T12:00:02.000000Z"',
    ',"recordedtime":"２024-06-01T12:00:02.000000Z"',
    ',"recordedtime":["2024-06-01T12:00:02.000000Z"]',
]


def gauge(partition: int = 0) -> float:
    return counted(
        "bosatt_consumer_partition_stopped", group=GROUP, topic=TOPIC.topic, partition=str(partition)
    )


def unreadable() -> float:
    return counted("bosatt_consumer_unreadable_total", group=GROUP, topic=TOPIC.topic)


def refuse_bad(error: Exception) -> Any:
    def prepare(event: dict[str, Any]) -> dict[str, Any]:
        if event.get("bad"):
            raise error
        return event

    return prepare


class Sifter:
    """Keeps what it is given, and applies what can be applied."""

    def __init__(self) -> None:
        self.unread: list[Any] = []

    def __call__(self, _connection: Any, batch: Any) -> Sifted:
        self.unread += [one for judged in batch for one in judged.unread]
        return Sifted([one for judged in batch for one in judged.events], self.unread)


@pytest.mark.parametrize("poison", OUTSIDE_THE_CHAIN)
def test_a_record_outside_the_chain_is_passed_and_leaves_the_mark(bench: Bench, poison: bytes) -> None:
    sifter = Sifter()
    loop = bench.loop(sift=sifter)
    before = unreadable()
    bench.put((0, 1))
    bench.put_values(poison)
    bench.put((1, 3))
    bench.put((0, 2), partition=1)

    loop.step()

    assert (bench.applied(), bench.mark()) == ([1, 3], (3, 3))
    assert (bench.applied(1), bench.mark(1)) == ([2], (2, 1))
    (found,) = sifter.unread
    assert found.reason in {UNDECODABLE, NOT_IN_CHAIN}
    assert (found.sequence, found.previous, found.record.offset) == (None, None, 1)
    assert (unreadable() - before, gauge()) == (1, 0)


@pytest.mark.parametrize("time", WITHOUT_A_TIME)
def test_an_event_without_its_recorded_time_is_passed_and_moves_the_mark(bench: Bench, time: str) -> None:
    sifter = Sifter()
    loop = bench.loop(sift=sifter)
    bench.put((0, 1))
    bench.put_values(f'{{"sequence":"{SECOND}","previoussequence":"{FIRST}"{time}}}'.encode())
    bench.put((2, 3))

    loop.step()

    assert (bench.applied(), bench.mark()) == ([1, 3], (3, 3))
    (found,) = sifter.unread
    assert (found.sequence, found.previous, found.reason) == (
        2,
        1,
        "does not fit its schema (recordedtime)",
    )


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unreadable("unknown type"), "unknown type"),
        (KeyError("type"), "can't be prepared (KeyError)"),
        (RecursionError(), "can't be prepared (RecursionError)"),
    ],
)
def test_an_event_that_makes_no_sense_is_passed_and_moves_the_mark(
    bench: Bench, error: Exception, reason: str
) -> None:
    sifter = Sifter()
    loop = bench.loop(prepare=refuse_bad(error), sift=sifter)
    bench.put((0, 1))
    bench.put_values(value_of(1, 2, bad=True))
    bench.put((2, 3))

    loop.step()

    assert (bench.applied(), bench.mark()) == ([1, 3], (3, 3))
    assert [(one.sequence, one.previous, one.reason) for one in sifter.unread] == [(2, 1, reason)]


def test_the_last_event_that_tells_its_recorded_time_gives_that_of_the_mark(bench: Bench) -> None:
    loop = bench.loop(prepare=refuse_bad(Unreadable("bad")))
    bench.put((0, 1))
    bench.put_values(value_of(1, 2, bad=True), value_of(2, 3, recordedtime="soon"))

    loop.step()

    (mark,) = (one for partition, one in loop.assignment().items() if partition.number == 0)
    assert (mark.sequence, mark.recorded_time) == (3, "2024-06-01T12:00:02.000000Z")


def test_a_lack_of_memory_is_not_the_events_fault(bench: Bench) -> None:
    loop = bench.loop(prepare=refuse_bad(MemoryError()))
    bench.put_values(value_of(0, 1, bad=True))

    with pytest.raises(MemoryError):
        loop.step()

    assert bench.mark() == (0, 0)


@pytest.mark.parametrize(("previous", "sequence"), [(0, 1), (2, 3)], ids=["repeat", "hole"])
def test_a_repeat_or_a_hole_is_nothing_else_whether_or_not_it_makes_sense(
    bench: Bench, previous: int, sequence: int
) -> None:
    sifter = Sifter()
    loop = bench.loop(prepare=refuse_bad(Unreadable("bad")), sift=sifter)
    bench.put((0, 1))
    bench.put_values(value_of(previous, sequence, bad=True))
    bench.put((1, 2))

    loop.step()

    assert (bench.applied(), bench.mark()) == ([1, 2], (2, 3))
    assert sifter.unread == []


def test_what_was_put_aside_is_forgotten_with_its_batch(bench: Bench) -> None:
    before = unreadable()
    loop = bench.loop(apply=failing_once(KeyError("for a test")))
    bench.put((0, 1))
    bench.put_values(b"{")
    with pytest.raises(KeyError):
        loop.step()
    forgotten = unreadable() - before

    loop.step()

    assert (forgotten, unreadable() - before, bench.applied()) == (0, 1, [1])


def test_a_broken_chain_stops_its_partition_alone_in_front_of_it(bench: Bench) -> None:
    loop = bench.loop()
    bench.put((0, 2), (1, 3), (2, 4))
    bench.put((0, 1), partition=1)

    loop.step()
    bench.put((2, 4))
    bench.put((1, 5), partition=1)
    loop.step()

    assert (bench.applied(), bench.mark()) == ([2], (2, 1))
    assert bench.applied(1) == [1, 5]
    assert (gauge(), gauge(1)) == (1, 0)


def test_a_broken_chain_stops_its_partition_also_where_its_event_makes_no_sense(bench: Bench) -> None:
    loop = bench.loop(prepare=refuse_bad(Unreadable("bad")))
    bench.put((0, 2))
    bench.put_values(value_of(1, 3, bad=True))

    loop.step()

    assert (bench.applied(), bench.mark(), gauge()) == ([2], (2, 1), 1)


def test_a_stopped_partition_stays_stopped_after_a_restart(bench: Bench) -> None:
    before = bench.loop()
    bench.put((0, 2), (1, 3))
    before.step()
    before.close()

    bench.loop().step()

    assert (bench.applied(), gauge()) == ([2], 1)


def test_a_partition_read_anew_is_not_told_of_as_stopped_until_it_stops_again(bench: Bench) -> None:
    loop = bench.loop()
    bench.put((0, 2), (1, 3))
    loop.step()
    stopped = gauge()
    loop._apply = failing_once(KeyError("for a test"))
    bench.put((0, 1), partition=1)
    with pytest.raises(KeyError):
        loop.step()
    loop._go_to_marks()

    assert (stopped, gauge()) == (1, 0)
