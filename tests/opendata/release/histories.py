"""Generated histories: events that are valid in their streams' states, of all kinds."""

from random import Random

from hypothesis import strategies as st

from services.contract.date_rules import surely_before
from services.contract.event_types import COMMAND_SERVICES, EVENT_TYPES
from services.contract.states import allows
from tests.opendata.projection.journal import Composer, person

PLACES = {
    "0301": ["030101", "030102", "030115"],
    "4601": ["460101"],
    "1103": ["110308"],
    "3401": [],
    "9999": [],
}
YEARS = (2023, 2024)
ALLOCATED = ("2023-01-10", "2023-02-01", "2023-02", "2023", "2024-01-05")
SETTLED = (
    "2023",
    "2023-03-01",
    "2023-05-17",
    "2023-11",
    "2024",
    "2024-05",
    "2024-01-31",
    "2024-05-17",
    "2024-05-18",
)
KINDS = ("settlements",) * 9 + ("decisions",) * 4 + ("requests",) * 3 + ("figures",) * 2 + ("needs",)
PERSONS = (0, 1, 7, 40)
CROWD = 1_000

_NAMES = {
    kind: [
        event.name
        for event in EVENT_TYPES.values()
        if event.kind == kind and event.service in COMMAND_SERVICES
    ]
    for kind in set(KINDS)
}


class History:
    """Events as they stand in stores, and the same as plain tuples for the naive model."""

    def __init__(self):
        self._composer = Composer()
        self._places = {}
        self._allocated = {}
        self.events = []
        self.plain = []

    def add(self, name, data, origin="reported", subject=None):
        self.events.append(self._composer.compose(name, data, origin=origin, subject=subject))
        self.plain.append((name, data, origin, subject))

    def grow(self, rnd):
        """One more event, of a kind and stream that chance picks."""
        kind = rnd.choice(KINDS)
        if kind == "settlements":
            self._grow_settlements(rnd)
            return
        municipality, year = rnd.choice(list(PLACES)), rnd.choice(YEARS)
        subject = f"NO/{year}" if kind == "needs" else f"{municipality}/{year}"
        if kind == "figures":
            region = rnd.choice([municipality, "3403", "030102", "NO", "11", "3434"])
            self.add("figure.published", _figure(rnd, region, year))
            return
        state = self._composer.state(kind, subject)
        name = rnd.choice([name for name in _NAMES[kind] if allows(name, state)])
        self.add(name, _FORMS[name](rnd, municipality, year))

    def crowd(self, rnd):
        """Enough persons for a median of their waits."""
        for number in range(rnd.randint(9, 12)):
            subject = person(CROWD + number)
            self.add(
                "person.allocated", {"municipality": "0301", "allocatedOn": "2023-02-01"}, subject=subject
            )
            self.add("allocation.accepted", {"municipality": "0301"}, subject=subject)
            day = rnd.choice(("2024-01-31", "2024-05-17", "2024-05-18"))
            self.add("person.settled", {"municipality": "0301", "settledOn": day}, subject=subject)

    def _grow_settlements(self, rnd):
        subject = person(rnd.randrange(12))
        state = self._composer.state("settlements", subject)
        names = [name for name in _NAMES["settlements"] if allows(name, state)]
        if not names:
            return
        name = rnd.choice(names)
        if name == "person.allocated" or state is None:
            self._places[subject] = rnd.choice(list(PLACES))
            self._allocated[subject] = rnd.choice(ALLOCATED) if name == "person.allocated" else None
        place, allocated = self._places[subject], self._allocated[subject]
        origin = rnd.choice(("reported", "reported", "imported", "synthetic"))
        self.add(name, _settlement(rnd, name, place, allocated), origin, subject)


