"""The topics that Bosatt needs on its log."""

from services.contract.event_types import COMMAND_SERVICES
from services.contract.topics import HEARTBEATS, RELEASES, TopicGeneration, topic_of


def needed_topics() -> list[TopicGeneration]:
    """Every topic, in the generation in force."""
    return [
        *(topic_of(service) for service in COMMAND_SERVICES),
        TopicGeneration(RELEASES, 1),
        TopicGeneration(HEARTBEATS, 1),
    ]
