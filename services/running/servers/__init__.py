"""Real servers on this machine, from the package index alone: a Kafka broker, a PostgreSQL server."""


class CantStart(Exception):
    """A server can't be had on this machine; the text says why and what to do."""
