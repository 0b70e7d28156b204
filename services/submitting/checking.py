"""Check the rows of a table by all that can be known without asking anybody."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marshmallow import ValidationError

from services.contract.count_rules import minors_faults, part_faults, share_faults
from services.contract.date_rules import future_faults, year_of
from services.contract.envelope import settlement_id
from services.contract.event_types import EVENT_TYPES, PREFIX, VERSION, EventType
from services.contract.faults import Fault
from services.contract.labels import Text
from services.contract.region_rules import district_faults, region_faults
from services.contract.regions import Level, registry
from services.submitting.columns import (
    CHANGE,
    COLUMNS,
    HANDLING,
    REFERENCE,
    SETTLEMENT_ID,
    Column,
    Kind,
    plain,
    recognised,
)
from services.submitting.drafts import Draft, draft_of_year, draft_settlement
from services.submitting.findings import Finding
from services.submitting.names import HANDLINGS
from services.submitting.tables import Row, Table, letter_of
from services.submitting.values import BadCell, Reading, read_cell
from services.submitting.wording import told

_FIRST_READ = (HANDLING, "year", "settledOn", "allocatedOn", "municipality")
"""What other cells are read by."""

_HAPPENED = ("allocatedOn", "settledOn", "decidedOn", "issuedOn", "revisedOn", "withdrawnOn")
_PARTS = (
    ("unaccompaniedMinors", "persons"),
    ("extraCapacityUnaccompaniedMinors", "extraCapacity"),
)
_ANSWERS = ("accepted", "declined")


FAULT = Text("Feil", "Fault")
"""The column that a file of rejected rows has beside those of the sheet."""


def is_fault_column(name: str) -> bool:
    return plain(name) in (plain(FAULT.nb), plain(FAULT.en))


@dataclass(slots=True)
class Checked:
    """One row after the look at it: a draft where it has no faults; None for an example."""

    row: Row
    draft: Draft | None
    faults: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    is_example: bool = False


class Checker:
    """Looks at the rows of one table, one after the other.

    ``own`` is the code of the municipality or district that submits, where known: it stands in for a
    municipality that a row leaves blank.
    """

    def __init__(self, table: Table, kind: Kind, today: date, own: str | None = None) -> None:
        self._table = table
        self._kind = kind
        self._today = today
        self._columns = recognised(kind, table.heading)
        self._index = {column.field: index for index, column in self._columns.items()}
        region = None if own is None else registry().find(own)
        self._district = own if region is not None and region.level is Level.DISTRICT else None
        self._municipality = region.parent if region is not None and self._district else own
        self._seen: dict[str, int] = {}

    def left_out(self) -> list[str]:
        """Headings that mean nothing here: their cells are not sent."""
        names = enumerate(self._table.heading)
        return [
            name
            for index, name in names
            if name.strip() and index not in self._columns and not is_fault_column(name)
        ]

    def check(self) -> Iterator[Checked]:
        """Every row that holds something, in order. Raises `Unreadable` where the file breaks off."""
        for row in self._table.rows():
            yield self._check(row)

    def _check(self, row: Row) -> Checked:
        checked = Checked(row, None)
        if row.hidden:
            checked.notes.append(
                self._found(
                    row,
                    "hidden",
                    Text(
                        "Raden er skjult i arket; den er tatt med.",
                        "The row is hidden in the sheet; it is included.",
                    ),
                )
            )
        if self._is_example(row):
            checked.is_example = True
            return checked
        if any(cell not in (None, "") for cell in row.cells[len(self._table.heading) :]):
            checked.faults.append(
                self._found(
                    row,
                    "too-many-cells",
                    Text(
                        "Raden har flere celler enn overskriften. Sett tekst med skilletegn i anførselstegn.",
                        "The row has more cells than the heading. Put text with delimiters in quotation marks.",
                    ),
                )
            )
        values = self._values(row, checked)
        handling = values.pop(HANDLING, None) or next(iter(HANDLINGS[self._kind]))
        event_type = EVENT_TYPES[f"{PREFIX}{HANDLINGS[self._kind][handling][0]}.{VERSION}"]
        self._fill_own(values, event_type)
        data = self._data(row, values, event_type, handling, checked)
        bad = {finding.column for finding in checked.faults}
        for fault in rules(data, self._today):
            finding = self._of_fault(row, fault)
            if finding.column is None or finding.column not in bad:
                checked.faults.append(finding)
        checked.faults += self._not_own(row, data)
        if not checked.faults:
            self._draft(row, handling, values, data, checked)
        return checked

    def _is_example(self, row: Row) -> bool:
        index = self._index.get(REFERENCE)
        cell = row.cells[index] if index is not None and index < len(row.cells) else None
        return isinstance(cell, str) and plain(cell).startswith(("eksempel", "example"))

    def _values(self, row: Row, checked: Checked) -> dict[str, Any]:
        """What the cells say, by field; what can't be read is told."""
        values: dict[str, Any] = {}
        reading = Reading(self._kind, None, self._municipality, [])
        for index in self._order():
            column = self._columns[index]
            cell = row.cells[index] if index < len(row.cells) else None
            try:
                value = read_cell(column, cell, reading)
            except BadCell as bad:
                checked.faults.append(self._at(row, column, bad.rule, bad.text))
                continue
            if value is None:
                continue
            values[column.field] = value
            if column.field == "year" and isinstance(value, int):
                reading.year = value
            elif column.field in ("settledOn", "allocatedOn") and isinstance(value, str):
                reading.year = year_of(value)
            elif column.field == "municipality":
                reading.municipality = str(value)
        checked.notes += [self._found(row, "read-as", note) for note in reading.notes]
        return values

    def _order(self) -> list[int]:
        first = [self._index[name] for name in _FIRST_READ if name in self._index]
        return [*first, *(index for index in self._columns if index not in first)]

    def _fill_own(self, values: dict[str, Any], event_type: EventType) -> None:
        if self._municipality is not None:
            values.setdefault("municipality", self._municipality)
        if self._district is not None and "district" in event_type.loader.fields:
            values.setdefault("district", self._district)

    def _data(
        self, row: Row, values: Mapping[str, Any], event_type: EventType, handling: str, checked: Checked
    ) -> dict[str, Any]:
        """The event's data as far as they are valid; what is wrong with them is told."""
        fields = event_type.loader.fields
        data = {name: value for name, value in values.items() if name in fields}
        unread = {finding.column for finding in checked.faults}
        try:
            event_type.loader.load(data)
        except ValidationError as error:
            for name, messages in _messages_of(error).items():
                column = self._column(str(name))
                if self._heading(column) in unread:
                    continue
                for message in _flat(messages):
                    checked.faults.append(self._at(row, column, "form", told(message), str(name)))
                data.pop(name, None)
        if handling == next(iter(HANDLINGS[self._kind])):
            self._note_unused(row, values, fields, checked)
        return data

    def _not_own(self, row: Row, data: Mapping[str, Any]) -> list[Finding]:
        """A municipality or district other than the one that submits, where that is known."""
        own = (("municipality", self._municipality), ("district", self._district))
        text = told("You may report for your own municipality or district only.")
        return [
            self._at(row, self._column(name), "not-yours", text)
            for name, code in own
            if code is not None and data.get(name, code) != code
        ]

    def _note_unused(
        self, row: Row, values: Mapping[str, Any], fields: Mapping[str, Any], checked: Checked
    ) -> None:
        for name in values:
            if name not in fields and name not in (REFERENCE, CHANGE, SETTLEMENT_ID, "municipality"):
                text = Text("Brukes ikke for denne handlingen.", "Not used for this action.")
                checked.notes.append(self._at(row, self._column(name), "unused", text))

    def _draft(
        self, row: Row, handling: str, values: Mapping[str, Any], data: dict[str, Any], checked: Checked
    ) -> None:
        change = int(values.get(CHANGE, 1))
        if self._kind is Kind.SETTLEMENTS:
            draft = self._settlement(row, handling, values, change, data, checked)
        else:
            draft = draft_of_year(row.number, self._kind, handling, values.get(REFERENCE), change, data)
        if draft is None:
            return
        earlier = self._seen.setdefault(draft.event_id, row.number)
        if earlier != row.number:
            checked.faults.append(
                self._at(
                    row,
                    self._column(REFERENCE),
                    "twice",
                    Text(
                        f"Det samme er meldt i rad {earlier}. Hver person må ha sin egen referanse.",
                        f"Row {earlier} reports the same. Each person needs a reference of their own.",
                    ),
                )
            )
            return
        checked.draft = draft

    def _settlement(
        self,
        row: Row,
        handling: str,
        values: Mapping[str, Any],
        change: int,
        data: dict[str, Any],
        checked: Checked,
    ) -> Draft | None:
        subject = None
        if SETTLEMENT_ID in values:
            try:
                subject = settlement_id(str(values[SETTLEMENT_ID]))
            except ValueError:
                checked.faults.append(
                    self._at(row, self._column(SETTLEMENT_ID), "subject", told("Must be a UUID."))
                )
                return None
        elif handling in _ANSWERS:
            checked.faults.append(
                self._at(row, self._column(SETTLEMENT_ID), "required", told("Must be a UUID."), SETTLEMENT_ID)
            )
            return None
        key = values.get(REFERENCE) or subject
        municipality = values.get("municipality")
        for missing, name in ((key, REFERENCE), (municipality or (subject and "given"), "municipality")):
            if missing is None:
                text = told("Missing data for required field.")
                checked.faults.append(self._at(row, self._column(name), "required", text, name))
        if checked.faults or key is None:
            return None
        return draft_settlement(row.number, handling, key, municipality or "", subject, change, data)

    def _column(self, name: str) -> Column | None:
        index = self._index.get(name)
        return None if index is None else self._columns[index]

    def _heading(self, column: Column | None) -> str | None:
        return None if column is None else self._table.heading[self._index[column.field]]

    def _at(self, row: Row, column: Column | None, rule: str, text: Text, name: str | None = None) -> Finding:
        """A finding in a column, or about one that the sheet does not have."""
        if column is not None:
            index = self._index[column.field]
            letter = letter_of(index) if self._table.has_letters else None
            return Finding(row.number, rule, text, self._table.heading[index], letter)
        missing = None if name is None else _column_named(self._kind, name)
        if missing is not None:
            text = Text(f"Kolonnen {missing.name.nb}: {text.nb}", f"The column {missing.name.en}: {text.en}")
        return Finding(row.number, rule, text)

    def _found(self, row: Row, rule: str, text: Text) -> Finding:
        return Finding(row.number, rule, text)

    def _of_fault(self, row: Row, fault: Fault) -> Finding:
        return self.finding(row.number, fault.pointer, fault.rule, fault.message)

    def finding(self, row: int, pointer: str, rule: str, message: str) -> Finding:
        """What a service says about an event, at the cell that it came from."""
        name = pointer.removeprefix("/data/").split("/")[0] if pointer.startswith("/data/") else ""
        if pointer == "/subject":
            name = SETTLEMENT_ID
        return self._at(Row(row, ()), self._column(name), rule, told(message), name or None)


