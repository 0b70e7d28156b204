"""The relay: brings what a store holds to the log, in order, at least once."""

from services.chassis.relay.relay import Relay

__all__ = ["Relay"]
