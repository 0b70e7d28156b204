"""``bosatt distributed``: every process of its own, on one machine, kept running."""
