"""The measures in other words: everything worked out anew from the plain list of events.

Shares no code with the projection: it keeps what is in force in each stream by rules of its own
and answers every question by looking at all of it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from services.contract.regions import registry

ATTRIBUTES = {
    "sex": "sex",
    "age_group": "ageGroup",
    "country_of_origin": "countryOfOrigin",
    "care": "care",
    "arrival": "arrival",
    "housing": "housing",
}


def within(place, region):
    """Codes of districts begin with their municipality's, those of municipalities with their county's."""
    return region == "NO" or place.startswith(region)


def total(values):
    """The sum of what is known, None of nothing."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def less(whole, part):
    return None if whole is None or part is None else whole - part


TELL_ABOVE = ("settled", "requested", "requested_originally", "decided")


@dataclass
class Case:
    """One person: the allocation in force and the settlement in force."""

    allocation: dict | None = None
    settlement: dict | None = None

    @property
    def place(self):
        return self.settlement["district"] or self.settlement["municipality"]

    @property
    def day(self):
        return self.settlement["on"] if len(self.settlement["on"]) == 10 else None

    @property
    def waited(self):
        if self.allocation is None or self.settlement is None:
            return None
        if len(self.allocation["on"]) < 10 or self.day is None:
            return None
        return (date.fromisoformat(self.day) - date.fromisoformat(self.allocation["on"])).days


