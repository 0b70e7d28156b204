"""What clients can read of the API and of the log: OpenAPI and AsyncAPI, made from the events' schemas."""