def _settlement(rnd, name, place, allocated):
    if name in ("settlement.withdrawn", "settlement.attributes-erased"):
        return {}
    data = {"municipality": place}
    if name == "person.allocated":
        data["allocatedOn"] = allocated
        return _some(rnd, data, unaccompaniedMinor=(True, False, None), readyOn=("2024-02-01",))
    if name.startswith("allocation."):
        return data
    days = [day for day in SETTLED if allocated is None or not surely_before(day, allocated)]
    data["settledOn"] = rnd.choice(days)
    return _some(
        rnd,
        data,
        district=PLACES[place] or (None,),
        countryOfOrigin=("UKR", "SYR", "XXX", None),
        sex=("female", "male", "unknown"),
        ageGroup=("0-17", "18-29", "68+"),
        unaccompaniedMinor=(True, False),
        care=("institution", "foster_home"),
        arrival=("resettlement", "direct"),
        housing=("municipal",),
        alternativeReceptionPlace=(True,),
    )


def _some(rnd, data, **optional):
    """Some of the optional fields, each with one of its values."""
    return data | {name: rnd.choice(values) for name, values in optional.items() if rnd.random() < 0.5}


def _figure(rnd, region, year):
    data = {"region": region, "year": year, "publishedOn": "2024-06-21", "sourceName": "IMDi"}
    decisions = ("requested", "requested_originally", "decided")
    data["measure"] = rnd.choice(("settled", "settled", "settled", "spare_capacity", *decisions))
    data["status"] = rnd.choice(("exact", "suppressed"))
    if data["status"] == "exact":
        data["persons"] = rnd.choice(PERSONS)
    if rnd.random() < 0.2:
        data |= {"dimension": "sex", "category": "female"}
    return data


def _need(rnd, _place, year):
    status = rnd.choice(("forecast", "issued", "revised", "final"))
    data = {"year": year, "persons": rnd.choice(PERSONS), "announcedOn": "2023-10", "status": status}
    return _some(rnd, data, unaccompaniedMinors=(0, None), resettlement=(3, None), municipalitiesAsked=(5,))


def _issued(rnd, place, year):
    data = {"municipality": place, "year": year, "persons": rnd.choice(PERSONS), "issuedOn": "2023"}
    return _some(
        rnd, data, original=(True, False), unaccompaniedMinors=(0, 2, None), answerBy=("2024-02-25",)
    )


def _request_revised(rnd, place, year):
    data = {"municipality": place, "year": year, "persons": rnd.choice(PERSONS), "revisedOn": "2024"}
    return _some(rnd, data, unaccompaniedMinors=(1, None), answerBy=("2024-03-01", None))


def _withdrawn(_rnd, place, year):
    return {"municipality": place, "year": year, "withdrawnOn": "2024-06"}


def _delayed(rnd, place, year):
    return {"municipality": place, "year": year, "expectedOn": rnd.choice(("2024-06-01", "2024-07-01"))}


def _decided(rnd, place, year):
    persons = rnd.choice(PERSONS)
    data = {"municipality": place, "year": year, "persons": persons, "decidedOn": "2023-12-01"}
    return _some(rnd, data, **_quota(rnd, place))


def _quota_revised(rnd, place, year):
    data = {"municipality": place, "year": year, "decidedOn": "2024-04"}
    return _some(rnd, data, persons=(*PERSONS, None), **_quota(rnd, place))


def _quota(rnd, place):
    shares = [{"code": code, "persons": rnd.choice(PERSONS)} for code in PLACES[place]]
    return {
        "unaccompaniedMinors": (0, 2, None),
        "extraCapacity": (5, None),
        "extraCapacityUnaccompaniedMinors": (1, None),
        "acceptsUnaccompaniedMinors": (True, False, None),
        "districts": (shares, shares[:1], None),
    }


_FORMS = {
    "need.announced": _need,
    "request.issued": _issued,
    "request.revised": _request_revised,
    "request.withdrawn": _withdrawn,
    "answer.delayed": _delayed,
    "quota.decided": _decided,
    "quota.revised": _quota_revised,
    "quota.withdrawn": _withdrawn,
}


@st.composite
def histories(draw):
    """A history. It shrinks by events left out; each event follows from a number of its own."""
    history = History()
    if draw(st.sampled_from((False, False, False, True))):
        history.crowd(Random(draw(st.integers(0, 1000))))
    for seed in draw(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=60)):
        history.grow(Random(seed))
    return history
