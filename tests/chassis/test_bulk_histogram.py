"""Many values at once, told as Prometheus' own histograms tell them."""

import pytest
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from services.chassis.bulk_histogram import BulkHistogram

BOUNDS = (0.1, 1.0, 10.0)
VALUES = (0.0, 0.1, 0.100001, 1.0, 9.5, 10.0, 11.0, 1e9)


def exposed(*, ours: bool) -> list[str]:
    registry = CollectorRegistry()
    if ours:
        bulk = BulkHistogram("seconds", "How long.", BOUNDS)
        registry.register(bulk)
        bulk.observe_all(VALUES[:3])
        bulk.observe_all(VALUES[3:])
    else:
        histogram = Histogram("seconds", "How long.", buckets=BOUNDS, registry=registry)
        for value in VALUES:
            histogram.observe(value)
    return generate_latest(registry).decode().splitlines()


def test_it_is_told_as_the_library_s_own() -> None:
    ours = exposed(ours=True)

    assert ours == [line for line in exposed(ours=False) if "_created" not in line]
    assert 'seconds_bucket{le="1.0"} 4.0' in ours


def test_values_of_which_one_makes_no_sense_are_not_counted() -> None:
    registry = CollectorRegistry()
    bulk = BulkHistogram("seconds", "How long.", BOUNDS)
    registry.register(bulk)

    with pytest.raises(TypeError):
        bulk.observe_all([0.5, "long"])  # type: ignore[list-item]

    assert registry.get_sample_value("seconds_count") == 0
