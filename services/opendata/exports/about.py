"""What every download says of itself: licence, source, release, when the next one comes."""

from dataclasses import dataclass
from urllib.parse import urlencode

from services.contract.envelope import time_text
from services.opendata.exports.asking import Asked
from services.opendata.exports.tables import MEANINGS
from services.opendata.graphql.enums import Borders
from services.opendata.release.answers import Release

LICENCE_NAME = "NLOD-2.0"
LICENCE_TITLE = "Norwegian Licence for Open Government Data (NLOD) 2.0"
LICENCE_URL = "https://data.norge.no/nlod/no/2.0"

SOURCE = (
    "Bosatt: events posted by the directorate, municipalities and districts; figures published by Oslo "
    "kommune, IMDi and KS; regions and population: Statistics Norway."
)
"""Who is to be named by whoever uses the numbers."""

BLANKS = (
    "A blank means that nothing is known, or that the number is not shown; the column withheld then says "
    "why. A blank is never a zero."
)
NO_TIMETABLE = "There is no timetable: a release follows whenever something has changed."

MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "json": "application/json"}
"""Of each form, by the ending of its name."""

FEED = "releases.atom"
FEED_TYPE = "application/atom+xml"

CATALOGUE_TYPES = {"ttl": "text/turtle; charset=utf-8", "jsonld": "application/ld+json"}


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who is responsible for the numbers: a name, who that is on the web, and where to reach them.

    ``uri`` and ``contact`` (an address of a page, or ``mailto:…``) are None where they were not set.
    """

    name: str
    uri: str | None = None
    contact: str | None = None


UNNAMED = Publisher("Whoever runs this Bosatt")


@dataclass(frozen=True, slots=True)
class Place:
    """Where downloads are found and who publishes them. ``root`` ends with a slash."""

    root: str
    publisher: Publisher

    @property
    def data(self) -> str:
        return f"{self.root}data/"

    @property
    def documentation(self) -> str:
        return self.data


@dataclass(frozen=True, slots=True)
class About:
    """One table as somebody asked for it, at one release."""

    asked: Asked
    release: Release
    place: Place
    map_year: int | None

    @property
    def title(self) -> str:
        return MEANINGS[self.asked.table].title

    @property
    def description(self) -> str:
        return f"{MEANINGS[self.asked.table].description} {BLANKS}"

    def name(self, ending: str) -> str:
        """Its name beside the others, with its arguments: ``totals.csv?year=2024``."""
        query = urlencode(self.asked.given, safe=",:")
        return f"{self.asked.table}.{ending}" + (f"?{query}" if query else "")

    def address(self, ending: str) -> str:
        return self.place.data + self.name(ending)

    @property
    def facts(self) -> dict[str, str]:
        """What holds of the whole download, by name."""
        release = self.release
        borders = self.asked.borders
        return {
            "title": self.title,
            "description": self.description,
            "license": LICENCE_NAME,
            "licenseTitle": LICENCE_TITLE,
            "licenseUrl": LICENCE_URL,
            "source": SOURCE,
            "publisher": self.place.publisher.name,
            "release": release.id,
            "publishedAt": time_text(release.published_at),
            "dataThrough": "" if release.data_through is None else time_text(release.data_through),
            "nextAt": NO_TIMETABLE if release.next_at is None else time_text(release.next_at),
            "policy": release.policy,
            "borders": "the map of each year" if borders is Borders.THEN else f"the map of {self.map_year}",
            "arguments": urlencode(self.asked.given, safe=",:"),
            "documentation": self.place.documentation,
        }
