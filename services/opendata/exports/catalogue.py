"""The catalogue by DCAT-AP-NO 3, the Norwegian profile of the W3C's Data Catalog Vocabulary.

https://data.norge.no/specification/dcat-ap-no
"""

from dataclasses import dataclass
from functools import lru_cache

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, Graph, Literal, Namespace, URIRef

from services.contract.envelope import time_text
from services.opendata.exports.about import MEDIA_TYPES, About, Place
from services.opendata.exports.asking import Asked
from services.opendata.exports.columns import spoken
from services.opendata.exports.descriptions import whole_tables
from services.opendata.exports.tables import MEANINGS, Table
from services.opendata.release.answers import Release

EU = "http://publications.europa.eu/resource/authority/"
LICENCE = URIRef(f"{EU}licence/NLOD_2_0")
# rdflib does not know yet that DCAT 3 has it.
_VERSION = URIRef("http://www.w3.org/ns/dcat#version")
DCATAP = Namespace("http://data.europa.eu/r5r/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Norwegian and English."""

    nb: str
    en: str


@lru_cache(maxsize=8)
def catalogue_text(release: Release, place: Place, ending: str) -> bytes:
    """The catalogue in a form: ``ttl`` or ``jsonld``. The last ones are kept: to write one takes long."""
    graph = catalogue(release, place)
    if ending == "ttl":
        return graph.serialize(format="turtle").encode()
    return graph.serialize(format="json-ld", auto_compact=True).encode()


def catalogue(release: Release, place: Place) -> Graph:
    """Everything that is published here: four datasets with their downloads, and the query service."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in _PREFIXES.items():
        graph.bind(prefix, namespace)
    catalog = _at(place, "catalog")
    _describe(graph, catalog, DCAT.Catalog, _CATALOGUE, place)
    _say(graph, catalog, DCTERMS.modified, _moment(release))
    _say(graph, catalog, DCTERMS.license, LICENCE)
    _say(graph, catalog, DCTERMS.language, _authority("language/NOB"), _authority("language/ENG"))
    _say(graph, catalog, DCTERMS.spatial, _authority("country/NOR"))
    _say(graph, catalog, FOAF.homepage, URIRef(place.data))
    _publisher(graph, place)
    _service(graph, catalog, place)
    for table in Table:
        _dataset(graph, catalog, table, release, place)
    return graph


def _dataset(graph: Graph, catalog: URIRef, table: Table, release: Release, place: Place) -> None:
    dataset = _at(place, table)
    _say(graph, catalog, DCAT.dataset, dataset)
    _describe(graph, dataset, DCAT.Dataset, _TABLES[table], place)
    _say(graph, dataset, DCTERMS.identifier, Literal(str(dataset)))
    _say(graph, dataset, DCAT.theme, _authority("data-theme/SOCI"), _authority("data-theme/GOVE"))
    _say(graph, dataset, DCTERMS.accessRights, _authority("access-right/PUBLIC"))
    _say(graph, dataset, DCTERMS.accrualPeriodicity, _authority("frequency/UPDATE_CONT"))
    _say(graph, dataset, DCTERMS.spatial, _authority("country/NOR"))
    _say(graph, dataset, DCTERMS.language, _authority("language/ENG"))
    _say(graph, dataset, DCTERMS.modified, _moment(release))
    _say(graph, dataset, _VERSION, Literal(release.id))
    _say(graph, dataset, DCAT.landingPage, URIRef(place.data))
    _say(graph, dataset, DCAT.keyword, *(Literal(nb, "nb") for nb in _KEYWORDS.nb.split(", ")))
    _say(graph, dataset, DCAT.keyword, *(Literal(en, "en") for en in _KEYWORDS.en.split(", ")))
    _say(graph, _at(place, "graphql"), DCAT.servesDataset, dataset)
    for asked in whole_tables():
        if asked.table is table:
            for ending in MEDIA_TYPES:
                _distribution(graph, dataset, About(asked, release, place, None), ending)


def _distribution(graph: Graph, dataset: URIRef, about: About, ending: str) -> None:
    asked = about.asked
    if ending == "json" and asked.table in _TOO_LARGE_FOR_A_CUBE:
        return
    place = about.place
    name = "-".join([asked.table.value, *asked.by, ending])
    distribution = _at(place, name)
    download = URIRef(about.address(ending))
    _say(graph, dataset, DCAT.distribution, distribution)
    _say(graph, distribution, RDF.type, DCAT.Distribution)
    _say(graph, distribution, DCTERMS.title, Literal(_name(asked, ending), "en"))
    _say(graph, distribution, DCTERMS.description, Literal(_FORMS[ending], "en"))
    _say(graph, distribution, DCAT.accessURL, download)
    _say(graph, distribution, DCAT.downloadURL, download)
    _say(graph, distribution, DCTERMS.format, _authority(f"file-type/{ending.upper()}"))
    media_type = MEDIA_TYPES[ending]
    _say(
        graph,
        distribution,
        DCAT.mediaType,
        URIRef(f"https://www.iana.org/assignments/media-types/{media_type}"),
    )
    _say(graph, distribution, DCTERMS.license, LICENCE)
    _say(graph, distribution, DCTERMS.modified, _moment(about.release))
    _say(graph, distribution, DCATAP.availability, _authority("planned-availability/STABLE"))
    if ending == "csv":
        _say(graph, distribution, DCTERMS.conformsTo, URIRef("https://www.w3.org/TR/tabular-metadata/"))


def _name(asked: Asked, ending: str) -> str:
    by = f" by {', '.join(map(spoken, asked.by))}" if asked.by else ""
    return f"{MEANINGS[asked.table].title}{by}, {ending}"


def _service(graph: Graph, catalog: URIRef, place: Place) -> None:
    service = _at(place, "graphql")
    _say(graph, catalog, DCAT.service, service)
    _describe(graph, service, DCAT.DataService, _GRAPHQL, place)
    _say(graph, service, DCAT.endpointURL, URIRef(f"{place.root}graphql"))
    _say(graph, service, DCAT.theme, _authority("data-theme/SOCI"))
    _say(graph, service, DCTERMS.license, LICENCE)
    _say(graph, service, DCTERMS.accessRights, _authority("access-right/PUBLIC"))
    _say(graph, service, DCTERMS.format, _authority("file-type/JSON"))


def _publisher(graph: Graph, place: Place) -> None:
    publisher, contact = _owner(place), _at(place, "contact")
    _say(graph, publisher, RDF.type, FOAF.Agent)
    _say(graph, publisher, FOAF.name, Literal(place.publisher.name, "nb"))
    _say(graph, contact, RDF.type, VCARD.Organization)
    _say(graph, contact, VCARD.fn, Literal(place.publisher.name, "nb"))
    reached = place.publisher.contact or place.data
    by = VCARD.hasEmail if reached.startswith("mailto:") else VCARD.hasURL
    _say(graph, contact, by, URIRef(reached))


def _describe(graph: Graph, what: URIRef, kind: URIRef, words: tuple[Words, Words], place: Place) -> None:
    """What catalogues, datasets and services all have: title, description, publisher, contact."""
    title, description = words
    _say(graph, what, RDF.type, kind)
    _say(graph, what, DCTERMS.title, Literal(title.nb, "nb"), Literal(title.en, "en"))
    _say(graph, what, DCTERMS.description, Literal(description.nb, "nb"), Literal(description.en, "en"))
    _say(graph, what, DCTERMS.publisher, _owner(place))
    _say(graph, what, DCAT.contactPoint, _at(place, "contact"))


def _say(graph: Graph, what: URIRef, how: URIRef, *those: URIRef | Literal) -> None:
    for one in those:
        graph.add((what, how, one))


def _at(place: Place, name: str) -> URIRef:
    return URIRef(f"{place.data}#{name}")


def _owner(place: Place) -> URIRef:
    return URIRef(place.publisher.uri) if place.publisher.uri else _at(place, "publisher")


def _authority(name: str) -> URIRef:
    return URIRef(EU + name)


def _moment(release: Release) -> Literal:
    return Literal(time_text(release.published_at), datatype=XSD.dateTime, normalize=False)


_PREFIXES = {
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dct": DCTERMS,
    "foaf": FOAF,
    "vcard": VCARD,
    "xsd": XSD,
}

_CATALOGUE = (
    Words("Bosatt: bosetting av flyktninger", "Bosatt: refugee settlement"),
    Words(
        "Åpne data om bosetting av flyktninger i Norge: anmodninger, vedtak og bosatte.",
        "Open data on refugee settlement in Norway: requests, decisions and persons settled.",
    ),
)
_GRAPHQL = (
    Words("Bosatt: spørringer med GraphQL", "Bosatt: queries with GraphQL"),
    Words(
        "Alle tall i datasettene, for valgte regioner og år, til én utgivelse.",
        "All numbers of the datasets, for chosen regions and years, at one release.",
    ),
)
_TABLES = {
    Table.TOTALS: (
        Words("Bosetting av flyktninger: totaler per region og år", MEANINGS[Table.TOTALS].title),
        Words(
            "Behov, anmodninger, vedtak og bosatte for land, fylker, kommuner og bydeler.",
            MEANINGS[Table.TOTALS].description,
        ),
    ),
    Table.SERIES: (
        Words("Bosetting av flyktninger: bosatte gjennom året", MEANINGS[Table.SERIES].title),
        Words("Bosatte personer per region, år og måned.", MEANINGS[Table.SERIES].description),
    ),
    Table.BREAKDOWN: (
        Words("Bosetting av flyktninger: bosatte etter kjennetegn", MEANINGS[Table.BREAKDOWN].title),
        Words(
            "Bosatte personer per region og år etter kjønn, alder, opprinnelsesland og annet.",
            MEANINGS[Table.BREAKDOWN].description,
        ),
    ),
    Table.PUBLISHED: (
        Words("Bosetting av flyktninger: offisielle tall til sammenligning", MEANINGS[Table.PUBLISHED].title),
        Words("Tall som andre har publisert, vist ved siden av våre.", MEANINGS[Table.PUBLISHED].description),
    ),
}
_KEYWORDS = Words(
    "bosetting, flyktninger, kommuner, integrering",
    "refugee settlement, refugees, municipalities, integration",
)
_FORMS = {
    "csv": "CSV, described by CSV on the Web metadata",
    "parquet": "Apache Parquet",
    "json": "JSON-stat 2.0",
}
_TOO_LARGE_FOR_A_CUBE = (Table.SERIES, Table.BREAKDOWN, Table.PUBLISHED)
"""Without filters; whoever asks for fewer years or regions gets one."""
