"""Events of the settlements service: a person allocated, answered for, settled, corrected."""

from collections.abc import Mapping
from typing import Any

from marshmallow import validate

from services.contract.codes import AgeGroup, Arrival, Care, Housing, Sex, age_group_of
from services.contract.schemas import fields as kind


class PersonAllocated(kind.StrictSchema):
    """The directorate allocates a person to a municipality."""

    municipality = kind.region_code(required=True)
    allocatedOn = kind.partial_date(required=True)
    readyOn = kind.full_date(allow_none=True)
    unaccompaniedMinor = kind.Truth(allow_none=True)
    arrival = kind.code_of(Arrival, allow_none=True)


class AllocationAccepted(kind.StrictSchema):
    """The municipality takes the person, and may say in which week."""

    municipality = kind.region_code(required=True)
    plannedWeek = kind.WeekText(allow_none=True)


class AllocationDeclined(kind.StrictSchema):
    """The municipality does not take the person."""

    municipality = kind.region_code(required=True)
    reason = kind.reason()
    reasonCode = kind.reason_code()


class AllocationWithdrawn(kind.StrictSchema):
    """The directorate takes the allocation back."""

    municipality = kind.region_code(required=True)
    reason = kind.reason()
    reasonCode = kind.reason_code()


class PersonSettled(kind.StrictSchema):
    """A person is settled in a municipality. No identity: only what is counted.

    An ``age`` becomes the age group on arrival and is not kept.
    """

    municipality = kind.region_code(required=True)
    settledOn = kind.partial_date(required=True)
    district = kind.region_code(allow_none=True)
    countryOfOrigin = kind.country(allow_none=True)
    sex = kind.code_of(Sex, allow_none=True)
    ageGroup = kind.code_of(AgeGroup, allow_none=True)
    age = kind.WholeNumber(load_only=True, validate=validate.Range(0, 130))
    unaccompaniedMinor = kind.Truth(allow_none=True)
    care = kind.code_of(Care, allow_none=True)
    arrival = kind.code_of(Arrival, allow_none=True)
    housing = kind.code_of(Housing, allow_none=True)
    alternativeReceptionPlace = kind.Truth(allow_none=True)

    def errors_between(self, data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, list[str]]:
        errors: dict[str, list[str]] = {}
        if "age" in data and "ageGroup" in data:
            errors["age"] = ["Give age or ageGroup, not both."]
        if data.get("care") is not None and data.get("unaccompaniedMinor") is False:
            errors["care"] = ["Only an unaccompanied minor has a form of care."]
        return errors

    def finished(self, data: dict[str, Any]) -> dict[str, Any]:
        """The age becomes the age group."""
        age = data.pop("age", None)
        if age is not None:
            data["ageGroup"] = str(age_group_of(age))
        return data


class SettlementCorrected(PersonSettled):
    """The facts of a settlement anew, whole. The municipality stays."""

    reason = kind.reason()
    reasonCode = kind.reason_code()


class SettlementWithdrawn(kind.StrictSchema):
    """The settlement did not happen, or happened elsewhere."""

    reason = kind.reason()
    reasonCode = kind.reason_code()


class SettlementAttributesErased(kind.StrictSchema):
    """Everything about the person but municipality, district and year becomes unknown."""
