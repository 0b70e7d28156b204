"""The facts in force in a stream, and how each event changes them.

Facts are a plain JSON object with the stream's ``state``. A service keeps them per stream and
sends them as ``previous`` with the next event, so that a projector can take the old facts out
and put the new ones in without any state of its own. Service and projector use the same
functions, so they cannot disagree.

Merging follows the contract: in a later event a field that is absent is unchanged and one that
is null is no longer known.
"""

from collections.abc import Callable, Mapping
from typing import Any

from services.contract.states import State

Facts = dict[str, Any]
Data = Mapping[str, Any]

# What is said once about one event and never in force afterwards.
_PASSING = frozenset(("reason", "reasonCode", "previous"))


def _stated(data: Data, *left_out: str) -> Facts:
    """The fields of an event that state something, nulls and passing remarks left out."""
    # Every event on the log passes here: whole operations on dictionaries, not a test per field.
    stated = dict(data)
    for name in (*_PASSING, *left_out):
        stated.pop(name, None)
    if None in stated.values():
        return {name: value for name, value in stated.items() if value is not None}
    return stated


def _merged(before: Facts, data: Data) -> Facts:
    after = dict(before)
    for name, value in data.items():
        if name in _PASSING:
            continue
        if value is None:
            after.pop(name, None)
        else:
            after[name] = value
    return after


def _need_announced(before: Facts, data: Data, origin: str, known: str) -> Facts:
    after = _merged(before, data)
    first = before.get("original")
    if first is None or (first["status"] != "issued" and data["status"] == "issued"):
        after["original"] = {
            name: data[name]
            for name in ("status", "persons", "unaccompaniedMinors")
            if data.get(name) is not None
        }
    return after | {"state": State.ANNOUNCED}


def figure_key(data: Data) -> str:
    """What tells two official figures of one region and year apart."""
    return "/".join((data["measure"], data.get("dimension", ""), data.get("category", "")))


def _figure_published(before: Facts, data: Data, origin: str, known: str) -> Facts:
    figures = dict(before.get("figures", {}))
    figures[figure_key(data)] = _stated(data, "region", "year")
    return {
        "state": State.PUBLISHED,
        "region": data["region"],
        "year": data["year"],
        "figures": figures,
    }


def _request_issued(before: Facts, data: Data, origin: str, known: str) -> Facts:
    after = _stated(data, "original")
    if data.get("original", True):
        after["original"] = {"persons": data["persons"]}
    return after | {"state": State.ISSUED}


def _request_revised(before: Facts, data: Data, origin: str, known: str) -> Facts:
    return _merged(before, data) | {"state": State.REVISED}


def _withdrawn(before: Facts, data: Data, origin: str, known: str) -> Facts:
    return _stated(data) | {"state": State.WITHDRAWN}


def _answer_delayed(before: Facts, data: Data, origin: str, known: str) -> Facts:
    return _stated(data) | {"state": State.DELAYED}


def _quota_decided(before: Facts, data: Data, origin: str, known: str) -> Facts:
    original = {name: data[name] for name in ("persons", "unaccompaniedMinors") if data.get(name) is not None}
    return _stated(data) | {"original": original, "state": State.DECIDED}


def _quota_revised(before: Facts, data: Data, origin: str, known: str) -> Facts:
    return _merged(before, data) | {"state": State.REVISED}


def _person_allocated(before: Facts, data: Data, origin: str, known: str) -> Facts:
    allocation = _stated(data) | {"origin": origin, "known": known}
    return {"state": State.ALLOCATED, "allocation": allocation}


def _allocation_accepted(before: Facts, data: Data, origin: str, known: str) -> Facts:
    return {"state": State.ACCEPTED, "allocation": _merged(before["allocation"], data)}


def _allocation_declined(before: Facts, data: Data, origin: str, known: str) -> Facts:
    return {"state": State.DECLINED}


def _allocation_withdrawn(before: Facts, data: Data, origin: str, known: str) -> Facts:
    return {"state": State.ALLOCATION_WITHDRAWN}


