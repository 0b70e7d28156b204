"""Which parts each process has, and how one runs from its start to its stop."""

import os
import signal
from collections.abc import Callable, Sequence

import structlog

from services.chassis.auth.port import Authenticator
from services.chassis.http.serving import Face, UnderPaths, check_address, serve
from services.chassis.memory import collect_rarely, keep_freed_memory
from services.chassis.settings import Settings
from services.contract.event_types import COMMAND_SERVICES
from services.running.opened import Opened
from services.running.parts import Part
from services.running.process import Process
from services.running.vouching import authenticator_of

log = structlog.get_logger()

OPENDATA = "opendata"
OPERATIONS = "operations"
UPLOAD = "upload"
SERVICES = (*COMMAND_SERVICES, OPENDATA, UPLOAD)
"""All that can be served."""

OPERATORS_THREADS = 4


class OffLoopback(Exception):
    """A process was told to answer others than this machine, with nobody but the local issuer to vouch."""


class CantBegin(Exception):
    """A process met something that waiting does not mend; the text says what."""


def serve_service(settings: Settings, name: str) -> None:
    """Answer one service's requests until told to stop. Raises `OffLoopback`, `CannotListen`, `CantBegin`."""
    check_reach(settings)
    run_process(settings, lambda opened: parts_of_service(opened, name))


def relay_service(settings: Settings, name: str) -> None:
    """Relay one store until told to stop. Raises `CannotListen`, `CantBegin`."""
    run_process(settings, lambda opened: [_relay_part(opened, name)])


def project(settings: Settings) -> None:
    """Project until told to stop. Raises `CannotListen`, `CantBegin`."""
    run_process(settings, _projection_parts)


def check_reach(settings: Settings) -> None:
    """Raises `OffLoopback` where others could reach us while the local issuer vouches for anybody."""
    if settings.trust.is_local and not settings.on_loopback:
        raise OffLoopback(settings.host)


def parts_of_service(opened: Opened, name: str) -> list[Part]:
    """What is served under a service's name; opendata relays itself what it and its operators tell."""
    if name == OPENDATA:
        from services.running.parts.publishing import PublishingPart  # noqa: PLC0415

        return [PublishingPart(opened), _relay_part(opened, OPENDATA), _relay_part(opened, OPERATIONS)]
    if name == UPLOAD:
        from services.running.parts.uploading import UploadPart  # noqa: PLC0415

        return [UploadPart(opened)]
    from services.running.parts.command import CommandPart  # noqa: PLC0415

    return [CommandPart(opened, name)]


def all_parts(opened: Opened) -> list[Part]:
    """Everything, for one process."""
    from services.running.parts.topics import TopicsPart  # noqa: PLC0415

    return [
        TopicsPart(opened),
        *(part for name in SERVICES for part in parts_of_service(opened, name)),
        *(_relay_part(opened, name) for name in COMMAND_SERVICES),
        *_projection_parts(opened),
    ]


def _relay_part(opened: Opened, name: str) -> Part:
    # Imported where needed: a relay need not wait for what serves, nor the other way round.
    from services.running.parts.relaying import RelayPart  # noqa: PLC0415

    return RelayPart(opened, name)


def _projection_parts(opened: Opened) -> list[Part]:
    from services.running.parts.checking import CheckingPart  # noqa: PLC0415
    from services.running.parts.projecting import ProjectionPart  # noqa: PLC0415

    return [ProjectionPart(opened), CheckingPart(opened)]


def run_process(settings: Settings, parts_of: Callable[[Opened], Sequence[Part]]) -> None:
    """Run some parts: listen at once, begin as soon as what is needed answers, stop when told to.

    Raises `CannotListen`, `CantBegin`, `OrganisationsFaulty`.
    """
    opened = Opened(settings)
    process = Process(opened, parts_of(opened))
    authenticator = authenticator_of(settings)
    failures: list[Exception] = []

    def fail(error: Exception) -> None:
        failures.append(error)
        os.kill(os.getpid(), signal.SIGTERM)

    hold(process, settings, authenticator, lambda: process.begin_when_possible(fail))
    if failures:
        raise CantBegin(_text_of(failures[0])) from failures[0]


def hold(
    process: Process, settings: Settings, authenticator: Authenticator, on_listening: Callable[[], None]
) -> None:
    """Listen on the settings' ports until SIGINT or SIGTERM, then end the process.

    Raises `CannotListen`.
    """
    collect_rarely()
    keep_freed_memory()
    host, port, ops_port = settings.host, settings.port, settings.ops_port
    operators = process.operators(authenticator)
    if not process.answers:
        faces = [Face(operators, host, ops_port or port, OPERATORS_THREADS)]
    elif ops_port is None:
        app = UnderPaths(process.app(authenticator), {"metrics": operators, "health": operators})
        faces = [Face(app, host, port, settings.threads)]
    else:
        faces = [
            Face(process.app(authenticator), host, port, settings.threads),
            Face(operators, host, ops_port, OPERATORS_THREADS),
        ]
    for face in faces:
        check_address(face.host, face.port)
    try:
        serve(faces, on_listening, process.ending, settings.drain_seconds if process.answers else 0.0)
    finally:
        process.end()


def _text_of(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no more is known'}"
