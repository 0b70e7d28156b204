"""How a process handles memory: how often it looks for garbage, and what it keeps for the next request."""

import ctypes
import gc
import platform

YOUNG = 10_000
"""Objects made since the last look. A batch of events is many objects and no garbage: with Python's
own 700 a third of a projector's time went into looking. With 100,000 one look took 30 ms, in the
midst of whatever request was in hand (both measured)."""

MOST_KEPT = 128 * 1024 * 1024
"""Bytes that are free and still not given back to the system."""

_LARGEST_KEPT = 32 * 1024 * 1024

# Their numbers in glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8


def collect_rarely() -> None:
    """Look for garbage rarely, and never again among what a process begins with."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 500)


def keep_freed_memory() -> bool:
    """Keep what a large batch needed for the next one; whether this system's C library can be told so.

    glibc gives a thread's memory back after every batch and gets it anew, page by page, with the
    next one: a tenth of the time that a batch takes (measured).
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    wanted = ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _LARGEST_KEPT), (_TRIM_THRESHOLD, MOST_KEPT))
    return all(mallopt(option, value) == 1 for option, value in wanted)
