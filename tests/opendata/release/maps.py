"""Generated maps of a country through some years: merges, splits, new codes, and counties that change."""

from dataclasses import dataclass, replace

from services.contract.regions import Level, Region, Registry

FIRST, LAST = 2000, 2004


@dataclass
class _Place:
    """A municipality or district that is on the map now."""

    code: str
    parent: str
    since: int | None


class MapMaker:
    """Draws a map and changes it year by year, as chance will have it."""

    def __init__(self, rnd):
        self._rnd = rnd
        self._made = 0
        self._regions = {}
        self._counties = []
        self._municipalities = {}
        self._districts = {}

    def draw(self):
        """All regions of the years from `FIRST` to `LAST`."""
        self._add(Region("NO", Level.COUNTRY, "Country", None, None, None, ()))
        self._add(Region("99", Level.COUNTY, "Not stated", "NO", None, None, ()))
        self._add(Region("9999", Level.MUNICIPALITY, "Not stated", "99", None, None, ()))
        for _ in range(self._rnd.randint(1, 3)):
            self._new_county(None)
        for county in list(self._counties):
            for _ in range(self._rnd.randint(1, 4)):
                code = self._new_municipality(county, None)
                if self._rnd.random() < 0.4:
                    for _ in range(self._rnd.randint(1, 3)):
                        self._new_district(code, None)
        for year in range(FIRST + 1, LAST + 1):
            for _ in range(self._rnd.randint(0, 2)):
                self._rnd.choice((self._change, self._change, self._change, self._end_county))(year)
        return Registry(self._regions.values())

    def _change(self, year):
        """Some municipalities become one or several, of which some may have been there before."""
        older = [code for code, place in self._municipalities.items() if place.since != year]
        if not older:
            return
        gone = self._rnd.sample(older, min(len(older), self._rnd.choice((1, 1, 2, 3))))
        staying = [code for code in self._municipalities if code not in gone]
        became = [
            self._rnd.choice(staying)
            if staying and self._rnd.random() < 0.25
            else self._new_municipality(self._rnd.choice(self._counties), year)
            for _ in range(self._rnd.choice((1, 1, 2, 3)))
        ]
        for code in became:
            # What has just been added to is not taken apart in the same year.
            self._municipalities[code].since = year
        self._replace(gone, sorted(set(became)), year)

    def _end_county(self, year):
        """A county gets another code, and so do all its municipalities."""
        older = [code for code in self._counties if self._regions[code].valid_from != year]
        inside = [code for code, place in self._municipalities.items() if place.parent in older[:1]]
        if not older or any(self._municipalities[code].since == year for code in inside):
            return
        self._counties.remove(older[0])
        county = self._new_county(year)
        self._retire(older[0], (county,), year)
        for code in inside:
            self._replace([code], [self._new_municipality(county, year)], year)

    def _replace(self, gone, became, year):
        for code in gone:
            for district in [one for one, place in self._districts.items() if place.parent == code]:
                self._replace_district(district, became, year)
            del self._municipalities[code]
            self._retire(code, tuple(became), year)

    def _replace_district(self, district, became, year):
        """What comes after a district lies in what comes after its municipality, if anything does."""
        if self._rnd.random() < 0.1:
            after = []
        else:
            after = [
                self._new_district(self._rnd.choice(became), year) for _ in range(self._rnd.choice((1, 1, 2)))
            ]
        del self._districts[district]
        self._retire(district, tuple(after), year)

    def _new_county(self, since):
        code = self._code("C")
        self._counties.append(code)
        return self._add(Region(code, Level.COUNTY, code, "NO", since, None, ()))

    def _new_municipality(self, county, since):
        code = self._code("M")
        self._municipalities[code] = _Place(code, county, since)
        return self._add(Region(code, Level.MUNICIPALITY, code, county, since, None, ()))

    def _new_district(self, municipality, since):
        here = [one for one, place in self._districts.items() if place.parent == municipality]
        new = [one for one in here if self._districts[one].since == since]
        if new and self._rnd.random() < 0.3:
            return self._rnd.choice(new)
        code = self._code("D")
        self._districts[code] = _Place(code, municipality, since)
        return self._add(Region(code, Level.DISTRICT, code, municipality, since, None, ()))

    def _retire(self, code, successors, year):
        self._regions[code] = replace(self._regions[code], valid_to=year - 1, successors=successors)

    def _add(self, region):
        self._regions[region.code] = region
        return region.code

    def _code(self, letter):
        self._made += 1
        return f"{letter}{self._made:02}"
