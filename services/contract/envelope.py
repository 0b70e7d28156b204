"""The envelope: CloudEvents 1.0 as a client sends it, and as it stands on the log."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any

import orjson
from marshmallow import (
    INCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from services.contract.codes import Origin
from services.contract.partial_date import OSLO, PartialDate

SEQUENCE_DIGITS = 20

SET_BY_SERVICE = (
    "sequence",
    "previoussequence",
    "recordedtime",
    "streamversion",
    "partitionkey",
)
"""Attributes that only a service gives; from a client they are refused."""

# Python reads more of ISO 8601 than this, weeks and commas among it.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def sequence_text(sequence: int) -> str:
    """A sequence as the CloudEvents extension wants it: text that sorts like the number."""
    return f"{sequence:0{SEQUENCE_DIGITS}d}"


def time_text(moment: datetime) -> str:
    """A moment in UTC with microseconds, as all of Bosatt writes it; such texts sort by time."""
    # Not strftime, which writes the year 999 with three digits.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_time(text: str) -> datetime:
    """A moment from RFC 3339 text; raises ``ValueError`` where there is none or no offset."""
    if _MOMENT.fullmatch(text) is None:
        raise ValueError("not a moment with an offset from UTC")
    return _in_utc(datetime.fromisoformat(text.upper()))


@lru_cache(maxsize=1_000)  # an importer says the same of thousands of events
def known_moment(text: str) -> datetime:
    """When a fact became known: a moment, or the last second in Norway of a day, month or year."""
    try:
        return PartialDate.parse(text).last_moment
    except ValueError:
        return read_time(text)


@lru_cache(maxsize=1_000)
def first_known_moment(text: str) -> datetime:
    """The earliest moment that a known time may stand for: a period's beginning in Norway."""
    try:
        first = PartialDate.parse(text).first_day
    except ValueError:
        return read_time(text)
    return _in_utc(datetime.combine(first, time(), OSLO))


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("not a moment of the years 1 to 9999") from None


def settlement_id(text: str) -> str:
    """The canonical form of a settlement's UUID; raises ``ValueError`` where it is none."""
    lowered = text.lower()
    if _UUID.fullmatch(lowered) is None:
        raise ValueError("not a UUID")
    return lowered


def _moment(value: str) -> None:
    try:
        read_time(value)
    except ValueError:
        raise ValidationError("Must be a moment such as 2024-06-21T12:00:00Z.") from None


def _known(value: str) -> None:
    try:
        first_known_moment(value)
    except ValueError:
        raise ValidationError("Must be a moment, a date, a month or a year.") from None


def _name(longest: int, *, required: bool = False) -> fields.String:
    """A text by which something is found again. CloudEvents and PostgreSQL refuse control characters."""
    return fields.String(
        required=required,
        validate=[
            validate.Length(1, longest),
            validate.Regexp(r"[^\x00-\x1f\x7f-\x9f]*\Z", error="Must not hold control characters."),
        ],
    )


