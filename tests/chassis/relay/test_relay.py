"""Every event goes to the log in order; sequences are given once, whatever fails on the way."""

import orjson
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from services.chassis.log.port import LogUnreachable, SendFailed
from services.chassis.metrics import REGISTRY
from tests.chassis.relay.bench import (
    BERGEN,
    OSLO,
    SERVICE,
    STAVANGER,
    TOPIC,
    Bench,
    failing,
    sequences_in,
)
from tests.flow.faulty_log import Fault, Trouble

SIX = (OSLO, OSLO, BERGEN, STAVANGER, OSLO, BERGEN)


def applied(bench: Bench) -> dict[int, list[int]]:
    """What a consumer that keeps to the chain would apply."""
    found: dict[int, list[int]] = {}
    for partition, links in bench.on_log().items():
        mark, found[partition] = 0, []
        for previous, sequence in links:
            if previous == mark and sequence > mark:
                mark = sequence
                found[partition].append(sequence)
    return found


def by_partition(*keys: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {partition: [] for partition in range(TOPIC.partitions)}
    for sequence, key in enumerate(keys, 1):
        found[TOPIC.partition_of(key)].append(sequence)
    return found


def test_events_get_dense_sequences_from_one_and_each_partition_a_chain_from_nought(bench: Bench) -> None:
    bench.append(*SIX)

    bench.relay().step()

    assert bench.sequences() == [1, 2, 3, 4, 5, 6]
    for partition, sequences in by_partition(*SIX).items():
        assert bench.on_log()[partition] == list(zip([0, *sequences], sequences, strict=False))


def test_a_record_is_the_event_as_stored_with_its_place_in_the_chain(bench: Bench) -> None:
    (recorded,) = bench.append(OSLO)

    bench.relay().step()

    record = bench.log.read(TOPIC, TOPIC.partition_of(OSLO), 0, 1)[0]
    assert record.key == OSLO.encode()
    told = orjson.loads(record.value)
    assert told.pop("id").startswith("event-")
    assert len(told.pop("subject")) == len("00000000-0000-0000-0000-000000000000")
    assert told == {
        "recordedtime": recorded,
        "sequence": "00000000000000000001",
        "previoussequence": "00000000000000000000",
    }


def test_a_step_says_whether_there_may_be_more(bench: Bench) -> None:
    bench.append(*SIX[:5])
    relay = bench.relay(batch=2)

    assert [relay.step() for _ in range(4)] == [True, True, False, False]
    assert bench.cursor() == 5


def test_a_restarted_relay_goes_on_where_the_last_one_ended(bench: Bench) -> None:
    bench.append(*SIX[:3])
    first = bench.relay("one")
    first.step()
    first.close()
    bench.append(*SIX[3:])

    bench.relay("two").step()

    assert [sequences_in(records) for records in bench.log.sends] == [[1, 2, 3], [4, 5, 6]]
    assert applied(bench) == by_partition(*SIX)


def test_sequences_are_the_same_after_a_crash_between_giving_and_sending_them(bench: Bench) -> None:
    bench.append(*SIX[:3])
    relay = bench.relay("one")
    bench.log.faults.append(Fault(Trouble.UNREACHABLE))
    failing(relay)
    given = bench.sequences()
    bench.append(*SIX[3:])
    bench.clock.move(11)

    bench.relay("two").step()

    assert given == [1, 2, 3]
    assert applied(bench) == by_partition(*SIX)


@pytest.mark.parametrize("trouble", [one for one in Trouble if one is not Trouble.TWICE])
def test_after_a_failed_send_a_new_producer_sends_everything_after_the_cursor(
    bench: Bench, trouble: Trouble
) -> None:
    bench.append(OSLO)
    relay = bench.relay()
    relay.step()
    bench.append(*[OSLO] * 4)
    bench.log.faults.append(Fault(trouble, 1))

    failing(relay)
    cursor, producers = bench.cursor(), bench.log.producers
    relay.step()
    bench.log.let_late_records_arrive()

    assert (cursor, producers) == (1, 2)
    assert [sequences_in(records) for records in bench.log.sends[1:]] == [[2, 3, 4, 5]] * 2
    assert bench.cursor() == 5
    assert applied(bench) == by_partition(*[OSLO] * 5)


def test_offsets_that_do_not_rise_are_a_send_error(bench: Bench) -> None:
    bench.append(OSLO, OSLO)
    bench.log.faults.append(Fault(Trouble.SWAPPED, 0))
    relay = bench.relay()

    assert isinstance(failing(relay), SendFailed)
    assert bench.on_log()[TOPIC.partition_of(OSLO)] == [(1, 2), (0, 1)]
    assert bench.cursor() == 0


def test_an_offset_below_one_acknowledged_in_an_earlier_send_is_a_send_error(bench: Bench) -> None:
    """A log that has lost its end would else leave a hole that nobody sends again."""
    bench.append(OSLO, BERGEN)
    relay = bench.relay()
    relay.step()
    relay.close()
    with bench.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE chains SET acknowledged_offset = acknowledged_offset + 10")
    bench.append(OSLO)

    assert isinstance(failing(bench.relay("two")), SendFailed)
    assert bench.cursor() == 2


def test_records_that_arrive_twice_move_the_cursor_once(bench: Bench) -> None:
    bench.append(OSLO, OSLO)
    bench.log.faults.append(Fault(Trouble.TWICE))

    bench.relay().step()

    assert bench.cursor() == 2
    assert applied(bench) == by_partition(OSLO, OSLO)


def test_when_the_log_can_not_be_opened_anew_another_relay_may_try_at_once(bench: Bench) -> None:
    bench.append(OSLO)
    relay = bench.relay("one")
    relay.step()
    bench.append(OSLO)
    bench.log.down = True

    assert isinstance(failing(relay), LogUnreachable)
    bench.log.down = False
    bench.relay("two").step()

    assert bench.cursor() == 2


def test_a_database_that_fails_when_the_cursor_moves_costs_a_repeat_and_nothing_else(bench: Bench) -> None:
    bench.append(*SIX)
    relay = bench.relay()
    failed = []

    @event.listens_for(bench.store.database.engine, "commit")
    def commit(connection) -> None:
        # What is written first after a send is the cursor.
        writes = connection.get_execution_options()["bosatt_begin"] == "write"
        if writes and bench.log.sends and not failed:
            failed.append(connection)
            raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    with pytest.raises(OperationalError):
        relay.step()
    assert (bench.cursor(), len(bench.log.sends)) == (0, 1)
    relay.step()

    assert bench.cursor() == 6
    assert applied(bench) == by_partition(*SIX)


def test_it_tells_what_it_published_and_why_it_began_anew(bench: Bench) -> None:
    def value(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, {"service": SERVICE, **labels}) or 0.0

    published = value("bosatt_relay_published_total")
    failures = value("bosatt_relay_failures_total", reason="SendFailed")
    bench.append(*SIX)
    relay = bench.relay()
    bench.log.faults.append(Fault(Trouble.UNACKNOWLEDGED))

    failing(relay)
    relay.step()
    leads = value("bosatt_relay_leader")
    relay.close()

    assert value("bosatt_relay_published_total") == published + 6
    assert value("bosatt_relay_failures_total", reason="SendFailed") == failures + 1
    assert (leads, value("bosatt_relay_leader")) == (1, 0)
