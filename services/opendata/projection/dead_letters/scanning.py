"""Find on the log which event of a stream was the last to be counted before one that was not."""

from collections.abc import Callable, Container, Mapping

from services.chassis.consuming.chain import Verdict, judge
from services.chassis.consuming.records import Unreadable, event_in, link_of, stream_of
from services.chassis.log.port import EventLog, Partition

READ_AT_ONCE = 1_000


def last_applied(
    log: EventLog,
    partition: Partition,
    streams: Mapping[int, str],
    aside: Container[int],
    tell: Callable[[int], None] = lambda _read: None,
) -> dict[int, int | None]:
    """For events by offset with their streams: the offset of the event counted before, None for none.

    Reads the partition from its beginning and judges each record by its place in the chain, as the
    projector did: what is counted is exactly what followed the mark and is not set ``aside``.
    ``tell`` is called with how many records were read since the last time. Raises `LogError`.
    """
    found: dict[int, int | None] = {}
    last: dict[str, int] = {}
    wanted = set(streams.values())
    end, mark, at = max(streams, default=-1), 0, 0
    while at <= end:
        records = log.read(partition.topic, partition.number, at, min(READ_AT_ONCE, end - at + 1))
        if not records:
            break
        for record in records:
            if record.offset in streams:
                found[record.offset] = last.get(streams[record.offset])
            try:
                event = event_in(record.value)
                previous, sequence = link_of(event)
            except Unreadable:
                continue
            if judge(mark, previous, sequence) is Verdict.APPLY:
                mark = sequence
                stream = stream_of(event)
                if stream is not None and stream in wanted and record.offset not in aside:
                    last[stream] = record.offset
        at = records[-1].offset + 1
        tell(len(records))
    return found
