"""What is folded: topics in their generation in force, and who owns which rows."""

from services.chassis.log.port import Partition
from services.contract.event_types import COMMAND_SERVICES
from services.contract.topics import TopicGeneration, topic_of


def topics() -> list[TopicGeneration]:
    """The topics that are folded, in their generation in force."""
    return [topic_of(service) for service in COMMAND_SERVICES]


def owner_of(partition: Partition) -> str:
    """The name under which a partition owns its rows."""
    topic = partition.topic
    return f"{topic.topic.removeprefix('bosatt.')}/{topic.generation}/{partition.number}"
