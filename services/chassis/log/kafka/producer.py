"""Sends records to one topic generation and waits until all are acknowledged."""

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

import kafka
from kafka.errors import KafkaError

from services.chassis.log.kafka.client import open_client
from services.chassis.log.kafka.faults import log_faults
from services.chassis.log.kafka.options import LARGEST_MESSAGE_BYTES
from services.chassis.log.port import LogError, OutgoingRecord, SendFailed
from services.contract.topics import TopicGeneration

# What a record needs around its key and value, at most: lengths, a time, a batch to itself.
_ROOM_AROUND_BYTES = 200
_SLACK_SECONDS = 2.0
_CLOSE_SECONDS = 2.0


class KafkaLogProducer:
    """A `Producer` for use by one thread.

    A send ends when the fate of each of its records is known here: acknowledged, or given up.
    What was given up may still reach the log, if it was on its way. After a send that failed
    nothing more is sent: what comes after must not stand before what is missing.
    """

    def __init__(self, options: Mapping[str, Any], topic: TopicGeneration, delivery_seconds: float) -> None:
        """Connects; `LogUnreachable` where no broker answers."""
        kind: Callable[..., Any] = kafka.KafkaProducer
        self._topic = topic
        self._seconds = delivery_seconds + _SLACK_SECONDS
        self._usable = True
        self._client = open_client(kind, options)

    def send(self, records: Sequence[OutgoingRecord]) -> list[int]:
        """Append records in order and return the offset of each.

        Raises `SendFailed` where any was not acknowledged in time, `LogUnreachable` where the
        topic's leaders can't be found and nothing was sent. A partition that the topic does not
        have, a key that is not text and a record that is too large are a `LogError` with nothing
        sent, because sending them again would not help.
        """
        if not self._usable:
            raise LogError("This producer is closed, or a send of it has failed: open another.")
        outgoing = [(record.partition, self._key_of(record), record.value) for record in records]
        if not outgoing:
            return []
        with log_faults():
            # Bounded by ``max_block_ms``; afterwards the leaders are known and no record waits for them.
            self._client.partitions_for(self._topic.name)
        self._usable = False
        offsets = self._hand_over(outgoing)
        self._usable = True
        return offsets

    def close(self) -> None:
        """Let go of the connection. Nothing is left to wait for after any send."""
        self._usable = False
        client, self._client = self._client, None
        if client is not None:
            with log_faults():
                client.close(timeout=_CLOSE_SECONDS)

    def _hand_over(self, outgoing: Sequence[tuple[int, bytes, bytes]]) -> list[int]:
        name, send = self._topic.name, self._client.send
        deadline = monotonic() + self._seconds
        try:
            sent = [send(name, value, key, partition=partition) for partition, key, value in outgoing]
            return [one.get(timeout=max(0.0, deadline - monotonic())).offset for one in sent]
        except (KafkaError, RuntimeError, OSError) as error:
            self._give_up()
            raise SendFailed(f"Kafka has not acknowledged all records: {type(error).__name__}.") from None

    def _give_up(self) -> None:
        """Drop what is not sent yet, for good.

        An orderly close would send it. Nor does it always expire: after one batch has, the client
        wants a new producer id before it looks at the others, and gets none while no broker
        answers (kafka-python 3.0.12).
        """
        sender = self._client._sender
        sender.force_close()
        sender.join(_CLOSE_SECONDS)

    def _key_of(self, record: OutgoingRecord) -> bytes:
        if not 0 <= record.partition < self._topic.partitions:
            raise LogError(f"Topic {self._topic.name} has no partition {record.partition}.")
        try:
            key = record.key.encode()
        except UnicodeEncodeError:
            raise LogError("A key is not text: it holds half a surrogate pair.") from None
        if len(key) + len(record.value) > LARGEST_MESSAGE_BYTES - _ROOM_AROUND_BYTES:
            raise LogError(f"A record is larger than the log takes: {len(record.value):,} bytes.")
        return key
