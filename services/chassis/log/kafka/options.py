"""How long things may take on the way to Kafka, and every client option that matters, said aloud."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

GROUP_PREFIX = "bosatt."
LARGEST_MESSAGE_BYTES = 1_000_000
"""Of one record. Brokers take batches of up to 1,048,588 bytes unless they are told otherwise."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Time limits in seconds.

    ``connect``: until a new client must have found a broker. ``request``: until an unanswered
    request is given up. ``delivery``: until a send that is not acknowledged has failed, requests
    that are tried again included. ``session``: until a silent member of a group loses its
    partitions. ``longest_batch``: until a member that does not poll does, though it lives.
    """

    connect: float = 3.0
    request: float = 5.0
    delivery: float = 10.0
    session: float = 10.0
    longest_batch: float = 60.0


def reader_options(bootstrap: str, timing: Timing) -> Mapping[str, Any]:
    """For reading outside groups: small fetches, because what is read ahead is thrown away."""
    return {
        **_reading(bootstrap, timing),
        "group_id": None,
        # Only what is there is read; a fetch that waits for more would hold up the next reading.
        "fetch_max_wait_ms": 5,
        "max_partition_fetch_bytes": 512 << 10,
        "fetch_max_bytes": 1 << 20,
    }


def consumer_options(bootstrap: str, timing: Timing) -> Mapping[str, Any]:
    """For reading the partitions of a member of a group: large fetches, many records a poll."""
    return {
        **_reading(bootstrap, timing),
        "group_id": None,
        "max_partition_fetch_bytes": 8 << 20,
        "fetch_max_bytes": 50 << 20,
    }


def member_options(bootstrap: str, timing: Timing, group: str) -> Mapping[str, Any]:
    """For being a member of a group. Offsets are ours to keep: nothing is ever committed to Kafka."""
    return {
        **_reading(bootstrap, timing),
        "group_id": f"{GROUP_PREFIX}{group}",
        # Of one topic no member gets two partitions more than another.
        "partition_assignment_strategy": [RoundRobinPartitionAssignor],
        "session_timeout_ms": _ms(timing.session),
        # A change in the group is known to all members after this time.
        "heartbeat_interval_ms": _ms(min(1.0, timing.session / 4)),
        "max_poll_interval_ms": _ms(timing.longest_batch),
    }


def producer_options(bootstrap: str, timing: Timing) -> Mapping[str, Any]:
    """For a relay: acknowledged by all replicas in sync, in the order of a partition."""
    return {
        **_finding(bootstrap, timing),
        "enable_idempotence": True,
        "acks": "all",
        "retries": float("inf"),
        "max_in_flight_requests_per_connection": 5,
        "delivery_timeout_ms": _ms(timing.delivery),
        "max_block_ms": _ms(timing.request),
        "max_request_size": LARGEST_MESSAGE_BYTES,
        # A send hands over all its records at once: this is enough to gather them in batches.
        "linger_ms": 5,
        "batch_size": 256 << 10,
        "compression_type": None,
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }


def admin_options(bootstrap: str, timing: Timing) -> Mapping[str, Any]:
    return _finding(bootstrap, timing)


def _finding(bootstrap: str, timing: Timing) -> dict[str, Any]:
    return {
        "bootstrap_servers": bootstrap,
        "bootstrap_timeout_ms": _ms(timing.connect),
        "request_timeout_ms": _ms(timing.request),
    }


def _reading(bootstrap: str, timing: Timing) -> dict[str, Any]:
    return {
        **_finding(bootstrap, timing),
        "enable_auto_commit": False,
        # An offset that the log no longer has, or not yet again, is read from the beginning:
        # what has been applied before is recognised, what is skipped never would be.
        "auto_offset_reset": "earliest",
        "allow_auto_create_topics": False,
        "check_crcs": True,
        "isolation_level": "read_uncommitted",
        "fetch_min_bytes": 1,
        "fetch_max_wait_ms": 500,
        "max_poll_records": 5_000,
        "metrics_enabled": False,
    }


def _ms(seconds: float) -> int:
    return int(seconds * 1_000)
