"""What is to be posted: what the file says, less what stands already, and where the two differ."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from services.importing import events
from services.importing.events import PUBLISHED, SOURCE_NAME, Event
from services.importing.persons import Persons, persons_of
from services.importing.rows import Measure
from services.importing.standing import Number, Standing
from services.importing.years import Place, Said


class Existing(StrEnum):
    """What to do where another number stands."""

    SKIP = "skip"
    REVISE = "revise"


@dataclass(frozen=True, slots=True)
class Difference:
    """Another number stands than the file's; None is a number that is hidden, withdrawn or not known."""

    place: Place
    measure: str
    there: int | None
    told: int | None
    revised: bool


@dataclass(slots=True)
class Plan:
    """What is to be posted, by service, and what is not."""

    figures: list[Event] = field(default_factory=list)
    requests: list[list[Event]] = field(default_factory=list)
    """Those of one stream together, in order."""
    decisions: list[Event] = field(default_factory=list)
    persons: list[Persons] = field(default_factory=list)
    there: int = 0
    """Figures of the file that stand already as the file has them."""
    differences: list[Difference] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Events to post."""
        return (
            len(self.figures)
            + sum(map(len, self.requests))
            + len(self.decisions)
            + sum(persons.count for persons in self.persons)
        )

    def by_type(self) -> Counter[str]:
        """How many events of each type."""
        single = chain(self.figures, chain.from_iterable(self.requests), self.decisions)
        found = Counter(event["type"].split(".", 2)[2].rpartition(".")[0] for event in single)
        for persons in self.persons:
            found["person.settled"] += len(persons.added)
            found["settlement.withdrawn"] += len(persons.withdrawn)
        return +found


def compare(said: Mapping[Place, Said], standing: Standing, existing: Existing) -> Plan:
    """The plan for everything that a file says."""
    comparing = _Comparing(standing, existing)
    for place in sorted(said):
        comparing.request(said[place])
        comparing.decision(said[place])
        comparing.settled(said[place])
    return comparing.plan


class _Comparing:
    """Holds what a file says against what stands, place by place."""

    def __init__(self, standing: Standing, existing: Existing) -> None:
        self.plan = Plan()
        self._standing = standing
        self._revise = existing is Existing.REVISE

    def request(self, said: Said) -> None:
        place, requested = said.place, said.persons(Measure.REQUESTED)
        there = self._standing.requests.get(place)
        if requested is None:
            self._figure(said, Measure.REQUESTED)
            self._figure(said, Measure.REQUESTED_ORIGINAL)
            return
        originally = said.persons(Measure.REQUESTED_ORIGINAL)
        if there is None:
            if originally is None:
                self._figure(said, Measure.REQUESTED_ORIGINAL)
            self.plan.requests.append(_first_request(said, requested, originally))
            return
        if originally is not None and there.originally == originally:
            self.plan.there += 1
        else:
            # A stream that is there can't be given another beginning.
            self._figure(said, Measure.REQUESTED_ORIGINAL)
        if self._differs(place, Measure.REQUESTED, there, requested):
            name = "request.revised" if there.in_force else "request.issued"
            issued = events.request_issued(
                place, said.reference(Measure.REQUESTED), requested, original=False
            )
            self.plan.requests.append([events.changed_to(issued, name, there.version)])

    def decision(self, said: Said) -> None:
        place, decided = said.place, said.persons(Measure.DECIDED)
        if decided is None:
            self._figure(said, Measure.DECIDED)
            return
        event = events.quota_decided(place, said.reference(Measure.DECIDED), decided)
        there = self._standing.decisions.get(place)
        if there is None:
            self.plan.decisions.append(event)
        elif self._differs(place, Measure.DECIDED, there, decided):
            name = "quota.revised" if there.in_force else "quota.decided"
            self.plan.decisions.append(events.changed_to(event, name, there.version))

    def settled(self, said: Said) -> None:
        figure = said.figures.get(Measure.SETTLED)
        if figure is None:
            return
        place = said.place
        published = self._standing.figures.get((place, PUBLISHED[Measure.SETTLED]))
        ours = published if published is not None and published.source_name == SOURCE_NAME else None
        persons = persons_of(place, figure, self._standing.persons.get(place), ours, revise=self._revise)
        if persons.count:
            self.plan.persons.append(persons)
        if persons.differs:
            told = sum(persons.told.values())
            self.plan.differences.append(
                Difference(place, Measure.SETTLED, persons.there, told, persons.count > 0)
            )
        # Published of fewer of the rows that count here, as before codes were mapped, it is part of this one.
        is_part = (
            ours is not None
            and ours.persons != figure.persons
            and not persons.differs
            and bool(persons.count)
        )
        self._figure(said, Measure.SETTLED, replace=is_part, tell=not persons.differs)

    def _differs(self, place: Place, measure: Measure, there: Number, told: int) -> bool:
        """Whether a stream that is there is to be changed; notes what is found."""
        if there.persons == told:
            self.plan.there += 1
            return False
        self.plan.differences.append(Difference(place, measure, there.persons, told, self._revise))
        return self._revise

    def _figure(self, said: Said, measure: Measure, *, replace: bool = False, tell: bool = True) -> None:
        """Publish what the file says of a measure, if it does, unless another stands that is to be left."""
        figure = said.figures.get(measure)
        if figure is None:
            return
        place, published = said.place, PUBLISHED[measure]
        event = events.figure_published(place, figure.reference, published, figure.persons)
        before = self._standing.figures.get((place, published))
        if before is None:
            self.plan.figures.append(event)
        elif before.persons == figure.persons:
            self.plan.there += 1
        else:
            if replace or self._revise:
                self.plan.figures.append(events.changed_to(event, "figure.published", before.version))
            if tell and not replace:
                self.plan.differences.append(
                    Difference(place, f"published {published}", before.persons, figure.persons, self._revise)
                )


def _first_request(said: Said, requested: int, originally: int | None) -> list[Event]:
    """A request and its revision, if the number has changed within the year."""
    place, reference = said.place, said.reference(Measure.REQUESTED)
    if originally is None:
        return [events.request_issued(place, reference, requested, original=False)]
    first = events.request_issued(place, reference, originally, original=True)
    if originally == requested:
        return [first]
    return [first, events.request_revised(place, reference, requested)]
