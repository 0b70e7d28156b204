"""What stands in the services already of the regions and years that a file is about."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from services.chassis.posting.asking import Asking, Parameters
from services.chassis.posting.door import Door
from services.contract.codes import FigureStatus
from services.contract.event_types import COMMAND_SERVICES
from services.contract.states import State
from services.importing.events import SOURCE_NAME
from services.importing.recognising import published_as_said
from services.importing.years import Place, Said

AT_ONCE = 4
_COUNTED = (State.SETTLED, State.CORRECTED, State.ERASED)
_OF_INTEREST: dict[str, Parameters] = {
    "settlements": {"state": [str(state) for state in (*_COUNTED, State.CLOSED)]}
}
_HOLDS_A_NUMBER = (State.ISSUED, State.DECIDED, State.REVISED)


@dataclass(frozen=True, slots=True)
class Number:
    """What a stream of requests or decisions holds. ``persons`` is None where it is withdrawn."""

    state: str
    version: int
    persons: int | None
    originally: int | None = None

    @property
    def in_force(self) -> bool:
        return self.state in _HOLDS_A_NUMBER


@dataclass(frozen=True, slots=True)
class Published:
    """An official figure in force, and the version of its stream. ``persons`` is None where it is hidden."""

    version: int
    persons: int | None
    source_name: str


@dataclass(slots=True)
class Persons:
    """Settlement ids of one region and year: of those counted, and of those withdrawn."""

    counted: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Standing:
    """What stands, by region and year."""

    requests: dict[Place, Number] = field(default_factory=dict)
    decisions: dict[Place, Number] = field(default_factory=dict)
    persons: dict[Place, Persons] = field(default_factory=dict)
    figures: dict[tuple[Place, str], Published] = field(default_factory=dict)
    recorded: str = ""
    """When the newest of it was recorded."""

    def note(self, place: Place, stream: dict[str, Any]) -> None:
        """Note a stream of a place; official figures are asked for apart."""
        self.recorded = max(self.recorded, stream["recordedTime"])
        kind, state = stream["kind"], stream["state"]
        if kind == "settlements":
            persons = self.persons.setdefault(place, Persons())
            (persons.counted if state in _COUNTED else persons.closed).add(stream["subject"])
        elif kind == "requests":
            self.requests[place] = _number(stream)
        elif kind == "decisions" and state != State.DELAYED:
            self.decisions[place] = _number(stream)


def look(
    asking: Asking, requests: Door, said: Mapping[Place, Said], tell: Callable[[], None] = lambda: None
) -> Standing:
    """Ask the services what stands where a file says anything; ``tell`` is called after each list.

    ``requests`` is the door of the service that keeps official figures. Raises `DoorClosed`.
    """
    standing = Standing()
    noting = threading.Lock()
    published: dict[Place, int] = {}

    def note_all(service: str, year: int) -> None:
        parameters: Parameters = {"year": year, **_OF_INTEREST.get(service, {})}
        for stream in asking.streams(service, parameters):
            place = Place(stream["municipality"], stream["year"])
            if place in said:
                with noting:
                    standing.note(place, stream)
                    if stream["kind"] == "figures":
                        published[place] = stream["version"]
        tell()

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        years = sorted({place.year for place in said})
        for done in [pool.submit(note_all, service, year) for service in COMMAND_SERVICES for year in years]:
            done.result()
        ours = published_as_said(requests, said, published)
        for place, told in ours.items():
            for measure, persons in told.items():
                standing.figures[place, measure] = Published(published[place], persons, SOURCE_NAME)
        others = [place for place in published if place not in ours]
        for place, figures in pool.map(lambda place: (place, _figures(asking, place)), others):
            standing.figures |= {(place, measure): figure for measure, figure in figures.items()}
    except BaseException:
        # Whatever ends it, Ctrl-C too: neither what has not begun nor a service that is away is waited for.
        asking.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return standing


def _number(stream: dict[str, Any]) -> Number:
    facts = stream["facts"]
    holds = stream["state"] in _HOLDS_A_NUMBER
    return Number(
        stream["state"],
        stream["version"],
        facts.get("persons") if holds else None,
        facts.get("original", {}).get("persons") if holds else None,
    )


def _figures(asking: Asking, place: Place) -> dict[str, Published]:
    """The figures of whole measures; those of a part of it are others."""
    path = f"/requests/v1/streams/figure/{place.region}/{place.year}"
    stream = asking.document(path, {"first": 1})
    if stream is None:
        return {}
    return {
        figure["measure"]: Published(
            stream["version"],
            figure.get("persons") if figure["status"] == FigureStatus.EXACT else None,
            figure["sourceName"],
        )
        for figure in stream["facts"]["figures"].values()
        if "dimension" not in figure
    }
