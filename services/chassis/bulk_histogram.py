"""A histogram that takes many values at once: one by one they would cost a projector dearly."""

import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class BulkHistogram(Collector):
    """Counts values by upper bounds, which are given in rising order; whoever makes it registers it."""

    def __init__(self, name: str, documentation: str, bounds: Iterable[float]) -> None:
        self._name = name
        self._documentation = documentation
        self._bounds = [*bounds, float("inf")]
        self._counts = [0] * len(self._bounds)
        self._sum = 0.0
        self._lock = threading.Lock()

    def observe_all(self, values: Iterable[float]) -> None:
        """Count values, all of them or, should one make no sense, none."""
        rising = sorted(values)
        reached = [bisect_right(rising, bound) for bound in self._bounds]
        counts = [above - below for below, above in pairwise([0, *reached])]
        total = sum(rising)
        with self._lock:
            self._counts = [before + new for before, new in zip(self._counts, counts, strict=True)]
            self._sum += total

    def collect(self) -> Iterator[HistogramMetricFamily]:
        with self._lock:
            counts, total = self._counts, self._sum
        buckets = list(zip(map(floatToGoString, self._bounds), accumulate(counts), strict=True))
        found = HistogramMetricFamily(self._name, self._documentation)
        found.add_metric([], buckets, total)
        yield found

    def describe(self) -> Iterator[HistogramMetricFamily]:
        yield HistogramMetricFamily(self._name, self._documentation)
