"""What every service stands on: settings, event store, relay, log, consumer loop, HTTP, operations.

Knows the shape of an event, nothing of what settlement is.
"""
