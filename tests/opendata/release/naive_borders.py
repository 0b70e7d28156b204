"""What is known of a year on generated maps, and each number on another map worked out person by person."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import median

from services.contract.codes import FigureStatus
from services.contract.regions import Level, Redrawing
from services.opendata.release.gathering import WAIT_MEASURE
from services.opendata.release.sheets import Count, Sheet, note_official
from tests.opendata.release.naive import less, total

FROM_SETTLED = ("settled", "remaining", "fulfilment", "settled_per_thousand")


@dataclass
class Year:
    """What is known of one year, by the regions of the year."""

    regions: object
    year: int
    persons: list = field(default_factory=list)
    """Place (a municipality or district), origin, and days of waiting or None."""
    withdrawn: set = field(default_factory=set)
    requests: dict = field(default_factory=dict)
    """Persons and the day to answer by, by municipality."""
    decisions: dict = field(default_factory=dict)
    """Persons and shares by district, by municipality; persons is None for an answer delayed."""
    said: dict = field(default_factory=dict)
    """What the source says of a region: hidden or nought."""

    @classmethod
    def by_chance(cls, rnd, regions, year):
        made = cls(regions, year)
        there = [one for one in regions if one.valid_in(year) and one.code != "NO"]
        for one in there:
            if one.level in (Level.MUNICIPALITY, Level.DISTRICT):
                for _ in range(rnd.choice((0, 0, 1, 3, 8))):
                    waited = rnd.choice((None, 0, 5, 30, 31))
                    made.persons.append((one.code, rnd.choice(("reported", "imported")), waited))
                if rnd.random() < 0.1:
                    made.withdrawn.add(one.code)
            if rnd.random() < 0.2:
                made.said[one.code] = rnd.choice(("hidden", "nought"))
            if one.level is Level.MUNICIPALITY and rnd.random() < 0.6:
                made.requests[one.code] = (rnd.choice((0, 5, 10)), rnd.choice((None, "2000-01-01")))
            if one.level is Level.MUNICIPALITY and rnd.random() < 0.6:
                shares = {child.code: 2 for child in regions.children(one, year) if rnd.random() < 0.5}
                made.decisions[one.code] = (rnd.choice((None, 0, 10, 20)), shares)
        return made

    def sheet(self):
        """The year's sheet, as if it had been read from a release."""
        values, waits = defaultdict(lambda: [0, 0]), defaultdict(list)
        sheet = Sheet(Redrawing(self.regions, self.year, self.year))

        def add(code, measure, value, above=True):
            for place in self.regions.lineage(code) if above else (code,):
                values[place, measure][0] += value
                values[place, measure][1] += 1

        for code, origin, waited in self.persons:
            add(code, "settled", 1)
            for place in self.regions.lineage(code):
                sheet.origins[place].add(origin)
                waits[place] += [] if waited is None else [waited]
        for code in self.withdrawn:
            add(code, "settled", 0)
        for code, (persons, by) in self.requests.items():
            add(code, "requested", persons)
            add(code, "asked", 1)
            sheet.facts[code, "request"] = {"state": "issued"} | ({} if by is None else {"answerBy": by})
        for code, (persons, shares) in self.decisions.items():
            sheet.facts[code, "decision"] = {"state": "delayed" if persons is None else "decided"}
            if persons is not None:
                add(code, "quota", persons)
                add(code, "answered", 1)
                for district, share in shares.items():
                    add(district, "quota", share, above=False)
        sheet.counts.update({key: Count(*value) for key, value in values.items()})
        for place, days in waits.items():
            if days:
                sheet.counts[place, WAIT_MEASURE] = Count(int(2 * median(days)), len(days))
        for code, what in self.said.items():
            hidden = {"status": FigureStatus.SUPPRESSED}
            note_official(sheet, code, hidden if what == "hidden" else {"status": "exact", "persons": 0})
        return sheet

    def waits(self):
        """Persons by days of waiting, by municipality and district, each with what lies in it."""
        found = defaultdict(Counter)
        for code, _, waited in self.persons:
            for place in self.regions.lineage(code)[:-2]:
                if waited is not None:
                    found[place][waited] += 1
        return found


