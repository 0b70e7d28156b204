"""The most common event, read in one go: a person settled of whom nothing was told before.

Reading all of an event and keeping it until its batch is committed is most of what a projector
would do otherwise. Here it is read straight into typed fields, and only what is counted is kept.
"""

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import Decoder

from services.chassis.consuming.judging import Glanced
from services.chassis.consuming.records import link_between, recorded_time_in
from services.contract.codes import UNKNOWN
from services.opendata.projection.effects import PERSON_SETTLED, categories_of, person_of

_TYPE = b'"type":"%s"' % PERSON_SETTLED.encode()
_MINOR = {None: UNKNOWN, True: "true", False: "false"}


class _Settlement(Struct, gc=False, forbid_unknown_fields=True, rename="camel"):
    municipality: str
    settled_on: str
    district: str | None = None
    country_of_origin: str | None = None
    sex: str | None = None
    age_group: str | None = None
    unaccompanied_minor: bool | None = None
    care: str | None = None
    arrival: str | None = None
    housing: str | None = None
    previous: Raw | UnsetType = UNSET


class _Event(Struct, gc=False, forbid_unknown_fields=True):
    type: str
    sequence: str
    previoussequence: str
    recordedtime: str
    origin: str
    data: _Settlement
    specversion: str = ""
    id: str = ""
    source: str = ""
    subject: str = ""
    datacontenttype: str = ""
    time: str = ""
    knowntime: str = ""
    traceparent: str = ""
    partitionkey: str = ""
    streamversion: int = 0


_DECODER = Decoder(_Event)


def newcomer_in(value: bytes) -> Glanced | None:
    """The place in the chain, the recorded time and the `Person` of such an event, None for any other.

    One with a field that is not known here, as of a later version, is left to the reading of all of
    it: nothing may be passed by that the other way of reading would stumble over.
    """
    try:
        if _TYPE not in value:
            return None
        event = _DECODER.decode(value)
        data = event.data
        if event.type != PERSON_SETTLED or data.previous is not UNSET:
            return None
        before, own = link_between(event.previoussequence, event.sequence)
        categories = categories_of(
            data.sex,
            data.age_group,
            data.country_of_origin,
            _MINOR[data.unaccompanied_minor],
            data.care,
            data.arrival,
            data.housing,
        )
        person = person_of(data.municipality, data.district, data.settled_on, event.origin, categories)
        return before, own, recorded_time_in(event.recordedtime), person
    except MemoryError:
        raise
    except Exception:
        # Whatever it is, reading all of the event will tell.
        return None
