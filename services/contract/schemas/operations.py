"""Events that Bosatt itself sends: releases, heartbeats, what operators do. No client may post them."""

from marshmallow import fields, validate

from services.contract.codes import DropCause
from services.contract.schemas import fields as kind

HIGHEST_OFFSET = 2**63 - 1
MOST_PARTITIONS = 1_000


class Mark(kind.StrictSchema):
    """How far a partition of a topic generation has been folded."""

    topic = fields.String(required=True)
    generation = kind.WholeNumber(required=True)
    partition = kind.WholeNumber(required=True)
    sequence = kind.WholeNumber(required=True)


class ReleasePublished(kind.StrictSchema):
    """A release became public: which policy made it and which events it contains."""

    release = fields.String(required=True)
    policy = fields.String(required=True)
    publishedAt = fields.String(required=True)
    dataThrough = fields.String(allow_none=True)
    marks = fields.List(fields.Nested(Mark), required=True)


class HeartbeatSent(kind.StrictSchema):
    """A relay says up to which moment everything recorded stands on the log.

    ``sequences`` holds, per partition, the last sequence sent by then; 0 where there is none.
    """

    service = fields.String(required=True)
    generation = kind.WholeNumber(required=True)
    sequences = fields.List(kind.WholeNumber(), required=True)
    recordedThrough = fields.String(required=True)


class GenerationSwitched(kind.StrictSchema):
    """A topic has grown: from now on everything reads another generation of it."""

    topic = fields.String(required=True, validate=validate.Regexp(r"\Abosatt\.[a-z]{1,50}\Z"))
    generation = kind.WholeNumber(required=True, validate=validate.Range(2, 1_000_000))
    partitions = kind.WholeNumber(required=True, validate=validate.Range(1, MOST_PARTITIONS))


class DeadLetterRetried(kind.StrictSchema):
    """An operator had an event tried again that could not be counted.

    Named by its place on the log and the SHA-256 digest of the record there.
    """

    topic = fields.String(required=True, validate=validate.Regexp(r"\Abosatt\.[a-z]{1,50}\Z"))
    generation = kind.WholeNumber(required=True, validate=validate.Range(1, 1_000_000))
    partition = kind.WholeNumber(required=True, validate=validate.Range(0, 1_000_000))
    offset = kind.WholeNumber(required=True, validate=validate.Range(0, HIGHEST_OFFSET))
    digest = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"))


class DeadLetterDropped(DeadLetterRetried):
    """An operator had an event left out of the totals for good.

    ``lastApplied`` is the offset of the last event of its stream that was counted before it (null:
    none, or its stream is not known): of that one the facts are in the totals. ``fault`` says why
    the event could not be counted, ``cause`` why it was given up.
    """

    lastApplied = kind.WholeNumber(required=True, allow_none=True, validate=validate.Range(0, HIGHEST_OFFSET))
    fault = fields.String(required=True, validate=validate.Regexp(r"\A[^\x00-\x1f\x7f-\x9f]{1,100}\Z"))
    cause = kind.code_of(DropCause, required=True)
    note = fields.String(validate=validate.Regexp(r"\A[^\x00-\x1f\x7f-\x9f]{1,200}\Z"))
