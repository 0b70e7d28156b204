"""What every event log must do, as tests that each adapter runs on itself."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from uuid import uuid4

import pytest

from services.chassis.log.port import (
    EventLog,
    LogError,
    LogRecord,
    OutgoingRecord,
    Partition,
    Producer,
)
from services.contract.topics import TopicGeneration
from tests.chassis.log.reading_group import Read, ReadingGroup, place, read_in

PARTITIONS = 3

OpenGroup = Callable[..., ReadingGroup]


def numbered(count: int, partition: int | None = None, begin: int = 0) -> list[OutgoingRecord]:
    """Records that say their number, in one partition or going round all."""
    return [
        OutgoingRecord(number % PARTITIONS if partition is None else partition, "0301", b"%d" % number)
        for number in range(begin, begin + count)
    ]


def values(records: Sequence[LogRecord | Read]) -> list[bytes]:
    return [record.value for record in records]


def by_partition(records: Sequence[Read]) -> dict[Partition, list[Read]]:
    parted = defaultdict(list)
    for record in records:
        parted[Partition(record.topic, record.partition)].append(record)
    return parted


class EventLogContract:
    """Inherit, give a ``log``, and be tested.

    ``patience`` is how many seconds a group may take to share out its partitions or to bring
    what was written.
    """

    patience = 10.0

    @pytest.fixture
    def log(self) -> Iterator[EventLog]:
        """A log, not necessarily empty, that is closed at the end."""
        raise NotImplementedError

    @pytest.fixture
    def new_topic(self, log: EventLog) -> Callable[[], TopicGeneration]:
        def make() -> TopicGeneration:
            topic = TopicGeneration(f"bosatt.contract-{uuid4()}", 1, PARTITIONS)
            log.ensure([topic])
            return topic

        return make

    @pytest.fixture
    def topic(self, new_topic: Callable[[], TopicGeneration]) -> TopicGeneration:
        """An empty topic that nothing else uses."""
        return new_topic()

    @pytest.fixture
    def producer(self, log: EventLog, topic: TopicGeneration) -> Iterator[Producer]:
        producer = log.producer(topic, 1)
        yield producer
        producer.close()

    @pytest.fixture
    def group(self, log: EventLog, topic: TopicGeneration) -> Iterator[OpenGroup]:
        """Opens groups, each of its own name, over the topic or over others."""
        with ExitStack() as stack:

            def opened(*topics: TopicGeneration) -> ReadingGroup:
                group: AbstractContextManager[ReadingGroup] = ReadingGroup(
                    log, f"group-{uuid4()}", topics or [topic], self.patience
                )
                return stack.enter_context(group)

            yield opened

    # Topics

    def test_an_empty_topic_ends_where_it_begins(self, log: EventLog, topic: TopicGeneration) -> None:
        assert log.end_offsets(topic) == [0] * PARTITIONS
        assert list(log.read(topic, 0, 0, 10)) == []

    def test_a_topic_may_be_ensured_again(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        producer.send(numbered(3))

        log.ensure([topic, topic])

        assert values(log.read(topic, 2, 0, 10)) == [b"2"]

    def test_a_topic_with_other_partitions_is_refused(self, log: EventLog, topic: TopicGeneration) -> None:
        other = TopicGeneration(topic.topic, topic.generation, PARTITIONS + 1)

        with pytest.raises(LogError):
            log.ensure([other])

    def test_generations_of_a_topic_are_apart(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        second = TopicGeneration(topic.topic, 2, PARTITIONS + 1)
        log.ensure([second])

        producer.send(numbered(6))

        assert log.end_offsets(second) == [0] * (PARTITIONS + 1)

    # Writing

    def test_each_record_is_read_back_at_the_offset_that_its_send_returned(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        records = numbered(10)

        offsets = producer.send(records)

        for record, offset in zip(records, offsets, strict=True):
            (read,) = log.read(topic, record.partition, offset, 1)
            assert (read.offset, read.key, read.value) == (offset, record.key.encode(), record.value)

    def test_offsets_rise_within_a_partition_from_send_to_send(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        offsets = [offset for begin in range(0, 20, 5) for offset in producer.send(numbered(5, 0, begin))]

        assert offsets[0] == 0
        assert offsets == sorted(set(offsets))
        assert values(log.read(topic, 0, 0, 100)) == [b"%d" % number for number in range(20)]

    def test_a_send_of_nothing_writes_nothing(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        assert producer.send([]) == []
        assert log.end_offsets(topic) == [0] * PARTITIONS

    def test_records_that_are_sent_again_stand_behind_the_first(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        first = producer.send(numbered(3, 0))

        again = producer.send(numbered(3, 0))

        assert min(again) > max(first)
        assert values(log.read(topic, 0, 0, 10)) == [b"0", b"1", b"2", b"0", b"1", b"2"]

    def test_the_end_offset_is_the_next_records(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        producer.send(numbered(7, partition=1))

        end = log.end_offsets(topic)[1]

        assert producer.send(numbered(1, partition=1)) == [end]

    @pytest.mark.parametrize("key", ["", "0301", "Guovdageaidnu – Kautokeino", "a\x00b", "'; --", "𝔅" * 50])
    def test_any_text_is_a_key(
        self, log: EventLog, topic: TopicGeneration, producer: Producer, key: str
    ) -> None:
        producer.send([OutgoingRecord(0, key, b"{}")])

        assert log.read(topic, 0, 0, 1)[0].key == key.encode()

    @pytest.mark.parametrize("value", [b"", b"\x00\xff\x00", bytes(range(256)), b"x" * 500_000])
    def test_any_bytes_are_a_value(
        self, log: EventLog, topic: TopicGeneration, producer: Producer, value: bytes
    ) -> None:
        producer.send([OutgoingRecord(0, "0301", value)])

        assert log.read(topic, 0, 0, 1)[0].value == value

    def test_a_partition_that_the_topic_has_not_is_refused_with_all_that_is_sent_with_it(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        with pytest.raises(LogError):
            producer.send([*numbered(2), OutgoingRecord(PARTITIONS, "0301", b"nowhere")])

        assert log.end_offsets(topic) == [0] * PARTITIONS

    # Tokens: whether a log shuts out lower ones is its own affair

    def test_a_new_producer_with_the_same_token_goes_on(self, log: EventLog, topic: TopicGeneration) -> None:
        log.producer(topic, 7).send(numbered(1, 0))

        log.producer(topic, 7).send(numbered(1, 0, begin=1))

        assert values(log.read(topic, 0, 0, 10)) == [b"0", b"1"]

    def test_a_token_shuts_nobody_out_of_another_topic(
        self, log: EventLog, topic: TopicGeneration, new_topic: Callable[[], TopicGeneration]
    ) -> None:
        log.producer(new_topic(), 100).send(numbered(1))

        log.producer(topic, 1).send(numbered(1))

        assert log.end_offsets(topic)[0] > 0

    # Reading outside groups

    def test_reading_begins_at_an_offset_and_ends_at_the_number_asked_for(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        offsets = producer.send(numbered(20, partition=2))

        assert values(log.read(topic, 2, offsets[5], 3)) == [b"5", b"6", b"7"]

    def test_reading_at_the_end_brings_nothing(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        producer.send(numbered(20, partition=2))

        assert list(log.read(topic, 2, log.end_offsets(topic)[2], 10)) == []

    def test_reading_beyond_the_end_brings_nothing(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        producer.send(numbered(20, partition=2))

        assert list(log.read(topic, 2, log.end_offsets(topic)[2] + 5, 10)) == []

    def test_several_threads_read_at_once(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        producer.send(numbered(300))

        def read(thread: int) -> tuple[list[bytes], list[int]]:
            return values(log.read(topic, thread % PARTITIONS, 0, 1_000)), log.end_offsets(topic)

        with ThreadPoolExecutor(6) as threads:
            found = list(threads.map(read, range(12)))

        for thread, (read_there, ends) in enumerate(found):
            assert read_there == [b"%d" % number for number in range(thread % PARTITIONS, 300, PARTITIONS)]
            assert ends == [100] * PARTITIONS

    def test_a_topic_that_does_not_exist_is_an_error(self, log: EventLog) -> None:
        missing = TopicGeneration(f"bosatt.missing-{uuid4()}", 1, PARTITIONS)

        with pytest.raises(LogError):
            log.producer(missing, 1)
        with pytest.raises(LogError):
            log.end_offsets(missing)
        with pytest.raises(LogError):
            log.read(missing, 0, 0, 1)

    def test_a_partition_that_does_not_exist_cannot_be_read(
        self, log: EventLog, topic: TopicGeneration
    ) -> None:
        with pytest.raises(LogError):
            log.read(topic, PARTITIONS, 0, 1)

    def test_reading_stays_within_its_partition(
        self, log: EventLog, topic: TopicGeneration, producer: Producer
    ) -> None:
        producer.send(numbered(9))

        assert values(log.read(topic, 1, 0, 100)) == [b"1", b"4", b"7"]

    # Reading in groups

    def test_a_lone_member_is_assigned_every_partition_before_any_record(
        self, producer: Producer, group: OpenGroup
    ) -> None:
        producer.send(numbered(3))
        readers = group()
        member = readers.join()

        readers.until(readers.shared_out)

        assert member.records == []

    def test_a_poll_before_seeking_what_was_assigned_is_an_error(self, group: OpenGroup) -> None:
        readers = group()
        consumer = readers.join().consumer
        while not consumer.poll(self.patience, 10).assigned:
            pass

        with pytest.raises(LogError):
            consumer.poll(0.1, 10)

    def test_only_assigned_partitions_can_be_sought(self, topic: TopicGeneration, group: OpenGroup) -> None:
        consumer = group().join().consumer

        with pytest.raises(LogError):
            consumer.seek({Partition(topic, 0): 0})

    def test_reading_begins_where_it_was_sought_on_assignment(
        self, topic: TopicGeneration, producer: Producer, group: OpenGroup
    ) -> None:
        producer.send(numbered(30))
        readers = group()
        readers.positions.update({Partition(topic, number): 2 + number for number in range(PARTITIONS)})
        member = readers.join()

        readers.until(lambda: len(member.records) >= 21)

        begun = {part.number: read[0].offset for part, read in by_partition(member.records).items()}
        assert begun == {0: 2, 1: 3, 2: 4}

    def test_every_record_is_read_once_and_in_the_order_of_its_partition(
        self, producer: Producer, group: OpenGroup
    ) -> None:
        producer.send(numbered(100))
        producer.send(numbered(200, begin=100))
        readers = group()
        member = readers.join()

        readers.until(lambda: len(member.records) >= 300)

        for partition, read in by_partition(member.records).items():
            assert values(read) == [b"%d" % number for number in range(partition.number, 300, PARTITIONS)]

    def test_a_poll_brings_no_more_than_it_was_asked_for(self, producer: Producer, group: OpenGroup) -> None:
        producer.send(numbered(50))
        readers = group()
        member = readers.join()
        readers.until(readers.shared_out)

        sizes = [len(member.step(timeout=self.patience / 10, most=7)) for _ in range(4)]

        assert max(sizes) <= 7
        assert sum(sizes) > 0

    def test_a_poll_of_an_empty_topic_brings_nothing(self, group: OpenGroup) -> None:
        readers = group()
        member = readers.join()
        readers.until(readers.shared_out)

        assert list(member.step(timeout=0.1)) == []

    def test_what_is_written_while_members_wait_arrives(self, producer: Producer, group: OpenGroup) -> None:
        readers = group()
        member = readers.join()
        readers.until(readers.shared_out)
        member.step()

        producer.send(numbered(3))

        readers.until(lambda: len(member.records) >= 3)
        assert sorted(values(member.records)) == [b"0", b"1", b"2"]

    def test_records_are_read_again_after_seeking_back(
        self, topic: TopicGeneration, producer: Producer, group: OpenGroup
    ) -> None:
        producer.send(numbered(10, partition=1))
        readers = group()
        member = readers.join()
        readers.until(lambda: len(member.records) >= 10)

        member.consumer.seek({Partition(topic, 1): member.records[4].offset})
        readers.until(lambda: len(member.records) >= 16)

        assert member.records[10:] == member.records[4:10]

    def test_a_large_batch_is_read_whole(self, producer: Producer, group: OpenGroup) -> None:
        for begin in range(0, 6_000, 2_000):
            producer.send(
                [OutgoingRecord(r.partition, r.key, r.value.ljust(600)) for r in numbered(2_000, None, begin)]
            )
        readers = group()
        member = readers.join()

        readers.until(lambda: len(member.records) >= 6_000)

        assert sorted(int(value) for value in values(member.records)) == list(range(6_000))

    def test_one_member_reads_several_topics(
        self,
        log: EventLog,
        topic: TopicGeneration,
        new_topic: Callable[[], TopicGeneration],
        producer: Producer,
        group: OpenGroup,
    ) -> None:
        other = new_topic()
        producer.send(numbered(6))
        log.producer(other, 1).send(numbered(3, begin=100))
        readers = group(topic, other)
        member = readers.join()

        readers.until(lambda: len(member.records) >= 9)

        assert {record.value for record in member.records if record.topic == other} == {
            b"100",
            b"101",
            b"102",
        }
        assert len({place(record) for record in member.records}) == 9

    def test_every_group_reads_everything(self, producer: Producer, group: OpenGroup) -> None:
        producer.send(numbered(30))
        first, second = group(), group()

        for readers in (first, second):
            readers.join()
            readers.until_read(30)

        assert sorted(first.places()) == sorted(second.places())

    def test_members_of_a_group_share_the_partitions(self, producer: Producer, group: OpenGroup) -> None:
        readers = group()
        readers.join()
        readers.join()
        readers.until(readers.shared_out)

        producer.send(numbered(60))
        readers.until_read(60)

        assert len(set(readers.places())) == len(readers.places()) == 60
        assert all(member.records for member in readers.members)

    def test_a_newcomer_takes_over_while_a_batch_is_in_hand(
        self, producer: Producer, group: OpenGroup
    ) -> None:
        producer.send(numbered(60))
        readers = group()
        first = readers.join()
        readers.until(readers.shared_out)
        in_hand = first.take(self.patience, 6)

        second = readers.join()
        second.step()
        first.done(in_hand)
        readers.until(readers.shared_out)
        producer.send(numbered(60, begin=60))
        readers.until_read(120)

        assert in_hand
        assert first.consumer.assignment().isdisjoint(second.consumer.assignment())
        for member in readers.members:
            for read in by_partition(member.records).values():
                assert values(read) == sorted(values(read), key=int)

    def test_a_member_that_leaves_hands_its_partitions_to_the_others(
        self, producer: Producer, group: OpenGroup
    ) -> None:
        readers = group()
        first, second = readers.join(), readers.join()
        readers.until(readers.shared_out)
        producer.send(numbered(30))
        readers.until_read(30)
        before = list(first.records)

        readers.leave(first)
        producer.send(numbered(30, begin=30))
        readers.until(readers.shared_out)
        readers.until(lambda: len({place(r) for r in before} | set(readers.places())) >= 60)

        assert len(second.consumer.assignment()) == PARTITIONS

    def test_partitions_that_come_back_are_read_from_where_they_are_sought_then(
        self, producer: Producer, group: OpenGroup
    ) -> None:
        producer.send(numbered(30))
        readers = group()
        first = readers.join()
        readers.until_read(30)
        second = readers.join()
        readers.until(readers.shared_out)
        lent = second.consumer.assignment()

        readers.leave(second)
        readers.positions.update(dict.fromkeys(lent, 4))
        first.records.clear()
        readers.until(lambda: readers.shared_out() and len(by_partition(first.records)) == len(lent))

        for partition, read in by_partition(first.records).items():
            assert partition in lent
            assert read[0].offset == 4

    def test_what_was_not_done_before_a_rebalance_is_read_again(
        self, producer: Producer, group: OpenGroup
    ) -> None:
        producer.send(numbered(30))
        readers = group()
        lost = readers.join()
        readers.until(readers.shared_out)
        in_hand = read_in(lost.consumer.poll(self.patience, 30))

        readers.leave(lost)
        successor = readers.join()
        readers.until(lambda: len(successor.records) >= 30)

        assert in_hand
        assert {place(record) for record in in_hand} <= {place(record) for record in successor.records}
