"""What is said of requests for downloads that can't be answered."""

from collections.abc import Mapping

from services.chassis.problems import Problem
from services.opendata.exports.about import MEDIA_TYPES
from services.opendata.exports.asking import MOST_LETTERS
from services.opendata.exports.tables import Table


def address_too_long() -> Problem:
    return Problem(
        414,
        "address-too-long",
        "The address is too long",
        f"The part after the question mark may have {MOST_LETTERS} letters. Ask for a level, or for what "
        "lies within a region, instead of naming each.",
    )


def no_arguments_here() -> Problem:
    return Problem(
        400, "bad-argument", "There are no arguments here", "Leave out what follows the question mark."
    )


def no_such_download() -> Problem:
    tables = ", ".join(f"{table}.{{{','.join(MEDIA_TYPES)}}}" for table in Table)
    return Problem(
        404,
        "not-found",
        "There is no such download",
        f"At /data/ there are {tables}, datapackage.json, releases.atom, catalog.ttl and catalog.jsonld.",
    )


def no_such_page() -> Problem:
    return Problem(
        404,
        "not-found",
        "There is no such page of releases",
        "Begin with releases.atom without arguments: it leads to the pages of older releases that there are.",
    )


def another_wanted(headers: Mapping[str, str]) -> Problem:
    return Problem(
        412,
        "another-release",
        "This is not the answer that If-Match names",
        "There has been another release since. Leave out If-Match to get what is released now.",
        headers=dict(headers),
    )


def busy() -> Problem:
    return Problem(
        503,
        "busy",
        "Other downloads are being made",
        "As many as may be are being made at the moment. Ask again in a few seconds.",
        headers={"Retry-After": "5"},
    )


def too_much() -> Problem:
    return Problem(
        400,
        "too-much",
        "That is too much for one download",
        "Ask for fewer years, regions or dimensions, or longer intervals. CSV and Parquet hold more than "
        "JSON-stat.",
    )
