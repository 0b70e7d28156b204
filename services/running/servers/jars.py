"""The class path of a Kafka broker, fetched by jgo and kept in its ordinary cache."""

import fcntl
import logging
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services.running.servers import CantStart

KAFKA_VERSION = "4.3.1"
SLF4J_VERSION = "1.7.36"
COORDINATES = (
    f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}"
    # Kafka brings the interface of its log without anything behind it: nobody could say why it failed.
    f"+org.slf4j:slf4j-simple:{SLF4J_VERSION}"
)
INSTALL = "install requirements/servers.txt (make does, for what needs a broker)"


def kafka_class_path() -> str:
    """All jars of the broker, joined for ``java -cp``; fetched the first time only.

    jgo's ``resolve`` is used rather than its environments: those look for a Java of their own to
    sort jars into modules, which a class path has no use for. Raises `CantStart`.
    """
    try:
        import jgo  # noqa: PLC0415 - an extra that only this needs
    except ImportError:
        raise CantStart(f"jgo, which fetches a Kafka broker, is missing: {INSTALL}.") from None
    resolve: Callable[[str], list[Any]] = jgo.resolve
    with _alone():
        try:
            return ":".join(str(_whole(artifact)) for artifact in resolve(COORDINATES))
        except Exception as error:
            logging.getLogger(__name__).debug("resolving failed", exc_info=error)
            raise CantStart(
                f"jgo could not fetch Kafka {KAFKA_VERSION} ({type(error).__name__}): "
                "it needs Maven Central once, or what it fetched before in its cache."
            ) from None


def _whole(artifact: Any) -> Path:
    """The artifact's file, fetched again where an interrupted download left half of one."""
    path: Path = artifact.resolve()
    if not zipfile.is_zipfile(path):
        path.unlink()
        path = artifact.resolve()
    return path


@contextmanager
def _alone() -> Iterator[None]:
    """Only one process at a time: jgo takes a file that another is still writing for whole."""
    with (Path(tempfile.gettempdir()) / f"bosatt-jgo-{os.getuid()}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
