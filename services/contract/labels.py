"""What people call the categories of a breakdown, in Norwegian bokmål and in English."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
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
    Sex,
)


class Language(StrEnum):
    """The languages in which things have names."""

    NB = "nb"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages."""

    nb: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.nb if language is Language.NB else self.en


_UNKNOWN = {Language.NB: "Ukjent", Language.EN: "Unknown"}
_NO_MONTH = {Language.NB: "Dato ikke oppgitt", Language.EN: "Date not stated"}
_OTHER_COUNTRIES = {Language.NB: "Andre land", Language.EN: "Other countries"}

_LISTS: Mapping[Dimension, Mapping[str, tuple[str, str]]] = {
    Dimension.SEX: {Sex.FEMALE: ("Kvinner", "Women"), Sex.MALE: ("Menn", "Men")},
    Dimension.AGE_GROUP: {
        AgeGroup.UNDER_18: ("0–17 år", "0–17 years"),
        AgeGroup.FROM_18_TO_29: ("18–29 år", "18–29 years"),
        AgeGroup.FROM_30_TO_55: ("30–55 år", "30–55 years"),
        AgeGroup.FROM_56_TO_67: ("56–67 år", "56–67 years"),
        AgeGroup.FROM_68: ("68 år og over", "68 years and over"),
    },
    Dimension.UNACCOMPANIED_MINOR: {
        "true": ("Enslige mindreårige", "Unaccompanied minors"),
        "false": ("Ikke enslige mindreårige", "Not unaccompanied minors"),
    },
    Dimension.CARE: {
        Care.INSTITUTION: ("Institusjon", "Institution"),
        Care.SHARED_HOUSING: ("Bofellesskap", "Shared housing"),
        Care.FOSTER_HOME: ("Fosterhjem", "Foster home"),
    },
    Dimension.ARRIVAL: {
        Arrival.RECEPTION_CENTRE: ("Fra mottak", "From a reception centre"),
        Arrival.RESETTLEMENT: ("Overføringsflyktninger", "Resettlement refugees"),
        Arrival.RELOCATION: ("Relokalisering", "Relocation"),
        Arrival.DIRECT: ("Direkte til kommunen", "Directly to the municipality"),
    },
    Dimension.HOUSING: {
        Housing.MUNICIPAL: ("Bolig fra kommunen", "Housing by the municipality"),
        Housing.AGREED_SELF_SETTLEMENT: ("Avtalt selvbosetting", "Agreed self-settlement"),
    },
}

_MONTHS = {
    Language.NB: (
        *("januar", "februar", "mars", "april", "mai", "juni"),
        *("juli", "august", "september", "oktober", "november", "desember"),
    ),
    Language.EN: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def label_of(dimension: Dimension, value: str, language: Language) -> str:
    """What a category is called; a value that no list has is called by itself."""
    if dimension is Dimension.MONTH:
        return _month(value, language)
    if value == UNKNOWN:
        return _UNKNOWN[language]
    if dimension is Dimension.COUNTRY_OF_ORIGIN:
        return country_name(value, language)
    norwegian, english = _LISTS[dimension].get(value, (value, value))
    return norwegian if language is Language.NB else english


def _month(value: str, language: Language) -> str:
    if value == UNKNOWN:
        return _NO_MONTH[language]
    year, month = value.split("-")
    return f"{_MONTHS[language][int(month) - 1]} {year}"


def country_name(value: str, language: Language) -> str:
    """What a country is called, by its ISO 3166-1 alpha-3 code."""
    if value == OTHER_COUNTRY:
        return _OTHER_COUNTRIES[language]
    country = pycountry.countries.get(alpha_3=value)
    if country is None:
        return value
    # "Syria" rather than "Syrian Arab Republic", where ISO 3166 has such a name.
    name = str(getattr(country, "common_name", country.name))
    return _norwegian_countries().gettext(name) if language is Language.NB else name


@cache
def _norwegian_countries() -> gettext.NullTranslations:
    """Answers English where a name has no translation."""
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["nb_NO"])
