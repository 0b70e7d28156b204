"""Descriptions for machines: CSV on the Web, a Frictionless data package, and a list of what there is."""

from collections.abc import Iterable
from typing import Any

from services.contract.codes import Dimension
from services.contract.envelope import time_text
from services.opendata.exports.about import (
    FEED,
    LICENCE_NAME,
    LICENCE_TITLE,
    LICENCE_URL,
    MEDIA_TYPES,
    SOURCE,
    About,
    Place,
)
from services.opendata.exports.asking import HELP, Asked, allowed_arguments
from services.opendata.exports.columns import Column, Kind, spoken
from services.opendata.exports.tables import MEANINGS, Table, columns_of
from services.opendata.release.answers import Release

KEYS = {Table.TOTALS: ["code", "year"]}
"""Columns that together name a row, where none of them is ever blank."""


def csvw_metadata(about: About) -> dict[str, Any]:
    """What a CSV file holds, as the W3C's "Metadata Vocabulary for Tabular Data" has it."""
    asked = about.asked
    key = {"primaryKey": KEYS[asked.table]} if asked.table in KEYS else {}
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": about.address("csv"),
        "dc:title": about.title,
        "dc:description": about.description,
        "dc:license": {"@id": LICENCE_URL},
        "dc:source": SOURCE,
        "dc:publisher": about.place.publisher.name,
        "dc:modified": {"@value": time_text(about.release.published_at), "@type": "dateTime"},
        "notes": [about.facts],
        "dialect": {"header": True, "encoding": "utf-8", "delimiter": ",", "lineTerminators": ["\n"]},
        "tableSchema": {"columns": [_csvw(one) for one in columns_of(asked.table, asked.by)], **key},
    }


def _csvw(column: Column) -> dict[str, Any]:
    words = {"separator": " "} if column.kind is Kind.WORDS else {}
    unit = {} if column.unit is None else {"schema:unitText": column.unit}
    return {
        "name": column.name,
        "titles": column.name,
        "datatype": _CSVW_TYPES[column.kind],
        "null": "",
        "dc:description": column.meaning,
        **words,
        **unit,
    }


def data_package(release: Release, place: Place) -> dict[str, Any]:
    """All tables as a Frictionless data package, version 1 of the standard."""
    owner = place.publisher
    contributor = {"title": owner.name, "role": "publisher", **({"path": owner.uri} if owner.uri else {})}
    return {
        "profile": "tabular-data-package",
        "name": "bosatt",
        "title": "Refugee settlement in Norway",
        "description": "Running totals of refugee settlement in Norway, from request to person settled.",
        "homepage": place.data,
        "version": release.id,
        "created": time_text(release.published_at),
        "licenses": [{"name": LICENCE_NAME, "title": LICENCE_TITLE, "path": LICENCE_URL}],
        "sources": [{"title": SOURCE}],
        "contributors": [contributor],
        "resources": [_resource(About(asked, release, place, None)) for asked in whole_tables()],
    }


def whole_tables() -> Iterable[Asked]:
    """Every table without filters; the breakdowns each by one dimension."""
    for table in Table:
        if table is not Table.BREAKDOWN:
            yield Asked(table)
            continue
        for dimension in Dimension:
            yield Asked(table, by=(dimension,), given={"by": spoken(dimension)})


def name_of(asked: Asked) -> str:
    """What one of `whole_tables` is called: ``breakdown-age-group``."""
    return "-".join([asked.table.value, *(one.value.replace("_", "-") for one in asked.by)])


def _resource(about: About) -> dict[str, Any]:
    asked = about.asked
    key = {"primaryKey": KEYS[asked.table]} if asked.table in KEYS else {}
    return {
        "profile": "tabular-data-resource",
        "name": name_of(asked),
        "title": about.title,
        "description": about.description,
        "path": about.address("csv"),
        "format": "csv",
        "mediatype": MEDIA_TYPES["csv"],
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(one) for one in columns_of(asked.table, asked.by)],
            "missingValues": [""],
            **key,
        },
    }


def _field(column: Column) -> dict[str, Any]:
    unit = {} if column.unit is None else {"unit": column.unit}
    return {
        "name": column.name,
        "type": _FRICTIONLESS_TYPES[column.kind],
        "description": column.meaning,
        **unit,
    }


def listing(release: Release, place: Place) -> dict[str, Any]:
    """What there is at ``/data/``, for programs."""
    return {
        "release": {
            "id": release.id,
            "publishedAt": time_text(release.published_at),
            "nextAt": None if release.next_at is None else time_text(release.next_at),
        },
        "license": {"name": LICENCE_NAME, "title": LICENCE_TITLE, "path": LICENCE_URL},
        "source": SOURCE,
        "dataPackage": f"{place.data}datapackage.json",
        "releases": f"{place.data}{FEED}",
        "catalogue": [f"{place.data}catalog.ttl", f"{place.data}catalog.jsonld"],
        "tables": [
            {
                "name": table.value,
                "title": MEANINGS[table].title,
                "description": MEANINGS[table].description,
                "forms": {ending: f"{place.data}{table}.{ending}" for ending in MEDIA_TYPES},
                "metadata": f"{place.data}{table}.csv-metadata.json",
                "arguments": {name: HELP[name] for name in allowed_arguments(table)},
            }
            for table in Table
        ],
    }


_CSVW_TYPES = {
    Kind.TEXT: "string",
    Kind.WORDS: "string",
    Kind.INTEGER: "integer",
    Kind.NUMBER: "number",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
}
_FRICTIONLESS_TYPES = {**_CSVW_TYPES}
