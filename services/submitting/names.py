"""Codes behind the names that people write: regions, countries, categories, handlings."""

import gettext
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache

import pycountry

from services.contract.codes import (
    OTHER_COUNTRY,
    UNKNOWN,
    AgeGroup,
    Arrival,
    Care,
    Dimension,
    Housing,
    ReasonCode,
    Sex,
    country_codes,
)
from services.contract.labels import Language, Text, country_name, label_of
from services.contract.regions import Level, Region, registry
from services.submitting.columns import Kind, letters, plain

_DIMENSIONS: Mapping[str, tuple[Dimension, type[StrEnum]]] = {
    "sex": (Dimension.SEX, Sex),
    "ageGroup": (Dimension.AGE_GROUP, AgeGroup),
    "care": (Dimension.CARE, Care),
    "arrival": (Dimension.ARRIVAL, Arrival),
    "housing": (Dimension.HOUSING, Housing),
}

_OF_ONE = {
    Sex.FEMALE: Text("Kvinne", "Female"),
    Sex.MALE: Text("Mann", "Male"),
    Arrival.RESETTLEMENT: Text("Overføringsflyktning", "Resettlement refugee"),
}
"""Categories' labels are in the plural; a row is about one person."""

_REASONS = {
    ReasonCode.NEED_CHANGED: Text("Endret behov", "The need has changed"),
    ReasonCode.CAPACITY: Text("Kapasitet", "Capacity"),
    ReasonCode.COUNCIL: Text("Politisk vedtak", "Decision of the council"),
    ReasonCode.ERROR: Text("Feil", "Error"),
    ReasonCode.OTHER: Text("Annet", "Other"),
}

_ALSO: Mapping[str, Mapping[str, str]] = {
    "sex": {"k": "female", "f": "female", "m": "male", "jente": "female", "gutt": "male", "woman": "female", "man": "male"},
    "ageGroup": {"68": "68+", "68år": "68+", "017": "0-17"},
    "care": {},
    "arrival": {"mottak": "reception_centre", "direktebosatt": "direct", "direkte": "direct"},
    "housing": {"selvbosetting": "agreed_self_settlement", "asb": "agreed_self_settlement", "kommunal": "municipal"},
}  # fmt: skip

HANDLINGS: Mapping[Kind, Mapping[str, tuple[str, Text]]] = {
    Kind.SETTLEMENTS: {
        "settled": ("person.settled", Text("Bosatt", "Settled")),
        "corrected": ("settlement.corrected", Text("Rettet", "Corrected")),
        "withdrawn": ("settlement.withdrawn", Text("Trukket", "Withdrawn")),
        "erased": ("settlement.attributes-erased", Text("Opplysninger slettet", "Attributes erased")),
        "accepted": ("allocation.accepted", Text("Tildeling akseptert", "Allocation accepted")),
        "declined": ("allocation.declined", Text("Tildeling avslått", "Allocation declined")),
        "allocated": ("person.allocated", Text("Tildelt", "Allocated")),
        "allocation-withdrawn": ("allocation.withdrawn", Text("Tildeling trukket", "Allocation withdrawn")),
    },
    Kind.DECISIONS: {
        "decided": ("quota.decided", Text("Vedtatt", "Decided")),
        "revised": ("quota.revised", Text("Endret", "Revised")),
        "withdrawn": ("quota.withdrawn", Text("Trukket", "Withdrawn")),
        "delayed": ("answer.delayed", Text("Svar forsinket", "Answer delayed")),
    },
    Kind.REQUESTS: {
        "issued": ("request.issued", Text("Anmodet", "Issued")),
        "revised": ("request.revised", Text("Endret", "Revised")),
        "withdrawn": ("request.withdrawn", Text("Trukket", "Withdrawn")),
    },
}
"""What a row may report, by code: the type of event and what people call it. The first is meant where
nothing is said."""

_HANDLINGS_ALSO = {"korrigert": "corrected", "endret": "revised", "slettet": "withdrawn", "akseptert": "accepted",
                   "avslått": "declined", "tilbaketrukket": "withdrawn", "rettelse": "corrected",
                   "deleted": "withdrawn", "withdraw": "withdrawn", "correct": "corrected"}  # fmt: skip


def choices(field: str) -> dict[str, Text]:
    """The codes of a column that has a list, with what people call them."""
    if field == "reasonCode":
        return {str(code): text for code, text in _REASONS.items()}
    dimension, codes = _DIMENSIONS[field]
    return {
        str(code): _OF_ONE.get(code)
        or Text(label_of(dimension, code, Language.NB), label_of(dimension, code, Language.EN))
        for code in codes
    }


