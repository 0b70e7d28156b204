"""What goes wrong in the client or at the brokers, in the words of the port."""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka.errors import KafkaError

from services.chassis.log.port import LogError, LogUnreachable


@contextmanager
def log_faults(otherwise: type[LogError] = LogError) -> Iterator[None]:
    """Raise errors of the client as the port's own.

    What a new try may mend (no broker, no leader, no answer in time) becomes `LogUnreachable`, as
    does a client that has broken down; anything else ``otherwise``. The text names the fault
    alone: the client's own may hold whole requests, which is also why it is not chained.
    """
    try:
        yield
    except LogError:
        raise
    except KafkaError as error:
        kind = LogUnreachable if error.retriable else otherwise
        raise kind(f"Kafka: {type(error).__name__}.") from None
    except (OSError, RuntimeError) as error:
        # A client that was closed under our hands or whose own thread has crashed says so by these.
        raise LogUnreachable(f"The Kafka client failed: {type(error).__name__}.") from None
