"""Clients of Kafka with all that matters set, made and let go without leaving anything behind."""

import contextlib
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any

import kafka

from services.chassis.log.kafka.faults import log_faults
from services.chassis.log.kafka.network import DIRECT, OrderlyClient
from services.chassis.log.port import LogError, LogUnreachable
from services.contract.topics import TopicGeneration

CONNECTION: Mapping[str, Any] = {
    "client_id": "bosatt",
    "security_protocol": "PLAINTEXT",
    # A broker that was away is found again within a second or two.
    "reconnect_backoff_ms": 50,
    "reconnect_backoff_max_ms": 1_000,
    "retry_backoff_ms": 100,
    "connections_max_idle_ms": 9 * 60 * 1_000,
    "metadata_max_age_ms": 60_000,
    "proxy_url": DIRECT,
    "socket_options": [
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    ],
}

_PROBE_SECONDS = 1.0


def open_client(kind: Callable[..., Any], options: Mapping[str, Any]) -> Any:
    """A client of a kind (consumer, producer, admin), connected.

    Raises `LogUnreachable` where no broker answers. The client's own constructor leaves its thread
    and its sockets behind then; a process that tries again every few seconds must not.
    """
    made: list[Any] = []

    def network(**settings: Any) -> Any:
        made.append(OrderlyClient(**settings))
        return made[-1]

    try:
        with log_faults():
            return kind(kafka_client=network, **{**CONNECTION, **options})
    except LogError:
        for one in made:
            with contextlib.suppress(Exception):
                one.close()
        raise


def check_topic(partitions: set[int] | None, topic: TopicGeneration) -> None:
    """`LogError` where the partitions found are not the topic's: it is not there, or is another."""
    if not partitions:
        raise LogError(f"The log has no topic {topic.name}.")
    if len(partitions) != topic.partitions:
        raise LogError(f"Topic {topic.name} has {len(partitions)} partitions, not {topic.partitions}.")


def brokers_answering(address: str) -> set[int]:
    """Numbers of the brokers that serve clients, as the one at an address says; none where it is silent."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _PROBE_SECONDS).close()
        options = {"bootstrap_servers": address, "request_timeout_ms": int(_PROBE_SECONDS * 1_000)}
        admin = open_client(kafka.KafkaAdminClient, {**options, "bootstrap_timeout_ms": 1_000})
    except (OSError, LogUnreachable):
        return set()
    try:
        with log_faults():
            found = admin.describe_cluster()["brokers"]
    except LogError:
        return set()
    finally:
        admin.close()
    return {broker["broker_id"] for broker in found if not broker.get("is_fenced")}


def quieten() -> None:
    """Let the client's own log be silent.

    It tells of every attempt to connect, as text. What matters of it reaches us as an error, which
    whoever meets it tells once.
    """
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)


quieten()
