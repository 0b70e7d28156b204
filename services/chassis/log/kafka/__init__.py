"""The event log on Apache Kafka, by kafka-python."""

import warnings

with warnings.catch_warnings():
    # The client reads its own files by a function that Python 3.11 warns of, and 3.13 no more.
    warnings.simplefilter("ignore", DeprecationWarning)
    from services.chassis.log.kafka.log import KafkaLog
    from services.chassis.log.kafka.options import Timing

__all__ = ["KafkaLog", "Timing"]