def _person_settled(before: Facts, data: Data, origin: str, known: str) -> Facts:
    settlement = _stated(data)
    settlement["origin"] = origin
    settlement["known"] = known
    after: Facts = {"state": State.SETTLED, "settlement": settlement}
    if "allocation" in before:
        after["allocation"] = before["allocation"]
    return after


def _settlement_corrected(before: Facts, data: Data, origin: str, known: str) -> Facts:
    after = _person_settled(before, data, origin, known) | {"state": State.CORRECTED}
    if data["settledOn"] == before["settlement"]["settledOn"]:
        # An imprecise date counts from when it became known; other facts corrected don't move it.
        after["settlement"]["known"] = before["settlement"]["known"]
    return after


def _settlement_withdrawn(before: Facts, data: Data, origin: str, known: str) -> Facts:
    if "allocation" in before:
        return {"state": State.ALLOCATED, "allocation": before["allocation"]}
    return {"state": State.CLOSED}


def _attributes_erased(before: Facts, data: Data, origin: str, known: str) -> Facts:
    if "settlement" not in before:
        return {"state": State.CLOSED}
    settled = before["settlement"]
    bare = {
        name: settled[name] for name in ("municipality", "district", "origin", "known") if name in settled
    }
    after: Facts = {
        "state": State.ERASED,
        "settlement": bare | {"settledOn": settled["settledOn"][:4]},
    }
    if "allocation" in before:
        allocated = before["allocation"]
        after["allocation"] = {
            "municipality": allocated["municipality"],
            "allocatedOn": allocated["allocatedOn"][:4],
            "origin": allocated["origin"],
            "known": allocated["known"],
        }
    return after


def _nothing_kept(before: Facts, data: Data, origin: str, known: str) -> Facts:
    return {"state": State.PUBLISHED}


def _dead_letter_retried(before: Facts, data: Data, origin: str, known: str) -> Facts:
    return {"state": State.RETRIED}


def _dead_letter_dropped(before: Facts, data: Data, origin: str, known: str) -> Facts:
    return {"state": State.DROPPED}


_CHANGES: dict[str, Callable[[Facts, Data, str, str], Facts]] = {
    "need.announced": _need_announced,
    "figure.published": _figure_published,
    "request.issued": _request_issued,
    "request.revised": _request_revised,
    "request.withdrawn": _withdrawn,
    "answer.delayed": _answer_delayed,
    "quota.decided": _quota_decided,
    "quota.revised": _quota_revised,
    "quota.withdrawn": _withdrawn,
    "person.allocated": _person_allocated,
    "allocation.accepted": _allocation_accepted,
    "allocation.declined": _allocation_declined,
    "allocation.withdrawn": _allocation_withdrawn,
    "person.settled": _person_settled,
    "settlement.corrected": _settlement_corrected,
    "settlement.withdrawn": _settlement_withdrawn,
    "settlement.attributes-erased": _attributes_erased,
    "release.published": _nothing_kept,
    "generation.switched": _nothing_kept,
    "heartbeat.sent": _nothing_kept,
    "deadletter.retried": _dead_letter_retried,
    "deadletter.dropped": _dead_letter_dropped,
}


def facts_after(event: str, before: Facts | None, data: Data, origin: str, known: str) -> Facts:
    """The facts in force once an event has happened.

    ``event`` is the short name of its type, ``before`` the facts in force (None for a new
    stream), ``origin`` the event's origin and ``known`` the moment it became known
    (``knowntime``, else ``recordedtime``), both kept with a settlement so that its undoing
    later is exact.
    """
    return _CHANGES[event](before or {}, data, origin, known)


def previous_of(event: str, before: Facts, data: Data) -> Facts:
    """What goes into an event as ``previous``: the facts before it, as far as they concern it.

    A stream of official figures holds many; only the one that the event replaces is carried.
    """
    if event != "figure.published":
        return before
    key = figure_key(data)
    return {
        "state": before["state"],
        "figures": {key: before["figures"][key]} if key in before["figures"] else {},
    }
