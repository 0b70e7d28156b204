"""The event log: a port, and the adapters behind it."""
