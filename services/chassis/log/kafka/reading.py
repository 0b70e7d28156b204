"""Reads partitions outside any group, for several threads at once, within bounded time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import Any

import kafka
from kafka import TopicPartition

from services.chassis.log.kafka.client import open_client
from services.chassis.log.kafka.faults import log_faults
from services.chassis.log.kafka.records import as_records
from services.chassis.log.port import LogError, LogRecord, LogUnreachable
from services.contract.topics import TopicGeneration

MOST_IDLE = 4


class Readers:
    """Clients that are lent to one thread at a time, by topic, and used again."""

    def __init__(self, options: Mapping[str, Any], request_seconds: float) -> None:
        self._options = options
        self._seconds = request_seconds
        self._lock = Lock()
        self._idle: dict[TopicGeneration, list[Any]] = {}
        self._closed = False

    def end_offsets(self, topic: TopicGeneration) -> list[int]:
        """For each partition, the offset that the next record will have."""
        wanted = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        with self._lent(topic) as client:
            ends = client.end_offsets(wanted, timeout_ms=self._seconds * 1_000)
        return [ends[one] for one in wanted]

    def read(self, topic: TopicGeneration, partition: int, start: int, most: int) -> Sequence[LogRecord]:
        """Up to ``most`` records from an offset on, or from the first that is still there."""
        wanted = TopicPartition(topic.name, partition)
        deadline = monotonic() + self._seconds
        with self._lent(topic) as client:
            end = client.end_offsets([wanted], timeout_ms=self._seconds * 1_000)[wanted]
            if start >= end or most <= 0:
                return []
            first = client.beginning_offsets([wanted], timeout_ms=self._seconds * 1_000)[wanted]
            client.assign([wanted])
            client.seek(wanted, max(first, start))
            while (left := deadline - monotonic()) > 0:
                records = client.poll(timeout_ms=left * 1_000, max_records=most).get(wanted)
                if records:
                    return as_records(records)
        raise LogUnreachable(f"Kafka did not bring records of {topic.name} in time.")

    def close(self) -> None:
        """Let go of all clients that are idle; those that are lent are let go when they come back."""
        with self._lock:
            self._closed = True
            idle = [client for clients in self._idle.values() for client in clients]
            self._idle.clear()
        for client in idle:
            client.close()

    @contextmanager
    def _lent(self, topic: TopicGeneration) -> Iterator[Any]:
        with self._lock:
            idle = self._idle.get(topic)
            client = idle.pop() if idle else None
        if client is None:
            kind: Callable[..., Any] = kafka.KafkaConsumer
            client = open_client(kind, self._options)
        whole = False
        try:
            with log_faults():
                yield client
            whole = True
        finally:
            self._take_back(topic, client, whole)

    def _take_back(self, topic: TopicGeneration, client: Any, whole: bool) -> None:
        """Keep a client for the next time, unless something went wrong with it."""
        with self._lock:
            idle = self._idle.setdefault(topic, [])
            kept = whole and not self._closed and len(idle) < MOST_IDLE
            if kept:
                idle.append(client)
        if not kept:
            try:
                client.close()
            except LogError:
                return
