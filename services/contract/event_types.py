"""The catalogue of event types: which service takes each, which stream it goes to, who posts it."""

from dataclasses import dataclass
from functools import cached_property

from services.contract.codes import Role
from services.contract.schemas import decisions, operations, requests, settlements
from services.contract.schemas.fields import StrictSchema
from services.contract.schemas.remembering import RememberingLoader

PREFIX = "no.bosatt."
VERSION = "v1"


@dataclass(frozen=True)
class EventType:
    """One type of event.

    ``name`` is the short name (``person.settled``); ``region_field`` the field of ``data`` that
    names the region whose stream and partition it is, None where the data do not say.
    """

    name: str
    service: str
    kind: str
    schema: type[StrictSchema]
    posted_by: frozenset[Role]
    region_field: str | None

    @property
    def full_name(self) -> str:
        """The CloudEvents ``type``."""
        return f"{PREFIX}{self.name}.{VERSION}"

    @property
    def topic(self) -> str:
        return f"bosatt.{self.service}"

    @cached_property
    def loader(self) -> StrictSchema:
        """The schema, made once; loading keeps no state in it."""
        return self.schema()

    @cached_property
    def remembering(self) -> RememberingLoader:
        """The quick way of loading what is like what was loaded before."""
        return RememberingLoader(self.loader)


_DIRECTORATE = frozenset((Role.DIRECTORATE, Role.IMPORTER))
_MUNICIPALITY = frozenset((Role.MUNICIPALITY, Role.IMPORTER))
_SETTLING = frozenset((Role.MUNICIPALITY, Role.DISTRICT, Role.IMPORTER))
_SYSTEM = frozenset((Role.SYSTEM,))

_TYPES = (
    EventType("need.announced", "requests", "needs", requests.NeedAnnounced, _DIRECTORATE, None),
    EventType("figure.published", "requests", "figures", requests.FigurePublished, _DIRECTORATE, "region"),
    EventType("request.issued", "requests", "requests", requests.RequestIssued, _DIRECTORATE, "municipality"),
    EventType("request.revised", "requests", "requests", requests.RequestRevised, _DIRECTORATE, "municipality"),
    EventType("request.withdrawn", "requests", "requests", requests.RequestWithdrawn, _DIRECTORATE, "municipality"),
    EventType("quota.decided", "decisions", "decisions", decisions.QuotaDecided, _MUNICIPALITY, "municipality"),
    EventType("quota.revised", "decisions", "decisions", decisions.QuotaRevised, _MUNICIPALITY, "municipality"),
    EventType("quota.withdrawn", "decisions", "decisions", decisions.QuotaWithdrawn, _MUNICIPALITY, "municipality"),
    EventType("answer.delayed", "decisions", "decisions", decisions.AnswerDelayed, _MUNICIPALITY, "municipality"),
    EventType("person.allocated", "settlements", "settlements", settlements.PersonAllocated, _DIRECTORATE, "municipality"),
    EventType("allocation.accepted", "settlements", "settlements", settlements.AllocationAccepted, _MUNICIPALITY, "municipality"),
    EventType("allocation.declined", "settlements", "settlements", settlements.AllocationDeclined, _MUNICIPALITY, "municipality"),
    EventType("allocation.withdrawn", "settlements", "settlements", settlements.AllocationWithdrawn, _DIRECTORATE, "municipality"),
    EventType("person.settled", "settlements", "settlements", settlements.PersonSettled, _SETTLING, "municipality"),
    EventType("settlement.corrected", "settlements", "settlements", settlements.SettlementCorrected, _SETTLING, "municipality"),
    EventType("settlement.withdrawn", "settlements", "settlements", settlements.SettlementWithdrawn, _SETTLING, None),
    EventType("settlement.attributes-erased", "settlements", "settlements", settlements.SettlementAttributesErased, _SETTLING, None),
    EventType("release.published", "releases", "releases", operations.ReleasePublished, _SYSTEM, None),
    EventType("heartbeat.sent", "heartbeats", "heartbeats", operations.HeartbeatSent, _SYSTEM, None),
    EventType("generation.switched", "operations", "generations", operations.GenerationSwitched, _SYSTEM, None),
    EventType("deadletter.retried", "operations", "operations", operations.DeadLetterRetried, _SYSTEM, None),
    EventType("deadletter.dropped", "operations", "operations", operations.DeadLetterDropped, _SYSTEM, None),
)  # fmt: skip

EVENT_TYPES: dict[str, EventType] = {event.full_name: event for event in _TYPES}
"""Every event type by its CloudEvents ``type``."""

COMMAND_SERVICES = ("requests", "decisions", "settlements")
"""The services that clients post to, in the order in which a case passes them."""


def types_of(service: str) -> dict[str, EventType]:
    """The event types that one service takes, by CloudEvents ``type``."""
    return {name: event for name, event in EVENT_TYPES.items() if event.service == service}
