"""Fold a few events, as the service does."""

from services.contract.facts import facts_after

JUNE = "2024-06-21T10:00:00.000000Z"


def fold(*events, origin="reported", known=JUNE):
    """The facts after events on a stream that did not exist."""
    facts = None
    for name, data in events:
        facts = facts_after(name, facts, data, origin, known)
    return facts