@dataclass
class Naive:
    """What is in force after some events."""

    needs: dict = field(default_factory=lambda: defaultdict(list))
    requests: dict = field(default_factory=dict)
    decisions: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)
    cases: dict = field(default_factory=lambda: defaultdict(Case))
    ever: set = field(default_factory=set)
    touched: set = field(default_factory=set)

    @classmethod
    def after(cls, events):
        naive = cls()
        for name, data, origin, subject in events:
            naive.happen(name, data, origin, subject)
        return naive

    def happen(self, name, data, origin, subject):
        kind, _, what = name.partition(".")
        place = data.get("municipality"), data.get("year")
        if name == "need.announced":
            self.needs[data["year"]].append(data)
            self.touched.add(("NO", data["year"]))
        elif name == "figure.published":
            self._figure(data)
        elif kind == "request":
            self._request(what, place, data)
        elif kind in ("quota", "answer"):
            self._decision(what, place, data)
        else:
            self._person(what, self.cases[subject], data, origin)

    def _figure(self, data):
        key = data["region"], data["year"], data["measure"], data.get("dimension"), data.get("category")
        self.figures[key] = data
        self._touch(data["region"], data["year"], above=key[2] in TELL_ABOVE and key[3] is None)

    def _touch(self, place, year, above=True):
        for region in registry().lineage(place) if above else (place,):
            self.touched.add((region, year))

    def _request(self, what, place, data):
        if what == "withdrawn":
            del self.requests[place]
            return
        self._touch(*place)
        if what == "issued":
            first = data["persons"] if data.get("original") is not False else None
            self.requests[place] = {"persons": None, "minors": None, "by": None, "first": first}
        request = self.requests[place]
        for told, name in (("persons", "persons"), ("unaccompaniedMinors", "minors"), ("answerBy", "by")):
            if told in data:
                request[name] = data[told]

    def _decision(self, what, place, data):
        if what == "withdrawn":
            self.decisions[place] = {"status": "withdrawn"}
        elif what == "delayed":
            self.decisions[place] = {"status": "delayed", "expected": data["expectedOn"]}
            self._touch(*place, above=False)
        else:
            if what == "decided":
                first = {"first": data["persons"], "first_minors": data.get("unaccompaniedMinors")}
                self.decisions[place] = {"status": "decided", **first}
            told = {name: value for name, value in data.items() if name not in ("municipality", "year")}
            self.decisions[place].update(told)
            self._touch(*place)
            for share in self.decisions[place].get("districts") or ():
                self._touch(share["code"], place[1], above=False)

    def _person(self, what, case, data, origin):
        if what == "allocated":
            case.allocation = {
                "municipality": data["municipality"],
                "on": data["allocatedOn"],
                "minor": data.get("unaccompaniedMinor"),
                "origin": origin,
            }
        elif what == "declined" or (what == "withdrawn" and case.settlement is None):
            case.allocation = None
        elif what in {"settled", "corrected"}:
            case.settlement = {
                "municipality": data["municipality"],
                "district": data.get("district"),
                "on": data["settledOn"],
                "minor": data.get("unaccompaniedMinor"),
                "origin": origin,
                **{name: data.get(told) for name, told in ATTRIBUTES.items()},
            }
        elif what == "withdrawn":
            case.settlement = None
        elif what == "attributes-erased":
            self._erase(case)
        self._remember(case)

    def _erase(self, case):
        if case.settlement is None:
            return
        kept = {name: case.settlement[name] for name in ("municipality", "district", "origin")}
        unknown = dict.fromkeys(("minor", *ATTRIBUTES))
        case.settlement = {**kept, **unknown, "on": case.settlement["on"][:4]}
        if case.allocation is not None:
            case.allocation = case.allocation | {"on": case.allocation["on"][:4], "minor": None}

    def _remember(self, case):
        """What has once been reported stays reported: nought after a withdrawal, not nothing."""
        if case.allocation is not None:
            place, year = case.allocation["municipality"], int(case.allocation["on"][:4])
            self._reported(("allocated",), place, year, case.allocation["minor"])
        if case.settlement is not None:
            self._reported(("settled",), case.place, int(case.settlement["on"][:4]), case.settlement["minor"])

    def _reported(self, measures, place, year, minor):
        self._touch(place, year)
        for region in registry().lineage(place):
            for measure in measures:
                self.ever.add((measure, region, year))
                if minor is not None:
                    self.ever.add((f"{measure}_minors", region, year))

    # what is asked

    def settled(self, code, year):
        return [
            case
            for case in self.cases.values()
            if case.settlement and int(case.settlement["on"][:4]) == year and within(case.place, code)
        ]

    def allocated(self, code, year):
        return [
            case
            for case in self.cases.values()
            if case.allocation
            and int(case.allocation["on"][:4]) == year
            and within(case.allocation["municipality"], code)
        ]

    def official(self, code, year):
        return self.figures.get((code, year, "settled", None, None))

    def is_hidden(self, code, year):
        figure = self.official(code, year)
        reported = ("settled", code, year) in self.ever
        return figure is not None and figure["status"] == "suppressed" and not reported

    def is_nought(self, code, year):
        figure = self.official(code, year)
        reported = ("settled", code, year) in self.ever
        return figure is not None and figure.get("persons") == 0 and not reported

    def hidden_within(self, code, year):
        return [place for place in self._figured(year) if within(place, code) and self.is_hidden(place, year)]

    def suppressed_within(self, code, year):
        """Where the source hides its number, whatever events tell: nothing above is complete."""
        return [
            place
            for place in self._figured(year)
            if within(place, code) and (self.official(place, year) or {}).get("status") == "suppressed"
        ]

    def _figured(self, year):
        return {key[0] for key in self.figures if key[1] == year}

    def number_settled(self, code, year):
        if ("settled", code, year) in self.ever:
            return len(self.settled(code, year))
        if self.is_hidden(code, year):
            return None
        noughts = [
            place
            for place in self._figured(year)
            if self.is_nought(place, year) and (place == code or (within(place, code) and len(place) < 6))
        ]
        # Nobody in one district says nothing of the rest of its municipality.
        return 0 if noughts else None

    def waits(self, code, year):
        return sorted(case.waited for case in self.settled(code, year) if case.waited is not None)

    def days(self, code, year):
        return Counter(case.day or "" for case in self.settled(code, year))

    def breakdown(self, code, year, by):
        cells = defaultdict(list)
        for case in self.settled(code, year):
            cells[tuple(self._category(case, dimension) for dimension in by)].append(case)
        return {
            key: (len(found), {case.settlement["origin"] for case in found}) for key, found in cells.items()
        }

    def _category(self, case, dimension):
        if dimension == "month":
            return case.day[:7] if case.day else "unknown"
        if dimension == "unaccompanied_minor":
            return {None: "unknown", True: "true", False: "false"}[case.settlement["minor"]]
        return case.settlement[dimension] or "unknown"

    def median_wait(self, code, year):
        waits = self.waits(code, year)
        return median(waits) if len(waits) >= 10 else None

    def minors(self, cases, part):
        return sum(1 for case in cases if getattr(case, part)["minor"])
