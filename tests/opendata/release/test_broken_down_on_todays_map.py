"""Breakdowns and series of 2019 on the map of 2026, against a walk over all persons."""

from collections import Counter
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contract.codes import Dimension
from services.contract.regions import registry
from services.opendata.release.answers import WithheldReason

YEAR, TODAY = 2019, 2026

WENT_TO = {
    "0301": ["0301"],
    "030101": ["030101"],
    "1201": ["4601"],
    "120101": ["460101"],
    "120108": ["460108"],
    "5001": ["5001"],
    "5030": ["5001"],
    "1571": ["5055"],
    "1504": ["1508", "1580"],
    "1502": ["1506"],
    "1805": ["1806"],
    "1850": ["1806", "1875"],
    "1849": ["1875"],
    "0119": ["3122"],
    "0121": ["3226"],
    "9999": ["9999"],
}
"""Written down from the registry's file, not worked out."""
ABOVE = ["NO", "03", "31", "32", "46", "50", "15", "18", "99"]
ASKED = [*ABOVE, "1507", *sorted({target for targets in WENT_TO.values() for target in targets})]
DAYS = ("2019", "2019-03", "2019-03-01", "2019-03-02", "2019-12-31")
BY = [(Dimension.SEX,), (Dimension.MONTH,), (Dimension.SEX, Dimension.MONTH)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 1_000_000))
def test_cells_and_days_are_those_of_all_persons_who_came_into_a_region(one_world, seed):
    rnd = Random(seed)
    persons = [
        (rnd.choice(list(WENT_TO)), rnd.choice(DAYS), rnd.choice(("female", "male", None)))
        for _ in range(rnd.randint(1, 40))
    ]
    one_world.begin_anew()
    for number, (place, day, sex) in enumerate(persons):
        told = {} if sex is None else {"sex": sex}
        if len(place) == len("030101"):
            told["district"] = place
        one_world.journal.settle(number, place[:4], settled_on=day, **told)
    projector = one_world.new_projector(1_000, wait=0.0)
    one_world.project(projector)
    projector.close()
    one_world.releaser.step()

    with one_world.published.open() as numbers:
        for code in ASKED:
            region = registry().find(code)
            inside, is_divided = _those_in(code, persons)
            for by in BY:
                cells = numbers.breakdown(region, YEAR, by, TODAY)
                expected = Counter(tuple(_category(one, dimension) for dimension in by) for one in inside)
                assert [cell.categories for cell in cells] == sorted(expected), code
                for cell in cells:
                    count = expected[cell.categories]
                    shown = (None, None) if is_divided else (count, count / len(inside))
                    assert (cell.persons, cell.share) == shown
                    assert cell.withheld is (WithheldReason.NOT_COMPARABLE if is_divided else None)
            days = numbers.days(region, YEAR, TODAY)
            dated = Counter(day for _, day, _ in inside if len(day) == len("2019-03-01"))
            assert [count.day.isoformat() for count in days.dated] == sorted(dated)
            told = [None if is_divided else dated[day] for day in sorted(dated)]
            assert [count.persons for count in days.dated] == told
            undated = len(inside) - dated.total()
            assert days.undated == (undated if inside and not is_divided else None)


def _those_in(code, persons):
    """The persons of all regions of 2019 of which anything is in one of today, and if one is in part only."""
    if not registry().find(code).valid_in(TODAY):
        return [], False
    inside, is_divided = [], code in ("1508", "1580", "1806", "1875", "5055")
    for one in persons:
        unit = one[0] if len(code) == len("030101") else one[0][:4]
        if any(registry().within(target, code) for target in WENT_TO[unit]):
            inside.append(one)
    return inside, is_divided


def _category(person, dimension):
    _, day, sex = person
    if dimension is Dimension.SEX:
        return sex or "unknown"
    return day[:7] if len(day) == len("2019-03-01") else "unknown"
