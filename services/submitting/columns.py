"""The columns that a sheet may have, under their Norwegian and English names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from services.contract.labels import Language, Text


class Kind(StrEnum):
    """What the rows of a sheet are about; also the service that takes them."""

    SETTLEMENTS = "settlements"
    DECISIONS = "decisions"
    REQUESTS = "requests"


class Reads(StrEnum):
    """How a column's cells are read."""

    TEXT = "text"
    REFERENCE = "reference"
    HANDLING = "handling"
    MUNICIPALITY = "municipality"
    DISTRICT = "district"
    COUNTRY = "country"
    DATE = "date"
    PARTIAL_DATE = "partial date"
    WEEK = "week"
    YEAR = "year"
    COUNT = "count"
    TRUTH = "truth"
    CODE = "code"
    SHARES = "shares"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its field in an event's data, its names, how it is read, what it is for.

    ``others`` are names under which it is recognised as well. ``in_template`` is False for columns
    that few need.
    """

    field: str
    name: Text
    reads: Reads
    help: Text
    others: tuple[str, ...] = ()
    required: bool = False
    in_template: bool = True
    example: Text | None = None


REFERENCE, HANDLING, SETTLEMENT_ID, CHANGE = "reference", "handling", "settlementId", "changeNumber"
"""Columns that are no field of an event's data."""

_REFERENCE = Column(
    REFERENCE,
    Text("Referanse", "Reference"),
    Reads.REFERENCE,
    Text(
        "Deres egen referanse for saken, for eksempel saksnummer. Den gjør at samme rad aldri telles to "
        "ganger og at raden kan rettes senere. Aldri navn, fødselsnummer, D-nummer eller DUF-nummer. "
        "Referansen sendes ikke; bare et avtrykk av den.",
        "Your own reference of the case, such as a case number. By it no row is ever counted twice, and the "
        "row can be corrected later. Never a name, a national identity number, D-number or DUF number. "
        "The reference is not sent, only a fingerprint of it.",
    ),
    (
        "ref",
        "saksnummer",
        "saksnr",
        "sak",
        "case number",
        "case no",
        "case",
        "reference number",
        "referansenummer",
    ),
    required=True,
    example=Text("EKSEMPEL-1", "EXAMPLE-1"),
)
_CHANGE = Column(
    CHANGE,
    Text("Endring nr.", "Change no."),
    Reads.COUNT,
    Text(
        "Bare når samme endring skal meldes en gang til, for eksempel tilbake til noe som gjaldt før: 2, 3, …",
        "Only when the same change is reported once more, as back to something that held before: 2, 3, …",
    ),
    ("endringsnummer", "change number", "changenumber", "endring"),
    in_template=False,
)
_MUNICIPALITY = Column(
    "municipality",
    Text("Kommune", "Municipality"),
    Reads.MUNICIPALITY,
    Text("Kommunens nummer eller navn.", "The municipality's number or name."),
    ("kommunenummer", "kommunenr", "municipality code", "municipality number", "kommunenavn"),
    required=True,
    example=Text("0301 Oslo", "0301 Oslo"),
)
_YEAR = Column(
    "year",
    Text("År", "Year"),
    Reads.YEAR,
    Text("Året det gjelder.", "The year it is about."),
    ("bosettingsår", "årstall"),
    required=True,
    example=Text("2024", "2024"),
)
_REASON = Column(
    "reason",
    Text("Begrunnelse", "Reason"),
    Reads.TEXT,
    Text(
        "Kort, og uten opplysninger om personer. Publiseres ikke.",
        "Short, and without anything about a person. Never published.",
    ),
    ("kommentar", "comment"),
)
_REASON_CODE = Column(
    "reasonCode",
    Text("Årsak", "Reason code"),
    Reads.CODE,
    Text("Hvorfor noe endres. Publiseres.", "Why something changes. Published."),
    ("årsakskode", "cause"),
)


def _column(
    field: str,
    nb: str,
    en: str,
    reads: Reads,
    help_nb: str,
    help_en: str,
    others: tuple[str, ...] = (),
    *,
    required: bool = False,
    in_template: bool = True,
    example: Text | None = None,
) -> Column:
    return Column(field, Text(nb, en), reads, Text(help_nb, help_en), others, required, in_template, example)


def _handling(example: Text) -> Column:
    return Column(
        HANDLING,
        Text("Handling", "Action"),
        Reads.HANDLING,
        Text(
            "Hva raden melder. Tom: den første i listen.",
            "What the row reports. Blank: the first of the list.",
        ),
        ("hendelse", "event", "type", "status"),
        example=example,
    )


