"""Records as the client made them, fit for the port."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from services.chassis.log.port import LogRecord, PlainRecord

_KEY, _VALUE = attrgetter("key"), attrgetter("value")


def as_records(records: Sequence[Any]) -> Sequence[LogRecord]:
    """The client's own records, which have all that the port asks for.

    Only where a key or a value is missing, which no relay ever writes, they are made anew with
    empty ones: whoever reads them finds them undecodable.
    """
    if None in map(_KEY, records) or None in map(_VALUE, records):
        return [PlainRecord(one.offset, one.key or b"", one.value or b"") for one in records]
    return records
