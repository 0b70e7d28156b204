"""What was used last, kept within bounds."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class LatelyUsed(Generic[Key, Value]):
    """Values by their keys; those used longest ago are forgotten. Safe to share between threads.

    There are at most ``most`` of them, and at most ``most_size`` in all of what ``size`` says of each.
    """

    def __init__(self, most: int, most_size: int, size: Callable[[Key, Value], int]) -> None:
        self._most = most
        self._most_size = most_size
        self._size_of = size
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: Key) -> Value | None:
        """What is kept under a key."""
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self._kept.move_to_end(key)
            return value

    def keep(self, key: Key, value: Value) -> bool:
        """Keep a value unless there is one already; whether there was none."""
        with self._lock:
            if key in self._kept:
                return False
            self._kept[key] = value
            self._size += self._size_of(key, value)
            while len(self._kept) > self._most or self._size > self._most_size:
                self._size -= self._size_of(*self._kept.popitem(last=False))
            return True

    def forget(self) -> None:
        """Keep nothing of what is kept."""
        with self._lock:
            self._kept.clear()
            self._size = 0
