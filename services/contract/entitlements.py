"""Whose data an event is: who may post it about whom, and what a token must allow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.contract.codes import Origin, Role
from services.contract.event_types import COMMAND_SERVICES, EventType
from services.contract.facts import Facts
from services.contract.regions import registry


def write_scope(service: str) -> str:
    """What a token must allow for posting to a service."""
    return f"bosatt:{service}.write"


def read_scope(service: str) -> str:
    """What a token must allow for reading what a service keeps."""
    return f"bosatt:{service}.read"


SCOPES = frozenset(scope(service) for service in COMMAND_SERVICES for scope in (write_scope, read_scope))
"""All that a token can allow."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: a role and, for a municipality or a district, its code.

    ``organisation`` is the organisation number behind it and ``supplier`` that of who acts for it, where
    a token named them. ``scopes`` is what the token allows, whatever the role may.
    """

    role: Role
    code: str | None = None
    organisation: str | None = None
    supplier: str | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """A stable name, within which ``source`` and ``id`` of an event are its own."""
        return self.role if self.code is None else f"{self.role}:{self.code}"


def may_post_type(caller: Caller, event_type: EventType) -> bool:
    """Whether a caller's role may post a type of event at all."""
    return caller.role in event_type.posted_by


def may_say_origin(caller: Caller, origin: str | None, knowntime: str | None) -> bool:
    """Whether a caller may send these ``origin`` and ``knowntime``."""
    if caller.role is Role.IMPORTER:
        return True
    return origin in (None, Origin.REPORTED) and knowntime is None


def owns_data(caller: Caller, event_type: EventType, data: Mapping[str, Any]) -> bool:
    """Whether the data of an event are about the caller itself."""
    if caller.role is Role.MUNICIPALITY and event_type.region_field is not None:
        return bool(data.get(event_type.region_field) == caller.code)
    if caller.role is Role.DISTRICT and event_type.region_field is not None:
        return data.get("district") == caller.code and data.get("municipality") == _municipality_of(caller)
    return True


def owns_stream(caller: Caller, facts: Facts, first_region: str) -> bool:
    """Whether a stream is about the caller itself: by the facts in force in it.

    Where they name no municipality any more, as after a withdrawal, by the region of its first
    event.
    """
    if caller.role is Role.MUNICIPALITY:
        return _municipalities(facts, first_region) == {caller.code}
    if caller.role is Role.DISTRICT:
        settlement = facts.get("settlement")
        if settlement is not None:
            return bool(settlement.get("district") == caller.code)
        return _municipalities(facts, first_region) == {_municipality_of(caller)}
    return True


def _municipalities(facts: Facts, first_region: str) -> set[str]:
    parts = [facts[name] for name in ("allocation", "settlement") if name in facts] or [facts]
    return {part.get("municipality", first_region) for part in parts}


def _municipality_of(district: Caller) -> str | None:
    region = registry().find(district.code or "")
    return None if region is None else region.parent


class Extent(NamedTuple):
    """Whose streams are read: those of one municipality, of one district, or (None, None) of all."""

    municipality: str | None = None
    district: str | None = None


def extent_of(caller: Caller, municipality: str | None, *, by_district: bool) -> Extent | None:
    """Whose streams a caller gets that asks for a municipality's, or for its own; None: it may not.

    The same for a municipality that exists and one that does not. Where streams are not told apart
    ``by_district``, a district gets those of the municipality that it belongs to.
    """
    if caller.role in (Role.DIRECTORATE, Role.IMPORTER):
        return Extent(municipality)
    if caller.role is Role.MUNICIPALITY and municipality in (None, caller.code):
        return Extent(caller.code)
    if caller.role is Role.DISTRICT and municipality in (None, caller.code, _municipality_of(caller)):
        return Extent(district=caller.code) if by_district else Extent(_municipality_of(caller))
    return None


def owns_subject(caller: Caller, subject: str) -> bool:
    """Whether a subject by itself names a caller's own region, so that it may be told there is no stream.

    A settlement id does not say whose it is: one that is nobody's is like one that is another's.
    """
    if caller.role in (Role.DIRECTORATE, Role.IMPORTER):
        return True
    region = subject.split("/")[-2] if "/" in subject else None
    if region is None:
        return False
    return region == caller.code or (caller.role is Role.DISTRICT and region == _municipality_of(caller))


def concerns(caller: Caller, data: Mapping[str, Any], first_region: str) -> bool:
    """Whether an event in a stream that is a caller's own now was about the caller when it happened.

    A person may have been allocated elsewhere before, and what was said then is not for others.
    """
    if caller.role not in (Role.MUNICIPALITY, Role.DISTRICT):
        return True
    before = data.get("previous", {})
    held = before.get("settlement") or before.get("allocation") or {}
    region = data.get("municipality") or data.get("region") or held.get("municipality", first_region)
    if caller.role is Role.MUNICIPALITY:
        return bool(region == caller.code)
    districts = {data.get("district"), held.get("district")} - {None}
    return region == _municipality_of(caller) and districts <= {caller.code}
