"""The topics that the brokers have."""

from collections.abc import Callable, Sequence
from typing import Any

import kafka

from services.chassis.log.kafka.client import check_topic, open_client
from services.chassis.log.kafka.faults import log_faults
from services.chassis.log.kafka.options import Timing, admin_options
from services.chassis.log.port import LogError
from services.contract.topics import RETAINED, TopicGeneration

KEPT_FOR_EVER = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
# Kafka can't keep a number of records: a day's, in segments of an hour, is more than enough.
KEPT_FOR_A_DAY = {"cleanup.policy": "delete", "retention.ms": "86400000", "segment.ms": "3600000"}

_TAKEN = 36
"""What brokers answer where a topic was made by another in between."""


class Catalogue:
    """Makes topics and knows them. What it has found it remembers: topics never go away."""

    def __init__(self, bootstrap: str, timing: Timing, replication: int) -> None:
        self._bootstrap = bootstrap
        self._timing = timing
        self._replication = replication
        self._found: set[TopicGeneration] = set()

    def ensure(self, topics: Sequence[TopicGeneration]) -> None:
        """Make the topics that are not there; `LogError` where one is there with other partitions."""
        admin = self._open()
        try:
            with log_faults():
                there = _partitions(admin, topics)
                missing = {topic.name: topic for topic in topics if not there[topic.name]}
                if missing:
                    self._make(admin, list(missing.values()))
                    there = _partitions(admin, topics)
        finally:
            admin.close()
        for topic in topics:
            check_topic(there[topic.name], topic)
        self._found.update(topics)

    def check(self, topic: TopicGeneration) -> None:
        """`LogError` where a topic is not there with these partitions."""
        if topic in self._found:
            return
        admin = self._open()
        try:
            with log_faults():
                there = _partitions(admin, [topic])
        finally:
            admin.close()
        check_topic(there[topic.name], topic)
        self._found.add(topic)

    def _open(self) -> Any:
        client: Callable[..., Any] = kafka.KafkaAdminClient
        return open_client(client, admin_options(self._bootstrap, self._timing))

    def _make(self, admin: Any, topics: Sequence[TopicGeneration]) -> None:
        wanted = {
            topic.name: {
                "num_partitions": topic.partitions,
                "replication_factor": self._replication,
                "configs": KEPT_FOR_A_DAY if topic.topic in RETAINED else KEPT_FOR_EVER,
            }
            for topic in topics
        }
        made = admin.create_topics(wanted, raise_errors=False)
        refused = [one for one in made["topics"] if one["error_code"] not in (0, _TAKEN)]
        if refused:
            reasons = "; ".join(f"{one['name']}: {one['error_message']}" for one in refused)
            raise LogError(f"Topics could not be made: {reasons}")
        admin.wait_for_topics([topic.name for topic in topics])


def _partitions(admin: Any, topics: Sequence[TopicGeneration]) -> dict[str, set[int]]:
    names = list({topic.name for topic in topics})
    found = {one["name"]: one for one in admin.describe_topics(names)}
    return {
        name: {partition["partition_index"] for partition in found[name]["partitions"]}
        if name in found and found[name]["error_code"] == 0
        else set()
        for name in names
    }
