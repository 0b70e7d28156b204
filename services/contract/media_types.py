"""The media types in which events are posted, as CloudEvents and its HTTP binding name them."""

STRUCTURED = "application/cloudevents+json"
"""One event, all of it in the body; so each record on the log too."""

BATCH = "application/cloudevents-batch+json"
"""An array of events."""

LINES = "application/x-ndjson"
"""One event a line."""

BINARY = "application/json"
"""One event's data in the body, its attributes in ``ce-`` headers."""
