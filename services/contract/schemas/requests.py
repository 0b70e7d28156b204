"""Events of the requests service: the national need, official figures, requests."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from services.contract.codes import Dimension, FigureStatus, Measure, NeedStatus
from services.contract.schemas import fields as kind
from services.contract.schemas.categories import category_is_valid

_BELOW_ZERO = (Measure.SPARE_CAPACITY, Measure.REMAINING)


class NeedAnnounced(kind.StrictSchema):
    """How many the country needs to settle in a year. Repeated when it changes."""

    year = kind.year()
    persons = kind.persons(required=True)
    announcedOn = kind.partial_date(required=True)
    status = kind.code_of(NeedStatus, required=True)
    unaccompaniedMinors = kind.persons(allow_none=True)
    resettlement = kind.persons(allow_none=True)
    municipalitiesAsked = kind.persons(allow_none=True)
    reason = kind.reason()
    reasonCode = kind.reason_code()


class FigurePublished(kind.StrictSchema):
    """An official figure without events behind it, shown beside ours and never summed."""

    region = kind.region_code(required=True)
    year = kind.year()
    measure = kind.code_of(Measure, required=True)
    status = kind.code_of(FigureStatus, required=True)
    persons = kind.WholeNumber(validate=validate.Range(-1_000_000, 10_000_000))
    percent = kind.Number(validate=validate.Range(0, 1000))
    publishedOn = kind.partial_date(required=True)
    sourceName = fields.String(required=True, validate=validate.Length(1, 200))
    sourceUrl = fields.Url(schemes={"http", "https"}, validate=validate.Length(max=500))
    dimension = kind.code_of(Dimension)
    category = kind.short_text(40)

    def errors_between(self, data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, list[str]]:
        errors: dict[str, list[str]] = {}
        stated = [name for name in ("persons", "percent") if name in given]
        if data.get("status") == FigureStatus.SUPPRESSED:
            errors |= {name: ["A suppressed figure has no number."] for name in stated if name in data}
        if data.get("status") == FigureStatus.EXACT and not stated:
            errors["persons"] = ["An exact figure needs persons or percent."]
        if data.get("persons", 0) < 0 and "measure" in data and data["measure"] not in _BELOW_ZERO:
            errors["persons"] = ["Only spare_capacity and remaining can be below zero."]
        if ("dimension" in given) != ("category" in given):
            errors["category"] = ["dimension and category go together."]
        elif {"dimension", "category"} <= set(data) and not category_is_valid(
            data["dimension"], data["category"]
        ):
            errors["category"] = ["Not a category of this dimension."]
        return errors


class RequestIssued(kind.StrictSchema):
    """The directorate asks a municipality to settle a number of persons in a year."""

    municipality = kind.region_code(required=True)
    year = kind.year()
    persons = kind.persons(required=True)
    issuedOn = kind.partial_date(required=True)
    unaccompaniedMinors = kind.persons(allow_none=True)
    answerBy = kind.full_date(allow_none=True)
    original = kind.Truth()


class RequestRevised(kind.StrictSchema):
    """The directorate changes what it asks for. Absent = unchanged, null = no longer known."""

    municipality = kind.region_code(required=True)
    year = kind.year()
    persons = kind.persons(required=True)
    revisedOn = kind.partial_date(required=True)
    unaccompaniedMinors = kind.persons(allow_none=True)
    answerBy = kind.full_date(allow_none=True)
    reason = kind.reason()
    reasonCode = kind.reason_code()


class RequestWithdrawn(kind.StrictSchema):
    """The directorate no longer asks."""

    municipality = kind.region_code(required=True)
    year = kind.year()
    withdrawnOn = kind.partial_date(required=True)
    reason = kind.reason()
    reasonCode = kind.reason_code()