class NaiveMap:
    """A year on another map, by walking over regions year by year and over all persons."""

    def __init__(self, known, map_year):
        self._known, self._regions = known, known.regions
        self._year, self._map_year = known.year, map_year
        self._units = [
            one.code
            for one in self._regions
            if one.valid_in(known.year) and one.level in (Level.MUNICIPALITY, Level.DISTRICT)
        ]
        self._targets = {code: self._follow(code) for code in self._units}

    def is_divided(self, code):
        return any(not self._all_in(unit, code) for unit in self._touching(code))

    def expected(self, code):
        """Fields of totals by name; None where nothing of the year is in a region of the map."""
        region = self._regions.find(code)
        units = self._touching(code)
        if not units:
            return None
        fields = self._sums(region, units) | {
            "comparable": True,
            "not_placed_by_borders": self._not_placed(region),
            "not_placed_in_district": self._in_no_district(region),
            "flows": self._flows(code),
            "coverage": self._coverage(region),
            "withheld": self._withheld(region),
        }
        return self._blank(region, fields) if self.is_divided(code) else fields

    def _blank(self, region, fields):
        measures = ("requested", "quota", "spare_capacity", "median_wait_days", "not_placed_in_district")
        there = {name for name in (*measures, *FROM_SETTLED) if fields.get(name) is not None}
        kept = ("flows", "coverage")
        return {name: value if name in kept else None for name, value in fields.items()} | {
            "comparable": False,
            "origins": (),
            "withheld": {(name, "not_comparable") for name in there | {one for one, _ in fields["withheld"]}},
        }

    def _sums(self, region, units):
        known = self._known
        persons = self._persons(units)
        requests = [known.requests[unit] for unit in units if unit in known.requests]
        decided = {unit: known.decisions[unit] for unit in units if unit in known.decisions}
        settled = self._settled(region.code)
        quota = total(one for one, _ in decided.values())
        if region.level is Level.DISTRICT:
            shares = [one for persons, one in known.decisions.values() if persons is not None]
            quota = total(one[unit] for one in shares for unit in units if unit in one)
        requested = total(one for one, _ in requests)
        waited = sorted(days for _, _, days in persons if days is not None)
        return {
            "settled": settled,
            "requested": requested,
            "quota": quota,
            "spare_capacity": less(quota, requested),
            "remaining": less(quota, settled),
            "fulfilment": settled / quota if settled is not None and quota else None,
            "median_wait_days": median(waited) if len(waited) >= 10 else None,
            "origins": tuple(sorted({origin for _, origin, _ in persons})),
            "decision_status": self._agreed(region, units, self._status),
            "answer_by": self._agreed(region, units, lambda unit: known.requests.get(unit, (None, None))[1]),
        }

    def _status(self, unit):
        if unit in self._known.decisions:
            return "delayed" if self._known.decisions[unit][0] is None else "decided"
        return "asked" if unit in self._known.requests else "not_asked"

    def _agreed(self, region, units, told):
        if region.level is not Level.MUNICIPALITY:
            return None
        found = {told(unit) for unit in units}
        return found.pop() if len(found) == 1 else None

    def _coverage(self, region):
        if region.level is Level.DISTRICT:
            shown = not self.is_divided(region.code) and self._settled(region.code) is not None
            return (0, 0, 0, 0, 0, shown)
        known = self._known
        whole = [unit for unit in self._touching(region.code) if self._all_in(unit, region.code)]
        stated = [unit for unit in whole if unit != "9999"]
        reporting = [unit for unit in stated if self._settled_then(unit) is not None]
        asked = [unit for unit in stated if unit in known.requests]
        decided = [unit for unit in stated if known.decisions.get(unit, (None,))[0] is not None]
        not_stated = len(self._persons(["9999"])) if "9999" in whole else 0
        complete = (
            bool(stated)
            and reporting == stated
            and not self._hidden_in(region.code)
            and not self.is_divided(region.code)
        )
        return (len(stated), len(asked), len(decided), len(reporting), not_stated, complete)

    def _withheld(self, region):
        code, found = region.code, set()
        if self._settled(code) is None and self._hidden_in(code):
            reason = "hidden_by_source" if self._is_hidden(code) else "incomplete"
            found = {(name, reason) for name in FROM_SETTLED}
            if self._districts(region):
                found.add(("not_placed_in_district", reason))
        waited = [days for _, _, days in self._persons(self._touching(code)) if days is not None]
        if 0 < len(waited) < 10:
            found.add(("median_wait_days", "small_numbers"))
        return found

    # Persons

    def _persons(self, units):
        return [one for one in self._known.persons if any(self._regions.within(one[0], u) for u in units)]

    def _reported(self, units):
        told = {*(code for code, _, _ in self._known.persons), *self._known.withdrawn}
        return any(self._regions.within(code, unit) for code in told for unit in units)

    def _settled(self, code):
        """What is known to be settled in all that came to a region."""
        units = self._touching(code)
        if self._reported(units):
            return len(self._persons(units))
        if self._is_hidden(code):
            return None
        return 0 if any(self._is_nought(one) for one in {*units, *self._coarse(code)}) else None

    def _settled_then(self, code):
        if self._reported([code]):
            return len(self._persons([code]))
        return 0 if self._known.said.get(code) == "nought" else None

    def _is_nought(self, code):
        inside = [one for one in self._known.said if code == "NO" and len(one) and one[0] != "D"]
        said = [self._known.said.get(one) for one in inside or [code]]
        return "nought" in said and not self._reported([code])

    def _is_hidden(self, code):
        return not self._reported(self._touching(code)) and all(
            self._known.said.get(one) == "hidden" for one in self._coarse(code)
        )

    def _hidden_in(self, code):
        """Whether the source hides the number of anything of which all or a part is in a region."""
        hidden = [one for one, what in self._known.said.items() if what == "hidden"]
        reached = {target for one in hidden for target in self._went_to(one)}
        return bool(hidden) if code == "NO" else any(self._regions.within(one, code) for one in reached)

    def _not_placed(self, region):
        if self._settled(region.code) is None:
            return None
        return len(self._rest(region, with_district=True))

    def _in_no_district(self, region):
        if self._settled(region.code) is None or not self._districts(region):
            return None
        return len(self._rest(region, with_district=False))

    def _rest(self, region, with_district):
        """Persons of a region whom none of those below shows."""
        if region.level is Level.DISTRICT:
            return []
        children = [one.code for one in self._regions.children(region, self._map_year)]
        shown = {unit for child in children if not self.is_divided(child) for unit in self._touching(child)}
        of_municipality = region.level is Level.MUNICIPALITY
        if of_municipality and not children:
            return []
        rest = []
        for person in self._persons(self._touching(region.code)):
            unit = person[0] if of_municipality else self._municipality(person[0])
            if unit in shown:
                continue
            known_district = not of_municipality or bool(unit[0] == "D" and self._targets[unit])
            if known_district == with_district:
                rest.append(person)
        return rest

    def _districts(self, region):
        below = self._regions.children(region, self._map_year)
        return below if region.level is Level.MUNICIPALITY else []

    # Regions

    def _flows(self, code):
        sources = self._coarse(code)
        same = sources == [code] and not self.is_divided(code)
        if same or self._year == self._map_year:
            return []
        return [(one, self._went_to(one), self._settled_of_source(one)) for one in sources]

    def _settled_of_source(self, code):
        if self._reported([code]):
            return len(self._persons([code]))
        if self._known.said.get(code) == "hidden":
            return None
        inside = [one for one in self._units if one[0] != "D" and self._regions.within(one, code)]
        return 0 if any(self._known.said.get(one) == "nought" for one in (code, *inside)) else None

    def _went_to(self, code):
        if code in self._targets:
            return sorted(self._targets[code])
        inside = [unit for unit in self._units if self._county(unit) == code and unit[0] != "D"]
        return sorted({self._county(target) for unit in inside for target in self._targets[unit]})

    def _coarse(self, code):
        """The units in a region, those of a county as one where all of it is in the region."""
        if code == "NO":
            return ["NO"]
        units = self._touching(code)
        if self._regions.find(code).level is not Level.COUNTY:
            return units
        found = []
        for county in {self._county(unit) for unit in units}:
            all_there = [one for one in self._units if one[0] != "D" and self._county(one) == county]
            if all(self._all_in(one, code) for one in all_there):
                found.append(county)
            else:
                found += [one for one in units if self._county(one) == county]
        return sorted(found)

    def _touching(self, code):
        of_district = self._regions.find(code).level is Level.DISTRICT
        return [
            unit
            for unit in sorted(self._units)
            if (unit[0] == "D") == of_district
            and (
                any(self._regions.within(target, code) for target in self._targets[unit])
                or (not of_district and self._all_in(unit, code))
            )
        ]

    def _all_in(self, unit, code):
        targets = self._targets[unit]
        return bool(targets) and all(self._regions.within(target, code) for target in targets)

    def _follow(self, code):
        if self._map_year >= self._year:
            return self._forward(code, self._year, self._map_year)
        before = [one.code for one in self._regions if one.valid_in(self._map_year)]
        level = self._regions.find(code).level
        return {
            one
            for one in before
            if self._regions.find(one).level is level
            and code in self._forward(one, self._map_year, self._year)
        }

    def _forward(self, code, year, later):
        there = {code}
        for at in range(year + 1, later + 1):
            there = {
                after
                for one in there
                for after in (
                    [one] if self._regions.find(one).valid_in(at) else self._regions.find(one).successors
                )
            }
        return there

    def _county(self, code):
        return self._regions.lineage(code)[-2]

    def _municipality(self, code):
        return self._regions.lineage(code)[-3]
