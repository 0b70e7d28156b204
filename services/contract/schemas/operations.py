"""Events that Bosatt itself sends: releases and heartbeats. No client may post them."""

from marshmallow import fields

from services.contract.schemas import fields as kind


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
