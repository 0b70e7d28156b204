"""What was sent is sent again, in order, beside whatever relay runs."""

import pytest
from sqlalchemy import update

from services.chassis.database import Overtaken
from services.chassis.log.port import LogUnreachable, SendFailed
from services.chassis.relay.lease import LeaseLost
from services.chassis.relay.resend import ATTEMPTS, CantResend, resend
from services.chassis.store.tables import chains, relays
from tests.chassis.relay.bench import BERGEN, OSLO, TOPIC, Bench
from tests.flow.faulty_log import Fault, Trouble


def again(bench: Bench, first: int, **others: object) -> int:
    waits: list[float] = []
    return resend(
        bench.store, bench.log, TOPIC, first, "operator", clock=bench.clock, wait=waits.append, **others
    )


def relayed(bench: Bench, *keys: str) -> None:
    bench.append(*keys)
    relay = bench.relay()
    relay.step()
    relay.close()


def test_everything_from_a_sequence_on_is_sent_again_in_order(bench: Bench) -> None:
    relayed(bench, OSLO, BERGEN, OSLO, OSLO)
    before = bench.on_log()

    count = again(bench, 3)

    oslo, bergen = TOPIC.partition_of(OSLO), TOPIC.partition_of(BERGEN)
    assert count == 2
    assert bench.on_log()[oslo] == [*before[oslo], (1, 3), (3, 4)]
    assert bench.on_log()[bergen] == before[bergen]
    assert bench.cursor() == 4


def test_it_is_sent_in_batches(bench: Bench) -> None:
    relayed(bench, *[OSLO] * 7)

    count = again(bench, 1, batch=3)

    assert count == 7
    assert [len(sent) for sent in bench.log.sends[-3:]] == [3, 3, 1]


def test_what_was_never_sent_is_left_to_the_relay(bench: Bench) -> None:
    relayed(bench, OSLO, OSLO)
    bench.append(OSLO)

    assert again(bench, 2) == 1
    relay = bench.relay()
    relay.step()

    assert bench.on_log()[TOPIC.partition_of(OSLO)] == [(0, 1), (1, 2), (1, 2), (2, 3)]


def test_of_what_waits_behind_the_cursor_nothing_is_sent(bench: Bench) -> None:
    relayed(bench, OSLO)
    bench.append(OSLO, OSLO)
    relay = bench.relay("two")
    bench.log.faults.append(Fault(Trouble.UNREACHABLE))
    with pytest.raises(LogUnreachable):
        relay.step()
    relay.close()

    assert again(bench, 3) == 0
    assert bench.cursor() == 1


@pytest.mark.parametrize("first", [3, 99])
def test_a_sequence_that_was_never_given_is_refused(bench: Bench, first: int) -> None:
    relayed(bench, OSLO, OSLO)

    with pytest.raises(CantResend, match=f"Sequence {first} was never given: the last one is 2"):
        again(bench, first)

    assert bench.cursor() == 2


@pytest.mark.parametrize("first", [0, -1])
def test_there_is_no_sequence_below_the_first(bench: Bench, first: int) -> None:
    relayed(bench, OSLO)

    with pytest.raises(CantResend, match="never given"):
        again(bench, first)


def test_a_store_that_was_never_relayed_has_nothing_to_send(bench: Bench) -> None:
    with pytest.raises(CantResend, match="the last one is 0"):
        again(bench, 1)


def test_while_the_service_is_closed_nothing_is_sent(bench: Bench) -> None:
    relayed(bench, OSLO)
    with bench.store.database.write() as connection:
        connection.execute(update(relays).values(closed="The log holds more."))

    with pytest.raises(CantResend, match="holds more"):
        again(bench, 1)


def test_the_relay_that_leads_loses_the_lease_and_goes_on_afterwards(bench: Bench) -> None:
    bench.append(OSLO, OSLO)
    leading = bench.relay("leading")
    leading.step()

    again(bench, 1)
    bench.append(OSLO)
    for _ in range(3):
        leading.step()

    assert bench.on_log()[TOPIC.partition_of(OSLO)] == [(0, 1), (1, 2), (0, 1), (1, 2), (2, 3)]
    assert bench.cursor() == 3


def test_a_leader_in_the_middle_of_a_send_moves_nothing(bench: Bench) -> None:
    bench.append(OSLO, OSLO)
    leading = bench.relay("leading")
    leading.step()
    bench.append(OSLO)
    send = leading._leading.producer.send

    def overtaken(records):
        offsets = send(records)
        again(bench, 1)
        return offsets

    leading._leading.producer.send = overtaken
    leading.step()
    after = bench.cursor()
    leading.step()

    assert after == 2
    assert bench.cursor() == 3


def test_a_send_that_fails_leaves_the_rest_to_the_next_leader(bench: Bench) -> None:
    relayed(bench, *[OSLO] * 6)
    bench.log.faults.append(Fault(Trouble.TWICE))
    bench.log.faults.append(Fault(Trouble.EARLY_LOST, 0))

    with pytest.raises(SendFailed):
        again(bench, 1, batch=2)
    after = bench.cursor()
    relay = bench.relay("two")
    relay.step()

    assert (after, bench.cursor()) == (2, 6)
    chain = bench.on_log()[TOPIC.partition_of(OSLO)]
    assert [sequence for _, sequence in chain[-4:]] == [3, 4, 5, 6]


def test_an_acknowledgement_that_does_not_rise_is_a_failure(bench: Bench) -> None:
    relayed(bench, OSLO, OSLO, OSLO)
    bench.log.faults.append(Fault(Trouble.SWAPPED, 0))

    with pytest.raises(SendFailed, match="does not rise"):
        again(bench, 1)

    assert bench.cursor() == 0


def test_a_log_that_has_lost_its_end_takes_the_records_at_the_offsets_of_before(bench: Bench) -> None:
    relayed(bench, OSLO)
    with bench.store.database.write() as connection:
        connection.execute(update(chains).values(acknowledged_offset=1_000))

    assert again(bench, 1) == 1

    relayed(bench, OSLO)
    assert bench.on_log()[TOPIC.partition_of(OSLO)] == [(0, 1), (0, 1), (1, 2)]


def test_who_takes_the_lease_meanwhile_sends_the_rest(bench: Bench) -> None:
    relayed(bench, *[OSLO] * 4)
    real = bench.log.producer

    def producer(topic, token):
        made = real(topic, token)
        send = made.send

        def slow(records):
            offsets = send(records)
            bench.clock.move(31)
            bench.log.producer = real
            bench.relay("other").step()
            return offsets

        made.send = slow
        return made

    bench.log.producer = producer

    with pytest.raises(LeaseLost):
        again(bench, 1, batch=2)

    assert bench.cursor() == 4


def test_a_leader_that_is_faster_each_time_is_told_of(bench: Bench, monkeypatch) -> None:
    relayed(bench, OSLO)
    waits: list[float] = []
    monkeypatch.setattr(
        "services.chassis.relay.resend._set_back", lambda *_: (_ for _ in ()).throw(Overtaken)
    )

    with pytest.raises(CantResend, match="Try again"):
        resend(bench.store, bench.log, TOPIC, 1, "operator", clock=bench.clock, wait=waits.append)

    assert len(waits) == ATTEMPTS
