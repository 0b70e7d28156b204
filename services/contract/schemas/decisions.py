"""Events of the decisions service: what a municipality decides (vedtak) and its districts' shares."""

from typing import Any

from marshmallow import fields, validate

from services.contract.schemas import fields as kind


class DecisionSchema(kind.StrictSchema):
    """Refuses conditions and reservations together with every other undeclared field."""

    error_messages = {  # noqa: RUF012 - marshmallow's own way
        "unknown": "This field is not part of a decision. A decision gives a clear number for one year: no "
        "conditions on nationality or family, no other reservations, and family reunification is "
        "not counted, because a municipality decides how many it settles, not whom "
        "(IMDi's guidance on the decision).",
        "type": "Must be a JSON object.",
    }


class DistrictShare(DecisionSchema):
    """One district's share of the municipality's quota."""

    code = kind.region_code(required=True)
    persons = kind.persons(required=True)


def _shares(*, allow_none: bool = False) -> fields.List[Any]:
    return fields.List(fields.Nested(DistrictShare), allow_none=allow_none, validate=validate.Length(max=100))


class _Decision(DecisionSchema):
    """What a decision and its revision both may say."""

    municipality = kind.region_code(required=True)
    year = kind.year()
    decidedOn = kind.partial_date(required=True)
    decidedBy = kind.short_text(200, allow_none=True)
    acceptsUnaccompaniedMinors = kind.Truth(allow_none=True)
    unaccompaniedMinors = kind.persons(allow_none=True)
    extraCapacity = kind.persons(allow_none=True)
    extraCapacityUnaccompaniedMinors = kind.persons(allow_none=True)
    capacityNeeds = kind.short_text(allow_none=True)
    caseReference = kind.short_text(100, allow_none=True)
    districts = _shares(allow_none=True)


class QuotaDecided(_Decision):
    """A municipality decides how many it will settle in a year."""

    persons = kind.persons(required=True)


class QuotaRevised(_Decision):
    """A municipality decides anew. Absent = unchanged, null = no longer known."""

    persons = kind.persons(allow_none=True)
    reason = kind.reason()
    reasonCode = kind.reason_code()


class QuotaWithdrawn(DecisionSchema):
    """A municipality no longer stands by its decision, and has not made another."""

    municipality = kind.region_code(required=True)
    year = kind.year()
    withdrawnOn = kind.partial_date(required=True)
    reason = kind.reason()
    reasonCode = kind.reason_code()


class AnswerDelayed(DecisionSchema):
    """A municipality says when its late answer will come. Settlement goes on meanwhile."""

    municipality = kind.region_code(required=True)
    year = kind.year()
    expectedOn = kind.full_date(required=True)
    reason = kind.reason()
    reasonCode = kind.reason_code()
