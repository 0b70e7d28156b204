"""Events of persons settled as a real log would carry them, the same every time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from services.chassis.log.port import OutgoingRecord
from services.contract.envelope import log_value, time_text
from services.contract.regions import Level, registry
from services.contract.regions.population import population
from services.contract.topics import TopicGeneration

FIRST_DAY = date(2016, 1, 1)
DAYS = 9 * 365
OSLO = "0301"

COUNTRIES = ("SYR", "UKR", "ERI", "AFG", "SOM", "COD", "IRQ", "IRN", "ETH", "SDN", "TUR", "PSE", "MMR", "XXX")
SEXES = ("male", "female", "unknown")
AGES = ("0-17", "18-29", "30-55", "56-67", "68+", "unknown")
ARRIVALS = ("reception_centre", "resettlement", "relocation", "direct")
HOUSINGS = ("municipal", "agreed_self_settlement")


def settled_records(topic: TopicGeneration, count: int) -> Iterator[OutgoingRecord]:
    """Records with sequences from 1 on, chained in their partitions, days going by from 2016 to 2024."""
    random = Random(2016)
    last = [0] * topic.partitions
    places: dict[int, _Places] = {}
    for number in range(count):
        near = FIRST_DAY + timedelta(days=number * DAYS // count)
        day = max(FIRST_DAY, near - timedelta(days=min(int(random.expovariate(1 / 20)), 300)))
        if day.year not in places:
            places[day.year] = _Places(day.year)
        municipality, district = places[day.year].draw(random)
        partition = topic.partition_of(municipality)
        sequence = number + 1
        recorded = datetime(near.year, near.month, near.day, tzinfo=UTC) + timedelta(microseconds=number)
        event = _event(random, municipality, district, day, recorded)
        yield OutgoingRecord(partition, municipality, log_value(event, sequence, last[partition]))
        last[partition] = sequence


class _Places:
    """The municipalities of one year by their inhabitants, and the districts of the largest."""

    def __init__(self, year: int) -> None:
        self.codes = [region.code for region in registry().at_level(Level.MUNICIPALITY, year)]
        self.weights = list(accumulate(population(code, year) or 3_000 for code in self.codes))
        oslo = registry().find(OSLO)
        assert oslo is not None
        self.districts = [region.code for region in registry().children(oslo, year)]

    def draw(self, random: Random) -> tuple[str, str | None]:
        (code,) = random.choices(self.codes, cum_weights=self.weights)
        district = random.choice(self.districts) if code == OSLO and random.random() < 0.9 else None
        return code, district


def _event(
    random: Random, municipality: str, district: str | None, day: date, recorded: datetime
) -> dict[str, object]:
    (age,) = random.choices(AGES, (30, 28, 32, 4, 2, 4))
    alone = age == "0-17" and random.random() < 0.15
    care = {"care": random.choice(("institution", "shared_housing", "foster_home"))} if alone else {}
    return {
        "specversion": "1.0",
        "id": str(UUID(int=random.getrandbits(128), version=4)),
        "source": "/imdi/settlements",
        "type": "no.bosatt.person.settled.v1",
        "subject": str(UUID(int=random.getrandbits(128), version=4)),
        "datacontenttype": "application/json",
        "origin": "reported",
        "partitionkey": municipality,
        "streamversion": 1,
        "data": {
            "municipality": municipality,
            "settledOn": day.isoformat(),
            **({} if district is None else {"district": district}),
            "countryOfOrigin": random.choices(COUNTRIES, range(len(COUNTRIES), 0, -1))[0],
            "sex": random.choices(SEXES, (52, 46, 2))[0],
            "ageGroup": age,
            "unaccompaniedMinor": alone,
            **care,
            "arrival": random.choices(ARRIVALS, (70, 20, 2, 8))[0],
            "housing": random.choices(HOUSINGS, (90, 10))[0],
        },
        "recordedtime": time_text(recorded),
    }
