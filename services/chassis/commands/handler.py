"""Take events: refuse each with every fault, or store it once and give a receipt."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from services.chassis import metrics
from services.chassis.clock import Clock, utc_now
from services.chassis.commands.admission import Admitted, admit
from services.chassis.commands.backlog import DEFAULT_CAP, Cap, Room
from services.chassis.commands.domain import Domain
from services.chassis.commands.parsing import ParsedEvent, parse_events
from services.chassis.commands.preconditions import IfMatch
from services.chassis.commands.receipts import Receipt
from services.chassis.commands.storing import AT_ONCE, Answer, Storing
from services.chassis.commands.together import Together
from services.chassis.problems import Problem
from services.chassis.relay import outbox
from services.chassis.store import EventStore
from services.contract.entitlements import Caller
from services.contract.event_types import types_of
from services.contract.topics import TopicGeneration


class CommandHandler:
    """Takes the events of one service."""

    def __init__(
        self,
        topic: TopicGeneration,
        domain: Domain,
        store: EventStore,
        clock: Clock = utc_now,
        cap: Cap = DEFAULT_CAP,
    ) -> None:
        service = topic.topic.removeprefix("bosatt.")
        self.service = service
        self.event_types = types_of(service)
        self._domain = domain
        self._clock = clock
        room = Room(lambda: outbox.backlog(store.database), cap)
        self._storing = Storing(service, domain, store, room)
        self._together = Together(self._for_each_alike)

    def handle(
        self, document: Any, caller: Caller, *, dry_run: bool = False, if_match: IfMatch | None = None
    ) -> Receipt:
        """Accept one CloudEvent or raise `Problem` (403, 409, 412, 422, 503) with what to do about it."""
        (parsed,) = parse_events([document], self.event_types)
        try:
            admitted = admit(parsed, caller, self._domain, self._clock(), if_match)
            if dry_run:
                (answer,) = self._storing.rehearse([admitted])
            else:
                answer = self._together.answer(admitted)
        except Problem as problem:
            answer = problem
        self._count([parsed], [answer], dry_run=dry_run)
        if isinstance(answer, Problem):
            raise answer
        return answer

    def handle_all(self, documents: Sequence[Any], caller: Caller, *, dry_run: bool = False) -> list[Answer]:
        """Accept all of some CloudEvents or, where any answer is a `Problem`, none; in their order.

        Raises `Problem` 503 where nothing can be stored now.
        """
        parsed, admitted = self._admit(documents, caller)
        is_whole = not any(isinstance(one, Problem) for one in admitted)
        store = self._storing.all_or_nothing if is_whole and not dry_run else self._storing.rehearse
        answers = _answered(admitted, store)
        refused = [index for index, one in enumerate(answers) if isinstance(one, Problem)]
        told = refused or range(len(answers))
        self._count([parsed[n] for n in told], [answers[n] for n in told], dry_run=dry_run)
        return answers

    def handle_each(self, documents: Sequence[Any], caller: Caller, *, dry_run: bool = False) -> list[Answer]:
        """Accept those of some CloudEvents that nothing speaks against; in their order.

        Raises `Problem` 503 where nothing can be stored now.
        """
        parsed, admitted = self._admit(documents, caller)
        store = self._storing.rehearse if dry_run else self._storing.each
        answers = _answered(admitted, store)
        self._count(parsed, answers, dry_run=dry_run)
        return answers

    def _admit(
        self, documents: Sequence[Any], caller: Caller
    ) -> tuple[list[ParsedEvent], list[Admitted | Problem]]:
        """What was read of some events, and which of them may be stored as far as they tell themselves."""
        now = self._clock()
        read: list[ParsedEvent] = []
        found: list[Admitted | Problem] = []
        for start in range(0, len(documents), AT_ONCE):
            part = parse_events(documents[start : start + AT_ONCE], self.event_types)
            read += part
            found += [self._admit_one(one, caller, now) for one in part]
        return read, found

    def _admit_one(self, parsed: ParsedEvent, caller: Caller, now: datetime) -> Admitted | Problem:
        try:
            return admit(parsed, caller, self._domain, now)
        except Problem as problem:
            return problem

    def _for_each_alike(self, events: Sequence[Admitted]) -> list[Answer]:
        """What hinders all of them is the answer to each."""
        try:
            return self._storing.each(events)
        except Problem as problem:
            return [problem] * len(events)

    def _count(self, parsed: Sequence[ParsedEvent], answers: Sequence[Answer], *, dry_run: bool) -> None:
        outcomes: Counter[tuple[str, str]] = Counter()
        rules: Counter[str] = Counter()
        for one, answer in zip(parsed, answers, strict=True):
            name = "unknown" if one.event_type is None else one.event_type.name
            if isinstance(answer, Problem):
                outcomes[name, answer.kind] += 1
                rules.update({fault.rule for fault in answer.faults} or {answer.kind})
            else:
                outcomes[name, "dry-run" if dry_run else answer.status] += 1
        for (name, outcome), count in outcomes.items():
            metrics.COMMANDS.labels(self.service, name, outcome).inc(count)
        for rule, count in rules.items():
            metrics.COMMANDS_REJECTED.labels(self.service, rule).inc(count)


def _answered(
    admitted: Sequence[Admitted | Problem], store: Callable[[Sequence[Admitted]], list[Answer]]
) -> list[Answer]:
    """What comes of storing the admitted ones, and the problems of the others, in their places."""
    whole = [one for one in admitted if not isinstance(one, Problem)]
    stored = iter(store(whole) if whole else ())
    return [one if isinstance(one, Problem) else next(stored) for one in admitted]