class EventEnvelope(Schema):
    """A structured CloudEvent from a client. Unknown extension attributes are let through and ignored."""

    class Meta:
        unknown = INCLUDE

    error_messages = {"type": "Must be a JSON object: one CloudEvent."}  # noqa: RUF012

    specversion = fields.String(required=True, validate=validate.Equal("1.0", error="Must be 1.0."))
    id = _name(200, required=True)
    source = _name(300, required=True)
    type = fields.String(required=True)
    subject = _name(100)
    time = fields.String(validate=_moment)
    datacontenttype = fields.String(
        validate=validate.Regexp(
            r"\Aapplication/([^;/ ]+\+)?json *(;.*)?\Z", re.IGNORECASE, error="Must be application/json."
        )
    )
    dataschema = fields.String()
    traceparent = fields.Raw()
    origin = fields.String(validate=validate.OneOf(list(Origin), error="Must be one of: {choices}."))
    knowntime = fields.String(validate=_known)
    data = fields.Raw(required=True, allow_none=True)

    @pre_load
    def _null_is_left_out(self, event: Any, **_: Any) -> Any:
        """CloudEvents' JSON format: an attribute that is null is as good as left out."""
        if not isinstance(event, Mapping):
            return event
        return {name: value for name, value in event.items() if value is not None or name == "data"}

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _only_a_service_gives(self, _data: Any, original: Any, **_: Any) -> None:
        if not isinstance(original, Mapping):
            return  # said already, and there is nothing to look into
        errors: dict[str, Any] = {
            name: ["This attribute is given by the service and can't be sent."]
            for name in SET_BY_SERVICE
            if original.get(name) is not None
        }
        if original.get("data_base64") is not None:
            errors["data_base64"] = ["Send data as JSON in the member data."]
        data = original.get("data")
        if "data" in original and not isinstance(data, dict):
            errors["data"] = ["Must be a JSON object."]
        elif isinstance(data, dict) and "previous" in data:
            errors["data"] = {"previous": ["This field is given by the service and can't be sent."]}
        if errors:
            raise ValidationError(errors)

    @post_load
    def _declared_only(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        event = {name: value for name, value in data.items() if name in self.fields}
        # W3C Trace Context: what has another form is ignored. It would stand on the log for ever.
        if _TRACEPARENT.fullmatch(str(event.get("traceparent"))) is None:
            event.pop("traceparent", None)
        return event


_PLAIN = {
    "specversion": 3,
    "id": 200,
    "source": 300,
    "type": 200,
    "subject": 100,
    "time": 40,
    "datacontenttype": 16,
    "origin": 20,
    "knowntime": 40,
}
FREE_ATTRIBUTES = ("id", "source", "subject", "time", "knowntime")
"""Those of a plain envelope whose texts are not among a few known ones."""

_REQUIRED = frozenset(("specversion", "id", "source", "type", "data"))
_JSON = "application/json"


def plain_envelope(event: Any) -> dict[str, Any] | None:
    """What `EventEnvelope` makes of an event, where there is nothing out of the way about it, else None.

    Nearly every event is such, and most of a batch's time would go into telling so.
    """
    if type(event) is not dict or not event.keys() >= _REQUIRED or type(event["data"]) is not dict:
        return None
    for name, value in event.items():
        if name != "data" and (type(value) is not str or not 0 < len(value) <= _PLAIN.get(name, 0)):
            return None
    if (
        event["specversion"] != "1.0"
        or "previous" in event["data"]
        or ("origin" in event and event["origin"] not in _ORIGINS)
        or event.get("datacontenttype", _JSON) != _JSON
        or not (event["id"] + event["source"] + event.get("subject", "")).isprintable()
    ):
        return None
    try:
        if "time" in event:
            read_time(event["time"])
        if "knowntime" in event:
            first_known_moment(event["knowntime"])
    except ValueError:
        return None
    return event


_ORIGINS = frozenset(map(str, Origin))


def log_value(event: Mapping[str, Any], sequence: int, previous_sequence: int) -> bytes:
    """An event as it stands on the log: everything the store holds and its place in the chain."""
    return orjson.dumps(
        {
            **event,
            "sequence": sequence_text(sequence),
            "previoussequence": sequence_text(previous_sequence),
        }
    )


def known_time_of(event: Mapping[str, Any]) -> str:
    """The moment at which an event on the log became known, as text that sorts by time."""
    known = event.get("knowntime")
    if known is None:
        recorded: str = event["recordedtime"]
        return recorded
    return time_text(known_moment(known))


def said_by(type_name: str, subject: str, envelope: Mapping[str, Any], data: Any) -> bytes:
    """What an event of a CloudEvents ``type`` says, in a form by which a repeat is told from a conflict.

    With ``data`` as stored, so that it holds nothing that is not kept. The sender's ``time`` and
    tracing are no part of it: they may differ when an event is sent again.
    """
    said = {
        "type": type_name,
        "subject": subject,
        "data": data,
        "origin": envelope.get("origin", Origin.REPORTED),
        "knowntime": envelope.get("knowntime"),
    }
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def digest_of(said: bytes) -> str:
    """A digest of what an event says: 64 hexadecimal digits."""
    return hashlib.sha256(said).hexdigest()
