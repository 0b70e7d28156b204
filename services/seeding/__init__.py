"""The published figures that a new system starts from, posted to it as events over HTTP."""