def rules(data: Mapping[str, Any], today: date) -> list[Fault]:
    """The rules that need nothing but the data: dates, parts of wholes, regions in their year."""
    faults = future_faults(data, [name for name in _HAPPENED if name in data], today)
    for part, whole in _PARTS:
        faults += part_faults(data, part, whole)
    faults += minors_faults(data)
    happened = data.get("settledOn") or data.get("allocatedOn")
    year = data.get("year") or (year_of(happened) if happened else None)
    code = data.get("municipality")
    if year is not None and code is not None:
        faults += region_faults(code, "/data/municipality", year, Level.MUNICIPALITY)
        if data.get("district") is not None:
            faults += district_faults(data["district"], "/data/district", code, year)
        for share in data.get("districts") or []:
            faults += district_faults(share["code"], "/data/districts", code, year)
    return faults + share_faults(data)


def _column_named(kind: Kind, name: str) -> Column | None:
    return next((column for column in COLUMNS[kind] if column.field == name), None)


def _flat(messages: Any) -> list[str]:
    if isinstance(messages, Mapping):
        return [message for inner in messages.values() for message in _flat(inner)]
    return [str(message) for message in messages]


def _messages_of(error: ValidationError) -> Mapping[str, Any]:
    messages = error.messages
    return messages if isinstance(messages, dict) else {"_schema": messages}
