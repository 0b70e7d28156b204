"""Take drafts through the door: first as a dry run, then in earnest.

The random id of a person's settlement is kept nowhere but in the service. An event's id comes from the
row's own reference, so whoever sends the row again is answered with the receipt of the first time, which
names the stream: on any machine, after any interruption.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from services.chassis.posting.door import MOST_AT_ONCE, Answer, Door
from services.submitting.drafts import Draft, Subject

UNREHEARSED = Answer("unrehearsed")
"""The event follows another of the same file that is not stored yet: only posting tells."""

_NOTHING_BEFORE = Answer(
    "rejected",
    errors=[
        ("/reference", "nothing-before", "Nothing was reported under this reference that this could change.")
    ],
)

OnAnswer = Callable[[Draft, Answer], None]


@dataclass(slots=True)
class _Sent:
    draft: Draft
    event: dict[str, Any]


class Campaign:
    """The drafts of one file on their way through one service's door."""

    def __init__(self, door: Door, at_once: int = MOST_AT_ONCE) -> None:
        self._door = door
        self._at_once = at_once
        self._subjects: dict[str, str] = {}
        self._waiting: set[str] = set()

    def rehearse(self, drafts: Iterable[Draft], on_answer: OnAnswer) -> None:
        """What would become of each draft; nothing is stored. Raises `DoorClosed`."""
        self._waiting = set()
        for chunk in _chunks(drafts, self._at_once):
            rest = chunk
            while rest:
                now, rest = _first_of_streams(rest)
                rehearsed = [draft for draft in now if draft.stream not in self._waiting]
                for draft in now:
                    if draft.stream in self._waiting:
                        on_answer(draft, UNREHEARSED)
                for draft, answer in self._through(rehearsed, dry_run=True):
                    if answer.status == "accepted":
                        self._waiting.add(draft.stream)
                    on_answer(draft, answer)

    def post(self, drafts: Iterable[Draft], on_answer: OnAnswer) -> None:
        """Post each draft, in order. Raises `DoorClosed`; what was answered until then is stored."""
        for chunk in _chunks(drafts, self._at_once):
            for draft, answer in self._through(chunk, dry_run=False):
                on_answer(draft, answer)

    def _through(self, drafts: Sequence[Draft], *, dry_run: bool) -> Iterator[tuple[Draft, Answer]]:
        self._look_up(drafts)
        sent: list[_Sent] = []
        lost: list[Draft] = []
        for draft in drafts:
            if draft.subject is Subject.GIVEN:
                sent.append(_Sent(draft, draft.event()))
            elif draft.subject is Subject.NEW:
                subject = self._subjects.setdefault(draft.stream, str(uuid.uuid4()))
                sent.append(_Sent(draft, draft.event(subject)))
            elif draft.stream in self._subjects:
                sent.append(_Sent(draft, draft.event(self._subjects[draft.stream])))
            else:
                lost.append(draft)
        answers = self._door.send([one.event for one in sent], dry_run=dry_run)
        again = [one for one, answer in zip(sent, answers, strict=True) if self._was_elsewhere(one, answer)]
        settled = dict(zip((one.draft.event_id for one in again), self._again(again, dry_run), strict=True))
        for one, answer in zip(sent, answers, strict=True):
            yield one.draft, settled.get(one.draft.event_id, answer)
        for draft in lost:
            yield draft, _NOTHING_BEFORE

    def _was_elsewhere(self, sent: _Sent, answer: Answer) -> bool:
        """Whether an event was posted before, under the random id that it was given then."""
        if answer.status != "rejected" or answer.stream is None or sent.draft.subject is Subject.GIVEN:
            return False
        known = self._subjects.get(sent.draft.stream)
        self._subjects[sent.draft.stream] = answer.stream
        return known != answer.stream

    def _again(self, sent: Sequence[_Sent], dry_run: bool) -> list[Answer]:
        events = [one.draft.event(self._subjects[one.draft.stream]) for one in sent]
        return self._door.send(events, dry_run=dry_run)

    def _look_up(self, drafts: Sequence[Draft]) -> None:
        """Ask for the streams of what follows something that was posted earlier, not by this file."""
        begun = {draft.stream for draft in drafts if draft.subject is Subject.NEW}
        probes = {
            draft.stream: draft.first
            for draft in drafts
            if draft.subject is Subject.KNOWN
            and draft.first is not None
            and draft.stream not in self._subjects
            and draft.stream not in begun
        }
        events = [
            orjson.loads(probe) | {"subject": str(uuid.uuid4())}
            for probe in probes.values()
            if probe is not None
        ]
        for stream, answer in zip(probes, self._door.send(events, dry_run=True), strict=True):
            if answer.status == "rejected" and answer.stream is not None:
                self._subjects[stream] = answer.stream


def _chunks(drafts: Iterable[Draft], size: int) -> Iterator[list[Draft]]:
    rest = iter(drafts)
    while chunk := list(islice(rest, size)):
        yield chunk


def _first_of_streams(drafts: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
    """The drafts of which each is the first of its stream, and the others."""
    seen: set[str] = set()
    first: list[Draft] = []
    rest: list[Draft] = []
    for draft in drafts:
        (rest if draft.stream in seen else first).append(draft)
        seen.add(draft.stream)
    return first, rest
