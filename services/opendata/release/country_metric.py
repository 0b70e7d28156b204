"""The country's totals for operators' dashboards: released values only."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.metrics import REGISTRY
from services.contract.codes import Measure
from services.contract.regions import COUNTRY, registry
from services.opendata.release.reader import NothingReleased, Published

MEASURES = (
    Measure.ANNOUNCED,
    Measure.REQUESTED,
    Measure.DECIDED,
    Measure.QUOTA,
    Measure.ALLOCATED,
    Measure.AWAITING,
    Measure.SETTLED,
)


class _Country(Collector):
    def __init__(self) -> None:
        self.watched: Published | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        persons = GaugeMetricFamily(
            "bosatt_country_persons",
            "Persons in the country by measure and year, as released; null values are absent.",
            labels=["measure", "year"],
        )
        if self.watched is not None:
            try:
                self._add(self.watched, persons)
            except (SQLAlchemyError, NothingReleased):
                # A series that is absent is alerted on; one that is made up is not.
                persons.samples.clear()
        yield persons

    def describe(self) -> list[GaugeMetricFamily]:
        return []

    def _add(self, published: Published, persons: GaugeMetricFamily) -> None:
        country = registry().find(COUNTRY)
        assert country is not None
        with published.open() as numbers:
            for year in numbers.years(country):
                totals = numbers.totals(country, year)
                for measure in MEASURES if totals is not None else ():
                    value = None if totals is None else totals.measure(measure)
                    if value is not None:
                        persons.add_metric([measure, str(year)], value)


_COUNTRY = _Country()
REGISTRY.register(_COUNTRY)


def watch_country(published: Published) -> None:
    """Let scrapes of this process tell the country's released totals."""
    _COUNTRY.watched = published