_SETTLEMENTS = (
    _REFERENCE,
    _handling(Text("Bosatt", "Settled")),
    _MUNICIPALITY,
    _column(
        "district", "Bydel", "District", Reads.DISTRICT, "Bydelens nummer eller navn, der kommunen har bydeler.",
        "The district's number or name, where the municipality has districts.",
        ("bydelsnummer", "bydelsnr", "district code"), example=Text("030101 Gamle Oslo", "030101 Gamle Oslo"),
    ),
    _column(
        "settledOn", "Bosatt dato", "Settled on", Reads.PARTIAL_DATE, "Dagen personen ble bosatt.",
        "The day on which the person was settled.",
        ("bosatt", "bosettingsdato", "dato", "date", "settled date", "date settled", "bosattdato"),
        required=True, example=Text("2024-02-25", "2024-02-25"),
    ),
    _column(
        "countryOfOrigin", "Opprinnelsesland", "Country of origin", Reads.COUNTRY,
        "Landets navn eller kode på tre bokstaver.", "The country's name or code of three letters.",
        ("land", "country", "landkode", "country code", "origin"), example=Text("Ukraina", "Ukraine"),
    ),
    _column(
        "sex", "Kjønn", "Sex", Reads.CODE, "Tomt betyr ukjent.", "Blank means unknown.", ("gender",),
        example=Text("Kvinne", "Female"),
    ),
    _column(
        "ageGroup", "Aldersgruppe", "Age group", Reads.CODE, "Alder da personen ble bosatt.",
        "Age when the person was settled.", ("aldersgrupper",), example=Text("30–55 år", "30–55 years"),
    ),
    _column(
        "age", "Alder", "Age", Reads.COUNT, "I stedet for aldersgruppe: hele år. Blir til aldersgruppe; lagres ikke.",
        "Instead of an age group: whole years. It becomes an age group and is not stored.", in_template=False,
    ),
    _column(
        "unaccompaniedMinor", "Enslig mindreårig", "Unaccompanied minor", Reads.TRUTH, "Ja eller nei.", "Yes or no.",
        ("em", "ensligmindreårig"), example=Text("Nei", "No"),
    ),
    _column(
        "care", "Omsorg", "Care", Reads.CODE, "Bare for enslige mindreårige.", "For unaccompanied minors only.",
        ("omsorgsform", "form of care"),
    ),
    _column(
        "arrival", "Ankomst", "Arrival", Reads.CODE, "Hvordan personen kom til å bosettes.",
        "How the person came to be settled.", ("ankomstmåte", "way of arrival"),
        example=Text("Fra mottak", "From a reception centre"),
    ),
    _column(
        "housing", "Bolig", "Housing", Reads.CODE, "Bolig fra kommunen eller avtalt selvbosetting.",
        "Housing by the municipality, or agreed self-settlement.", ("boform", "botype"),
        example=Text("Bolig fra kommunen", "Housing by the municipality"),
    ),
    _column(
        "alternativeReceptionPlace", "Alternativ mottaksplass", "Alternative reception place", Reads.TRUTH,
        "Ja eller nei.", "Yes or no.", ("amot",),
    ),
    _column(
        SETTLEMENT_ID, "Bosettings-ID", "Settlement ID", Reads.TEXT,
        "Bare der IMDi har tildelt personen: ID-en fra listen over tildelinger.",
        "Only where IMDi has allocated the person: the ID from the list of allocations.",
        ("bosettingsid", "subject", "allocation id", "tildelings-id", "uuid"),
    ),
    _column(
        "plannedWeek", "Planlagt uke", "Planned week", Reads.WEEK, "Når en tildeling aksepteres: for eksempel 2024-W35.",
        "When an allocation is accepted: such as 2024-W35.", ("uke", "week"), in_template=False,
    ),
    _column(
        "allocatedOn", "Tildelt dato", "Allocated on", Reads.PARTIAL_DATE, "For IMDi: dagen for tildelingen.",
        "For the directorate: the day of the allocation.", ("tildelt",), in_template=False,
    ),
    _column(
        "readyOn", "Klar dato", "Ready on", Reads.DATE, "For IMDi: når personen kan bosettes.",
        "For the directorate: when the person can be settled.", ("klar",), in_template=False,
    ),
    _REASON_CODE,
    _REASON,
    _CHANGE,
)  # fmt: skip

_OPTIONAL_REFERENCE = Column(
    REFERENCE,
    _REFERENCE.name,
    Reads.REFERENCE,
    Text("Valgfri: deres egen referanse.", "Optional: your own reference."),
    _REFERENCE.others,
    example=_REFERENCE.example,
)
_PERSONS = _column(
    "persons", "Antall", "Persons", Reads.COUNT, "Hvor mange personer.", "How many persons.",
    ("antall personer", "number", "vedtak", "anmodning", "kvote", "quota", "number of persons"),
    required=True, example=Text("20", "20"),
)  # fmt: skip
_MINORS = _column(
    "unaccompaniedMinors", "Herav enslige mindreårige", "Of these unaccompanied minors", Reads.COUNT,
    "Hvor mange av dem er enslige mindreårige.", "How many of them are unaccompanied minors.",
    ("enslige mindreårige", "unaccompanied minors", "em"),
)  # fmt: skip
_WITHDRAWN_ON = _column(
    "withdrawnOn", "Trukket dato", "Withdrawn on", Reads.PARTIAL_DATE, "Når det ble trukket.",
    "When it was withdrawn.", ("trukket",),
)  # fmt: skip