@cache
def codes_by_name(field: str) -> Mapping[str, str]:
    """A column's codes by every name they have."""
    found = {plain(name): code for name, code in _ALSO.get(field, {}).items()}
    for code, text in choices(field).items():
        found |= {plain(name): code for name in (code, text.nb, text.en)}
        if field in _DIMENSIONS:
            dimension = _DIMENSIONS[field][0]
            found |= {plain(label_of(dimension, code, language)): code for language in Language}
    return found


@cache
def handlings_by_name(kind: Kind) -> Mapping[str, str]:
    """What rows of a kind may report, by every name."""
    own = HANDLINGS[kind]
    found = {plain(name): code for name, code in _HANDLINGS_ALSO.items() if code in own}
    for code, (event, text) in own.items():
        found |= {plain(name): code for name in (code, event, text.nb, text.en)}
    return found


@cache
def countries_by_name() -> Mapping[str, str]:
    """ISO 3166-1 alpha-3 codes by names in both languages, and by codes of two and three letters."""
    norwegian = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["nb_NO"])
    found: dict[str, str] = {}
    beginnings = Counter(country.name.split(",")[0] for country in pycountry.countries)
    for country in pycountry.countries:
        names = [getattr(country, name, None) for name in ("name", "common_name", "official_name")]
        for name in filter(None, names):
            found |= {letters(text): country.alpha_3 for text in (name, norwegian.gettext(name))}
        # "Iran" of "Iran, Islamic Republic of"; not "Korea", of which there are two.
        beginning = country.name.split(",")[0]
        if beginnings[beginning] == 1:
            found.setdefault(letters(beginning), country.alpha_3)
        found[letters(country.alpha_2)] = country.alpha_3
        found[letters(country.alpha_3)] = country.alpha_3
    for name in (
        "andre land",
        "annet land",
        "other",
        "other countries",
        "other country",
        "annet",
        OTHER_COUNTRY,
    ):
        found[letters(name)] = OTHER_COUNTRY
    for name, code in _COUNTRIES_ALSO.items():
        found[letters(name)] = code
    return found


_COUNTRIES_ALSO = {
    "DR Kongo": "COD", "DRC": "COD", "Den demokratiske republikken Kongo": "COD", "Kongo": "COG", "Burma": "MMR",
    "Elfenbenskysten": "CIV", "Russland": "RUS", "Hviterussland": "BLR", "Palestina": "PSE", "Sør-Korea": "KOR",
    "Nord-Korea": "PRK", "Tyrkia": "TUR", "Moldova": "MDA", "Tanzania": "TZA", "Venezuela": "VEN", "USA": "USA",
    "Bolivia": "BOL", "Swaziland": "SWZ", "Kosovo": OTHER_COUNTRY,
}  # fmt: skip


def country_choices(language: Language) -> list[str]:
    """The names of all countries in the order of the language's alphabet."""
    codes = sorted(country_codes() - {OTHER_COUNTRY})
    names = sorted((country_name(code, language) for code in codes), key=_alphabet)
    return [*names, country_name(OTHER_COUNTRY, language)]


def _alphabet(name: str) -> str:
    """Æ, Ø and Å at the end, accents as if they were not there."""
    return name.casefold().replace("å", "zzz").replace("ø", "zz").replace("æ", "z~").replace("é", "e")


_SIDE_BY_SIDE = re.compile(r"\s+[-–/]\s+")


@cache
def _regions_by_name(level: Level) -> Mapping[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    for region in registry().at_level(level):
        names = {plain(region.name), *(plain(part) for part in _SIDE_BY_SIDE.split(region.name))}
        for name in names:
            found.setdefault(name, []).append(region)
    return {name: tuple(regions) for name, regions in found.items()}


def regions_named(name: str, level: Level, year: int | None, within: str | None = None) -> list[Region]:
    """The regions of a level that have a name: those valid in the year, else those of any time."""
    bare = plain(name).removesuffix("kommune")
    named: Iterable[Region] = _regions_by_name(level).get(plain(name)) or _regions_by_name(level).get(
        bare, ()
    )
    found = [region for region in named if within is None or region.parent == within]
    valid = [region for region in found if year is None or region.valid_in(year)]
    return valid or found


def is_unknown(text: str) -> bool:
    """Whether a text says that nothing is known."""
    return plain(text) in ("ukjent", UNKNOWN, "uoppgitt", "ikkeoppgitt", "notstated", "vetikke")
