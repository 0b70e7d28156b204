"""One query answered: read, checked, executed against one release, and counted."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import orjson
from graphql import DocumentNode, ExecutionResult, OperationType, execute, get_operation_ast
from graphql_server.exceptions import GraphQLValidationError, InvalidOperationTypeError

from services.chassis.clock import Clock
from services.chassis.metrics import GRAPHQL_ANSWERS, GRAPHQL_DURATION, GRAPHQL_OPERATIONS, GRAPHQL_REJECTED
from services.contract.partial_date import today_in_oslo
from services.contract.regions import registry
from services.opendata.graphql.errors import TooMuch
from services.opendata.graphql.executing.documents import Documents, read_document
from services.opendata.graphql.executing.execution import SiblingsStay
from services.opendata.graphql.executing.kept_answers import (
    MOST_ANSWERS,
    Answer,
    KeptAnswers,
    Question,
    answer_of,
    question,
)
from services.opendata.graphql.executing.quickness import Quickness
from services.opendata.graphql.limits.allowance import FROM_MEMORY
from services.opendata.graphql.limits.cost import TooDear, check_cost, told
from services.opendata.graphql.limits.size import check_variables
from services.opendata.graphql.resolving.budget import TooManyRegions
from services.opendata.graphql.resolving.reading import Reading
from services.opendata.graphql.schema.schema import schema
from services.opendata.release.answers import OpenNumbers, Release

Newest = Callable[[], str]
"""The id of the newest release."""

Take = Callable[[int], None]
"""Counts objects before they are read, and raises where they are too many."""

MOST_AT_ONCE = 2_000
"""Objects of a question that is answered without a thread, however quick others by the same text were."""

_FROM_MEMORY, _EXECUTED = GRAPHQL_ANSWERS.labels("memory"), GRAPHQL_ANSWERS.labels("execution")
_QUERIES_ANSWERED = GRAPHQL_OPERATIONS.labels("query", "ok")


class Whole(ExecutionResult):
    """A result without errors, written already. ``data`` is not told apart from it."""

    __slots__ = ("answer", "asked")

    def __init__(self, asked: Question, answer: Answer) -> None:
        super().__init__(data=None)
        self.asked = asked
        self.answer = answer


class Answering:
    """Answers queries. Safe to share between threads."""

    def __init__(
        self,
        open_numbers: OpenNumbers,
        clock: Clock,
        newest: Newest | None = None,
        most_answers: int = MOST_ANSWERS,
    ) -> None:
        self._open_numbers = open_numbers
        self._clock = clock
        self._newest = newest or self._newest_opened
        self._schema = schema()
        self._documents = Documents(lambda text: read_document(self._schema, text))
        self._kept = KeptAnswers(most_answers)
        self._quickness = Quickness()

    def answer(
        self,
        text: str,
        variables: dict[str, Any] | None,
        operation: str | None,
        allowed: set[OperationType],
        take: Take,
    ) -> ExecutionResult:
        """The result of one operation of a text.

        ``take`` is told the objects that the query asks for before they are read, and may refuse them.
        Raises `GraphQLValidationError` where the text can't be executed and `InvalidOperationTypeError`
        where it holds an operation that is not allowed.
        """
        began = time.perf_counter()
        kind, outcome = "unknown", "error"
        try:
            document = self._documents.get(text)
            _refuse_others(document, operation, allowed)
            kind = "query"
            check_variables(variables)
            asked = question(text, operation, variables, today_in_oslo(self._clock()))
            result = self._execute(asked, document, variables, take)
            outcome = _outcome_of(result)
        except GraphQLValidationError as error:
            for refusal in error.errors:
                if isinstance(refusal, TooMuch):
                    outcome = "rejected"
                    GRAPHQL_REJECTED.labels(refusal.reason).inc()
            raise
        finally:
            GRAPHQL_OPERATIONS.labels(kind, outcome).inc()
            GRAPHQL_DURATION.observe(time.perf_counter() - began)
        return result

    def knows(self, text: str) -> bool:
        """Whether a text was read and found to be right before."""
        return self._documents.find(text) is not None

    def kept(self, asked: Question, take: Take) -> Whole | None:
        """The answer to a question, if it is kept and still that of the newest release."""
        if self._kept.is_empty:
            return None
        began = time.perf_counter()
        asked = asked._replace(today=today_in_oslo(self._clock()))
        answer = self._kept.find(asked, self._newest())
        if answer is None:
            return None
        take(FROM_MEMORY)
        _FROM_MEMORY.inc()
        _QUERIES_ANSWERED.inc()
        GRAPHQL_DURATION.observe(time.perf_counter() - began)
        return Whole(asked, answer)

    def quickly(self, asked: Question, take: Take) -> ExecutionResult | None:
        """The answer to a question that takes no longer than to hand it to a thread; None to any other.

        What is the matter with a question is not told here.
        """
        document = self._documents.find(asked.text)
        if document is None or not self._quickness.is_quick(asked.text, self._newest()):
            return None
        began = time.perf_counter()
        variables = orjson.loads(asked.variables)
        asked = asked._replace(today=today_in_oslo(self._clock()))
        try:
            _refuse_others(document, asked.operation, {OperationType.QUERY})
            result = self._execute(asked, document, variables, _taking_little(take))
        except (GraphQLValidationError, InvalidOperationTypeError, _NotLittle):
            return None
        GRAPHQL_OPERATIONS.labels("query", _outcome_of(result)).inc()
        GRAPHQL_DURATION.observe(time.perf_counter() - began)
        return result

    def _newest_opened(self) -> str:
        with self._open_numbers() as numbers:
            return numbers.release.id

    def _execute(
        self, asked: Question, document: DocumentNode, variables: dict[str, Any] | None, take: Take
    ) -> ExecutionResult:
        with self._open_numbers() as numbers:
            kept = self._kept.find(asked, numbers.release.id)
            if kept is not None:
                take(FROM_MEMORY)
                _FROM_MEMORY.inc()
                return Whole(asked, kept)
            requested = self._price(document, asked.operation, variables, asked.today)
            take(requested)
            began = time.thread_time()
            reading = Reading(numbers, registry(), asked.today)
            result = cast(
                "ExecutionResult",
                execute(
                    self._schema,
                    document,
                    context_value=reading,
                    variable_values=variables,
                    operation_name=asked.operation,
                    execution_context_class=SiblingsStay,
                    # No resolver is a coroutine, and asking every value whether it is one takes time.
                    is_awaitable=_never,
                ),
            )
        if reading.budget.is_exceeded:
            raise GraphQLValidationError([TooManyRegions()])
        _EXECUTED.inc()
        result.extensions = told(requested)
        whole = self._whole(asked, result, numbers.release)
        self._quickness.took(asked.text, numbers.release.id, time.thread_time() - began)
        return whole

    def _price(
        self, document: DocumentNode, operation: str | None, variables: dict[str, Any] | None, today: date
    ) -> int:
        try:
            return check_cost(self._schema, document, operation, variables, today.year)
        except TooDear as error:
            raise GraphQLValidationError([error]) from None

    def _whole(self, asked: Question, result: ExecutionResult, release: Release) -> ExecutionResult:
        """A result without errors as it will be sent, kept for whoever asks the same."""
        if result.errors:
            return result
        answer = answer_of(result.data, release, extensions=result.extensions)
        self._kept.keep(asked, answer)
        return Whole(asked, answer)


def _refuse_others(document: DocumentNode, operation: str | None, allowed: set[OperationType]) -> None:
    chosen = get_operation_ast(document, operation)
    if chosen is not None and chosen.operation not in allowed:
        raise InvalidOperationTypeError(chosen.operation, allowed)


class _NotLittle(Exception):
    """A question that asks for more than is read at once."""


def _taking_little(take: Take) -> Take:
    def take_little(objects: int) -> None:
        if objects > MOST_AT_ONCE:
            raise _NotLittle
        take(objects)

    return take_little


def _never(_value: Any) -> bool:
    return False


def _outcome_of(result: ExecutionResult) -> str:
    if not result.errors:
        return "ok"
    return "error" if result.data is None else "partial"