_DECISIONS = (
    _OPTIONAL_REFERENCE,
    _MUNICIPALITY,
    _YEAR,
    _handling(Text("Vedtatt", "Decided")),
    _PERSONS,
    _column(
        "decidedOn", "Vedtaksdato", "Decided on", Reads.PARTIAL_DATE, "Dagen for vedtaket.", "The day of the decision.",
        ("vedtatt dato", "dato", "date", "decision date"), required=True, example=Text("2024-01-25", "2024-01-25"),
    ),
    _column(
        "decidedBy", "Vedtatt av", "Decided by", Reads.TEXT, "Organet, for eksempel kommunestyret.",
        "The body, such as the municipal council.", ("organ", "body"), example=Text("Kommunestyret", "Municipal council"),
    ),
    _column(
        "acceptsUnaccompaniedMinors", "Tar imot enslige mindreårige", "Accepts unaccompanied minors", Reads.TRUTH,
        "Ja eller nei.", "Yes or no.",
    ),
    _MINORS,
    _column(
        "extraCapacity", "Ekstra kapasitet", "Extra capacity", Reads.COUNT, "Plasser ut over vedtaket.",
        "Places beyond the decision.",
    ),
    _column(
        "extraCapacityUnaccompaniedMinors", "Ekstra kapasitet for enslige mindreårige",
        "Extra capacity for unaccompanied minors", Reads.COUNT, "Herav for enslige mindreårige.",
        "Of these for unaccompanied minors.",
    ),
    _column(
        "capacityNeeds", "Behov", "Capacity needs", Reads.TEXT, "Kort. Publiseres ikke.", "Short. Never published.",
        ("hva som trengs",), in_template=False,
    ),
    _column(
        "caseReference", "Saksreferanse", "Case reference", Reads.TEXT, "Sak i kommunens arkiv.",
        "The case in the municipality's archive.", ("arkivsak",),
    ),
    _column(
        "districts", "Bydeler", "Districts", Reads.SHARES, "Fordeling: 030101=20; 030102=15.",
        "Shares: 030101=20; 030102=15.", ("fordeling", "shares", "district shares"),
    ),
    _column(
        "expectedOn", "Svar ventes", "Answer expected on", Reads.DATE, "For forsinket svar: når det kommer.",
        "For a delayed answer: when it comes.", ("forventet svar", "expected on"),
    ),
    _WITHDRAWN_ON,
    _REASON_CODE,
    _REASON,
    _CHANGE,
)  # fmt: skip

_REQUESTS = (
    _OPTIONAL_REFERENCE,
    _MUNICIPALITY,
    _YEAR,
    _handling(Text("Anmodet", "Issued")),
    _PERSONS,
    _MINORS,
    _column(
        "issuedOn", "Anmodet dato", "Issued on", Reads.PARTIAL_DATE, "Dagen for anmodningen.", "The day of the request.",
        ("dato", "date", "anmodningsdato"), required=True, example=Text("2023-11-01", "2023-11-01"),
    ),
    _column(
        "answerBy", "Svarfrist", "Answer by", Reads.DATE, "Når kommunen må ha svart.",
        "By when the municipality must have answered.", ("frist", "deadline"), example=Text("2024-02-01", "2024-02-01"),
    ),
    _column(
        "revisedOn", "Endret dato", "Revised on", Reads.PARTIAL_DATE, "For endret anmodning.", "For a revised request.",
        ("endret",),
    ),
    _WITHDRAWN_ON,
    _REASON_CODE,
    _REASON,
    _CHANGE,
)  # fmt: skip

COLUMNS: Mapping[Kind, Sequence[Column]] = {
    Kind.SETTLEMENTS: _SETTLEMENTS,
    Kind.DECISIONS: _DECISIONS,
    Kind.REQUESTS: _REQUESTS,
}

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")


def plain(text: str) -> str:
    """A name as it is compared: letters and digits only, without what stands in brackets."""
    return letters(_BRACKETS.sub("", text))


def letters(text: str) -> str:
    """The letters and digits of a text, whatever their case."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@cache
def names_of(kind: Kind) -> Mapping[str, Column]:
    """Each column of a kind by every name that it has."""
    found: dict[str, Column] = {}
    for column in COLUMNS[kind]:
        for name in (column.field, column.name.nb, column.name.en, *column.others):
            found.setdefault(plain(name), column)
    return found


def is_a_name(text: str) -> bool:
    """Whether a text is the name of a column of any kind."""
    return any(plain(text) in names_of(kind) for kind in Kind)


def kinds_of(heading: Sequence[str]) -> list[Kind]:
    """The kinds that most of a heading's names belong to; several where that does not decide."""
    counts = {kind: len(recognised(kind, heading)) for kind in Kind}
    most = max(counts.values())
    return [kind for kind, count in counts.items() if count == most]


def recognised(kind: Kind, heading: Sequence[str]) -> dict[int, Column]:
    """The columns of a heading by index. Of two with the same meaning the first counts."""
    found: dict[int, Column] = {}
    for index, name in enumerate(heading):
        column = names_of(kind).get(plain(name))
        if column is not None and column not in found.values():
            found[index] = column
    return found


def name_in(column: Column, language: Language) -> str:
    return column.name.in_language(language)
