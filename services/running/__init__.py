"""Put the parts together to processes that run."""
