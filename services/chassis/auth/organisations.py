"""Which organisations have a part here, and which: a file that the operators keep."""

import csv
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from services.chassis import metrics
from services.contract.codes import Role
from services.contract.regions import Level, registry

log = structlog.get_logger()

LOOK_EVERY = 2.0
"""Seconds between two looks at whether the file has changed."""

COLUMNS = ("organisation", "role", "code")

_NUMBER = re.compile(r"[0-9]{9}", re.ASCII)
_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
_LEVELS = {Role.MUNICIPALITY: Level.MUNICIPALITY, Role.DISTRICT: Level.DISTRICT}
_ROLES = (Role.DIRECTORATE, Role.MUNICIPALITY, Role.DISTRICT, Role.IMPORTER)


class OrganisationsFaulty(Exception):
    """The file can't be used; the text names every fault with its line."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an organisation is here: a role and, for a municipality or a district, its code."""

    role: Role
    code: str | None


class Organisations:
    """The organisations of a file, by number; read again when the file has changed.

    A changed file that is faulty, or gone, changes nothing and is told: what was read last holds.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises `OrganisationsFaulty`."""
        self._path = path
        self._clock = clock
        self._looking = threading.Lock()
        self._look_at = clock() + LOOK_EVERY
        self._state = _state_of(path)
        self._parts = read_organisations(path)

    def part_of(self, organisation: str) -> Part | None:
        """What an organisation is here, None where it is nothing."""
        if self._clock() >= self._look_at and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._parts.get(organisation)

    def _look(self) -> None:
        self._look_at = self._clock() + LOOK_EVERY
        state = _state_of(self._path)
        if state == self._state:
            return
        self._state = state
        try:
            self._parts = read_organisations(self._path)
        except OrganisationsFaulty as error:
            metrics.ORGANISATIONS_FAULTY.set(1)
            log.warning("organisations.faulty", error=str(error))
        else:
            metrics.ORGANISATIONS_FAULTY.set(0)
            log.info("organisations.read", organisations=len(self._parts))


def read_organisations(path: Path) -> Mapping[str, Part]:
    """Every organisation in a file by its number; raises `OrganisationsFaulty` with all that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise OrganisationsFaulty(f"{path} can't be read: {why}") from None
    faults: list[str] = []
    parts: dict[str, Part] = {}
    for line, row in _rows(text, faults):
        number, role, code = (row[column] for column in COLUMNS)
        found = list(_faults_in(number, role, code))
        if number in parts:
            found.append("this organisation stands twice")
        faults += [f"line {line}: {fault}" for fault in found]
        if not found:
            parts[number] = Part(Role(role), code or None)
    if not faults and not parts:
        faults.append("it names no organisation")
    if faults:
        raise OrganisationsFaulty(f"{path}: " + "; ".join(faults))
    return parts


def is_organisation_number(text: str) -> bool:
    """Whether nine digits end in the check digit that their first eight give (modulus 11)."""
    if _NUMBER.fullmatch(text) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return (11 - total % 11) % 11 == int(text[8])


def _rows(text: str, faults: list[str]) -> Iterable[tuple[int, dict[str, str]]]:
    """The lines that say something, with their numbers; columns are told apart by comma or semicolon."""
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip(" ;,\t") and not line.lstrip().startswith("#")
    ]
    if not lines:
        return
    delimiter = ";" if ";" in lines[0][1] else ","
    header = [name.strip().lower() for name in next(csv.reader([lines[0][1]], delimiter=delimiter))]
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        faults.append(f"line {lines[0][0]}: the first line must name the columns {', '.join(COLUMNS)}")
        return
    for number, line in lines[1:]:
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        cells += [""] * (len(header) - len(cells))
        yield number, dict(zip(header, cells, strict=False))


def _faults_in(number: str, role: str, code: str) -> Iterable[str]:
    if not is_organisation_number(number):
        # Not told which: whoever mixes columns up may have put something else there.
        yield "there is no organisation number (nine digits, the last a check digit)"
    if role not in _ROLES:
        yield f"{role!r} is no role; there are {', '.join(_ROLES)}"
    elif (level := _LEVELS.get(Role(role))) is not None:
        region = registry().find(code)
        if region is None or region.level is not level or not region.stated:
            yield f"{code!r} is not the code of a {level}"
    elif code:
        yield f"a {role} has no code"


def _state_of(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written or replaced; None where it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
