"""The chain on a real broker, under the troubles that real brokers and processes have."""
