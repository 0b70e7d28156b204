"""How often Python looks for garbage that refers to itself."""

import gc

YOUNG = 100_000
"""Objects made since the last look. A batch of events is many objects and no garbage: with Python's
own 700 a third of a projector's time went into looking (measured)."""


def collect_rarely() -> None:
    """Look for garbage rarely, and never again among what a process begins with."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
