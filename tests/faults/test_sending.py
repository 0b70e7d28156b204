"""What goes wrong between a relay and a broker loses nothing and counts nothing twice."""

from collections.abc import Sequence

import pytest

from services.chassis.log.kafka import KafkaLog
from services.chassis.log.kafka.producer import KafkaLogProducer
from services.chassis.log.port import LogError, OutgoingRecord, Producer, SendFailed
from services.chassis.metrics import CONSUMER_DUPLICATES, LOG_GAPS
from services.chassis.problems import Problem
from services.chassis.relay.outbox import backlog
from services.chassis.relay.restore import restore
from services.contract.topics import HEARTBEATS, TopicGeneration
from services.running.servers.kafka import KafkaBrokers
from tests.faults.backup import put_back, take
from tests.faults.chain import TIMING, TOPIC, Chain, until
from tests.faults.children import Children

pytestmark = pytest.mark.sockets


class _ExpiringProducer:
    """Sends for real, but its first send in two halves, between which the broker dies and comes back.

    The first half expires in the client while nobody is there; the second, of the same client,
    gets through.
    """

    def __init__(self, real: KafkaLogProducer, brokers: KafkaBrokers, troubles: list[str]) -> None:
        self._real, self._brokers, self._troubles = real, brokers, troubles

    def send(self, records: Sequence[OutgoingRecord]) -> list[int]:
        if not self._troubles:
            return self._real.send(records)
        self._troubles.pop()
        client, half = self._real._client, len(records) // 2
        client.partitions_for(TOPIC.name)
        self._brokers.kill(1)
        early = [self._hand_over(client, record) for record in records[:half]]
        client.flush(timeout=60)
        self._brokers.restart(1)
        late = [self._hand_over(client, record) for record in records[half:]]
        client.flush(timeout=60)
        assert all(one.failed() for one in early)
        assert all(one.succeeded() for one in late)
        raise SendFailed("The early ones have expired.")

    def close(self) -> None:
        self._real.close()

    def _hand_over(self, client, record: OutgoingRecord):
        return client.send(TOPIC.name, record.value, record.key.encode(), partition=record.partition)


class _ExpiringLog(KafkaLog):
    brokers: KafkaBrokers
    troubles: list[str]

    def producer(self, topic: TopicGeneration, token: int) -> Producer:
        real = super().producer(topic, token)
        if topic.topic == HEARTBEATS:
            return real
        assert isinstance(real, KafkaLogProducer)
        return _ExpiringProducer(real, self.brokers, self.troubles)


def test_early_batches_that_expire_while_a_later_one_gets_through_are_not_lost(
    chain: Chain, brokers: KafkaBrokers
) -> None:
    log = _ExpiringLog(brokers.bootstrap, timing=TIMING)
    log.brokers, log.troubles = brokers, ["expire"]
    relay = chain.relay("relay", log=log)
    projector = chain.projector()
    gaps = LOG_GAPS.labels(TOPIC.topic)._value.get()
    chain.settle(20)
    with pytest.raises(SendFailed):
        relay.step()
    on_log = {sequence for found in chain.on_log().values() for sequence in found}
    until(lambda: _read_to_the_end(chain, projector), projector.step)
    chain.settle(20)

    until(chain.projected, relay.step, projector.step)

    assert on_log == set(range(11, 21))
    assert LOG_GAPS.labels(TOPIC.topic)._value.get() > gaps
    assert chain.totals() == chain.ledger.totals()
    log.close()


def _read_to_the_end(chain: Chain, projector) -> bool:
    at = {
        partition.number: mark.offset
        for partition, mark in projector._loop.assignment().items()
        if partition.topic == TOPIC
    }
    return at == dict(enumerate(chain.log.end_offsets(TOPIC)))


def test_an_old_leader_that_wakes_up_among_the_new_ones_sends_adds_nothing(
    chain: Chain, children: Children
) -> None:
    chain.settle(30)
    old = children.start("relay")
    children.wait_until_stopped(old)
    relay, projector = chain.relay("new", batch=10), chain.projector()
    duplicates = CONSUMER_DUPLICATES.labels(TOPIC.topic)._value.get()
    chain.settle(30)
    until(lambda: len(chain.sequences()) >= 20, relay.step)

    children.wake(old)
    until(lambda: children.told("sent-late"))
    chain.settle(10)
    until(chain.projected, relay.step, projector.step)

    assert sorted(sequence for found in chain.on_log().values() for sequence in found)[:4] == [1, 1, 2, 2]
    assert CONSUMER_DUPLICATES.labels(TOPIC.topic)._value.get() >= duplicates + 30
    assert [sequence for sequence, _ in chain.sequences()] == list(range(1, 71))
    assert chain.totals() == chain.ledger.totals()


def test_without_a_broker_commands_are_stored_and_the_backlog_drains_in_order_when_it_is_back(
    chain: Chain, brokers: KafkaBrokers
) -> None:
    relay, projector = chain.relay("relay", batch=15), chain.projector()
    chain.settle(5)
    until(chain.projected, relay.step, projector.step)
    brokers.kill(1)

    chain.settle(60)
    with pytest.raises(LogError):
        relay.step()
    stored = backlog(chain.store.database).events
    brokers.restart(1)
    until(chain.projected, relay.step, projector.step)

    assert stored == 60
    for found in chain.on_log().values():
        assert list(dict.fromkeys(found)) == sorted(found)
    assert [sequence for sequence, _ in chain.sequences()] == list(range(1, 66))
    assert chain.totals() == chain.ledger.totals()


def test_a_store_restored_from_an_older_back_up_is_closed_until_it_is_filled_from_the_log(
    chain: Chain,
) -> None:
    first, projector = chain.relay("first"), chain.projector()
    chain.settle(20)
    until(chain.relayed, first.step)
    copy = take(chain.store.database, chain.folder)
    chain.settle(25)
    until(chain.projected, first.step, projector.step)
    first.close()
    put_back(chain.store.database, copy)
    chain.open_store()

    second = chain.relay("second")
    # The copy says that the first still leads, for a while.
    until(chain.closed, second.step)
    with pytest.raises(Problem):
        chain.settle(1)
    second.close()
    filled = restore(chain.store, chain.log, TOPIC)
    chain.settle(15)
    until(chain.projected, chain.relay("third").step, projector.step)

    assert filled == 25
    assert [sequence for sequence, _ in chain.sequences()] == list(range(1, 61))
    assert chain.totals() == chain.ledger.totals()
