"""Events one after the other, and what each changes."""

from collections import Counter, defaultdict

from services.opendata.projection.effects import effects_of
from tests.opendata.projection.journal import Composer, person


class Story:
    """Events one after the other, and what each changes."""

    def __init__(self):
        self._composer = Composer()

    def tell(self, name, data, subject=None, origin="reported"):
        subject = subject or (person(1) if "year" not in data else None)
        return effects_of(self._composer.compose(name, data, subject=subject, origin=origin))


def totals(effects):
    """What changes in values and reports, by measure and region; nothing where it cancels out."""
    found = defaultdict(lambda: [0, 0])
    for total, value, reports in effects.totals:
        found[total.measure, total.region][0] += value
        found[total.measure, total.region][1] += reports
    return {key: tuple(change) for key, change in found.items() if change != [0, 0]}


def persons(effects):
    found = Counter()
    for one, sign in effects.persons:
        found[one] += sign
    return {one: change for one, change in found.items() if change}
