"""What stands on a log, as sequences."""

import orjson

from services.chassis.log.port import EventLog
from services.contract.topics import TopicGeneration


def links_on(log: EventLog, topic: TopicGeneration) -> list[tuple[int, int]]:
    """Previous sequence and own of every record of all partitions, in the order of the sequences."""
    values = (
        record.value
        for partition in range(topic.partitions)
        for record in log.read(topic, partition, 0, 1_000)
    )
    events = map(orjson.loads, values)
    return sorted(
        ((int(event["previoussequence"]), int(event["sequence"])) for event in events),
        key=lambda link: link[1],
    )
