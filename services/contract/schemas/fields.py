"""Field kinds that the event schemas are made of. All keep JSON values as they are."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.contract.codes import ReasonCode, country_codes
from services.contract.partial_date import PartialDate

MOST_PERSONS = 1_000_000
FIRST_DATED_YEAR = 1990
FIRST_YEAR = 1995
LAST_YEAR = 2100

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


class StrictSchema(Schema):
    """Refuses every field that is not declared, and says why it must."""

    error_messages = {  # noqa: RUF012 - marshmallow's own way
        "unknown": "This field is not part of the event. Only declared fields are accepted, so that "
        "nothing about a person is stored that nobody has a use for.",
        "type": "Must be a JSON object.",
    }

    def errors_between(self, data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, list[str]]:
        """What is wrong with valid fields taken together, by field; ``given`` holds the others too."""
        return {}

    def finished(self, data: dict[str, Any]) -> dict[str, Any]:
        """Valid data as they are kept."""
        return data

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _fit_together(self, data: dict[str, Any], original: Any, **_: Any) -> None:
        errors = self.errors_between(data, original if isinstance(original, Mapping) else data)
        if errors:
            raise ValidationError(errors)

    @post_load
    def _finish(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return self.finished(data)


class WholeNumber(fields.Integer):
    """A JSON integer: no string, no fraction, no boolean."""

    default_error_messages = {"invalid": "Must be a whole number."}  # noqa: RUF012

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


class Number(fields.Float):
    """A JSON number, kept as written: no string, no boolean."""

    default_error_messages = {"invalid": "Must be a number."}  # noqa: RUF012

    def _validated(self, value: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        super()._validated(value)
        number: float = value
        return number


class Truth(fields.Boolean):
    """JSON true or false, nothing that merely resembles them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class PartialDateText(fields.String):
    """``2016-05-17``, ``2016-05`` or ``2016``, kept as written."""

    default_error_messages = {  # noqa: RUF012
        "date": "Must be a date (2016-05-17), a month (2016-05) or a year (2016) that exists."
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            when = PartialDate.parse(text)
        except ValueError:
            raise self.make_error("date") from None
        if not FIRST_DATED_YEAR <= when.year <= LAST_YEAR or not self._precise_enough(when):
            raise self.make_error("date")
        return text

    def _precise_enough(self, when: PartialDate) -> bool:
        return True


class DateText(PartialDateText):
    """A full date, kept as written."""

    default_error_messages = {"date": "Must be a date that exists, such as 2024-02-25."}  # noqa: RUF012

    def _precise_enough(self, when: PartialDate) -> bool:
        return when.is_full


def _week_exists(text: str) -> bool:
    match = _WEEK.fullmatch(text)
    if match is None:
        return False
    try:
        date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        return False
    return True


class WeekText(fields.String):
    """A week as ISO 8601 counts them, kept as written."""

    default_error_messages = {"week": "Must be a week that exists, such as 2024-W35."}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _week_exists(text):
            raise self.make_error("week")
        return text


def persons(*, required: bool = False, allow_none: bool = False) -> WholeNumber:
    """A count of persons, 0 to one million."""
    return WholeNumber(
        required=required,
        allow_none=allow_none,
        validate=validate.Range(0, MOST_PERSONS, error="Must be between {min} and {max}."),
    )


def year() -> WholeNumber:
    """The calendar year that the event is about."""
    return WholeNumber(
        required=True,
        validate=validate.Range(FIRST_YEAR, LAST_YEAR, error="Must be a year from {min} to {max}."),
    )


def region_code(*, required: bool = False, allow_none: bool = False) -> fields.String:
    """A region's code as text, leading zeros kept. Whether it is valid is a rule, not a form."""
    return fields.String(
        required=required,
        allow_none=allow_none,
        validate=validate.Regexp(
            r"\A(NO|[0-9]{2}|[0-9]{4}|[0-9]{6})\Z",
            error="Must be a region code: NO, or two, four or six digits as text.",
        ),
    )


def partial_date(*, required: bool = False, allow_none: bool = False) -> PartialDateText:
    return PartialDateText(required=required, allow_none=allow_none)


def full_date(*, required: bool = False, allow_none: bool = False) -> DateText:
    return DateText(required=required, allow_none=allow_none)


def one_of(values: Iterable[str], *, required: bool = False, allow_none: bool = False) -> fields.String:
    """One code of a list."""
    return fields.String(
        required=required,
        allow_none=allow_none,
        validate=validate.OneOf([str(value) for value in values], error="Must be one of: {choices}."),
    )


def code_of(codes: type[StrEnum], *, required: bool = False, allow_none: bool = False) -> fields.String:
    return one_of(codes, required=required, allow_none=allow_none)


def country(*, allow_none: bool = False) -> fields.String:
    return fields.String(
        allow_none=allow_none,
        validate=validate.OneOf(
            country_codes(),
            error="Must be an ISO 3166-1 alpha-3 code such as UKR, or XXX for another country.",
        ),
    )


def short_text(longest: int = 500, *, allow_none: bool = False) -> fields.String:
    """A short text. Never published, and screened for identity numbers at the door."""
    return fields.String(
        allow_none=allow_none,
        validate=validate.Length(1, longest, error="Must have {min} to {max} characters."),
    )


def reason() -> fields.String:
    """Why, in private: short, screened, never published."""
    return short_text()


def reason_code() -> fields.String:
    """Why, in public."""
    return code_of(ReasonCode)
