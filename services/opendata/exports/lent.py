"""Files that are on their way to readers: how much they hold together is known."""

import threading
from collections.abc import Callable
from typing import BinaryIO


class Lent:
    """A file as a server reads it, at its beginning; says once when it is closed."""

    def __init__(self, file: BinaryIO, on_close: Callable[[int], None]) -> None:
        self._file = file
        self._on_close = on_close
        self.size = file.seek(0, 2)
        file.seek(0)

    def read(self, most: int = -1) -> bytes:
        return self._file.read(most)

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        if not self._file.closed:
            self._file.close()
            self._on_close(self.size)


class Lending:
    """Counts the bytes of files that are not closed yet. Safe to share between threads."""

    def __init__(self) -> None:
        self.bytes = 0
        self._changing = threading.Lock()

    def lend(self, file: BinaryIO) -> Lent:
        """The file, counted until it is closed."""
        lent = Lent(file, self._returned)
        with self._changing:
            self.bytes += lent.size
        return lent

    def _returned(self, size: int) -> None:
        with self._changing:
            self.bytes -= size
