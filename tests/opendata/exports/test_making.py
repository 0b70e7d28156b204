"""A download is of one release, made within bounds, and waits for nobody who reads slowly."""

import gc
import threading
import tracemalloc
from contextlib import contextmanager

import pytest

from services.chassis.metrics import DOWNLOADS
from services.opendata.exports import json_stat
from services.opendata.exports.making import Making
from tests.opendata.exports.downloading import Downloading
from tests.opendata.exports.told import tell
from tests.opendata.graphql.numbers import NumbersInMemory, Person
from tests.opendata.projection.worlds import ON_BOTH

FORMS = ("csv", "parquet", "json")


def counted(outcome, ending="csv"):
    return DOWNLOADS.labels("totals", ending, outcome)._value.get()


@ON_BOTH
def test_a_release_published_in_the_middle_of_a_download_is_not_in_it(world):
    tell(world)
    whole = Downloading(world.published.open).bytes("totals.csv")
    asked_of = []

    class Meddling:
        """Lets somebody publish while the numbers are read."""

        def __init__(self, numbers):
            self._numbers = numbers

        def __getattr__(self, name):
            return getattr(self._numbers, name)

        def anew(self):
            return Meddling(self._numbers.anew())

        def totals(self, region, year, map_year=None):
            asked_of.append(region.code)
            if len(asked_of) == 600:
                world.journal.settle(100, "4601", settled_on="2024")
                world.publish()
            return self._numbers.totals(region, year, map_year)

    @contextmanager
    def opened():
        with world.published.open() as numbers:
            yield Meddling(numbers)

    during = Downloading(opened).get("totals.csv")

    assert len(asked_of) > 600
    assert (during.data, during.headers["ETag"].split("-")[0]) == (whole, '"1')
    assert Downloading(world.published.open).bytes("totals.csv") != whole


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("bound", [{"most_rows": 3}, {"longest": -1.0}])
def test_what_would_be_too_much_is_refused_with_what_to_do(ending, bound):
    ask = Downloading(making=Making(**bound))
    before = counted("too_much", ending)

    status, problem = ask.problem(f"totals.{ending}?year=2024")

    assert (status, problem["type"]) == (400, "urn:bosatt:problem:too-much")
    assert "fewer years" in problem["detail"]
    assert counted("too_much", ending) == before + 1


@pytest.mark.parametrize("name", ["series.csv?year=2024", "breakdown.csv?year=2024&by=SEX"])
def test_a_search_that_finds_nothing_ends_in_time_too(name):
    ask = Downloading(making=Making(longest=-1.0))

    assert ask.problem(name)[1]["type"] == "urn:bosatt:problem:too-much"


def test_a_cube_has_its_bound_with_the_empty_cells_counted(monkeypatch):
    monkeypatch.setattr(json_stat, "MOST_CELLS", 100)
    ask = Downloading(NumbersInMemory([Person("0301", 2024)]).opened)

    assert ask.problem("totals.json?year=2024")[1]["type"] == "urn:bosatt:problem:too-much"
    assert ask.get("totals.json?year=2024&codes=0301,4601").status_code == 200


def test_who_comes_while_others_are_made_is_told_to_come_again():
    making = Making(most_at_once=1, longest_wait=0.0)
    ask = Downloading(making=making)
    tag = ask.get("totals.csv").headers["ETag"]

    with making.turn():
        answer = ask.get("totals.csv")
        unchanged = ask.get("totals.csv", headers={"If-None-Match": tag})
        told = ask.get("totals.csv", method="HEAD")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert (unchanged.status_code, told.status_code) == (304, 200)
    assert ask.get("totals.csv").status_code == 200


@pytest.mark.parametrize("name", ["catalog.ttl", "catalog.jsonld"])
def test_a_catalogue_waits_for_its_turn_too(name):
    making = Making(most_at_once=1, longest_wait=0.0)
    ask = Downloading(making=making)
    tag = ask.get(name).headers["ETag"]

    with making.turn():
        answer = ask.get(name)
        unchanged = ask.get(name, headers={"If-None-Match": tag})

    assert (answer.status_code, answer.headers["Retry-After"], unchanged.status_code) == (503, "5", 304)
    assert ask.get(name).status_code == 200


def test_who_waits_for_a_turn_holds_no_connection():
    making = Making(most_at_once=1, longest_wait=60.0)
    numbers = NumbersInMemory()
    opened = []
    closed = threading.Semaphore(0)

    @contextmanager
    def counting():
        opened.append(1)
        yield numbers
        opened.pop()
        closed.release()

    ask = Downloading(counting, making=making)
    with making.turn():
        waiting = threading.Thread(target=lambda: ask.get("totals.csv"))
        waiting.start()
        assert closed.acquire(timeout=60)
        held = list(opened)
    waiting.join(60)

    assert held == []


def test_who_comes_while_too_much_is_read_too_slowly_is_told_to_come_again():
    ask = Downloading(making=Making(most_lent=100))

    slow = ask.client.get("/data/totals.csv?year=2024")
    meanwhile = ask.get("totals.csv?year=2024").status_code
    slow.close()

    assert (slow.status_code, meanwhile) == (200, 503)
    assert ask.get("totals.csv?year=2024").status_code == 200


def test_after_a_failure_the_turn_is_free_again():
    class Broken(NumbersInMemory):
        def totals(self, region, year, map_year=None):
            raise ArithmeticError

    making = Making(most_at_once=1, longest_wait=0.0)
    numbers = Broken([Person("0301", 2024)])

    assert Downloading(numbers.opened, making=making).get("totals.csv?year=2024").status_code == 500
    assert Downloading(making=making).get("totals.csv?year=2024").status_code == 200


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_many_years_take_no_more_memory_than_few(ending):
    def peak(years):
        ask = Downloading(
            NumbersInMemory([Person("0301", year) for year in range(2024 - years, 2024)]).opened
        )
        ask.get(f"totals.{ending}?level=COUNTY")
        gc.collect()
        tracemalloc.start()
        # Its reader, unlike a server's, would take it whole into memory.
        with ask.client.open(f"/data/totals.{ending}?level=MUNICIPALITY"):
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return found

    few, many = peak(16), peak(64)

    assert many < 1.5 * few
