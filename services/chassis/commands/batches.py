"""Many events in one request: how they are read, and what is answered for each."""

from collections.abc import Iterator, Sequence
from typing import Any

from services.chassis.commands.json_bodies import parse_json
from services.chassis.commands.storing import Answer
from services.chassis.problems import Problem
from services.contract.identity_numbers import has_identity_number

MOST_EVENTS = 10_000
MOST_BATCH_BYTES = 16 * 1024 * 1024


def array_in(body: bytes) -> list[Any]:
    """The documents of a JSON array; raises `Problem` 400 or 413."""
    documents = parse_json(body)
    if not isinstance(documents, list):
        raise Problem(
            400, "not-a-batch", "The body is no batch", "Send a JSON array of CloudEvents, in their order."
        )
    if len(documents) > MOST_EVENTS:
        raise _too_many()
    return documents


def lines_in(chunks: Iterator[bytes], longest: int) -> list[Any]:
    """The documents of lines, read as they come; raises `Problem` 400 or 413 that names the line."""
    documents: list[Any] = []
    for number, line in _lines(chunks, longest):
        if len(documents) == MOST_EVENTS:
            raise _too_many()
        documents.append(parse_json(line, line=number))
    return documents


def _lines(chunks: Iterator[bytes], longest: int) -> Iterator[tuple[int, bytes]]:
    """Lines that hold something, with their numbers from 1 on."""
    number, begun = 0, b""
    for chunk in chunks:
        *whole, begun = (begun + chunk).split(b"\n")
        for line in whole:
            number += 1
            if line.strip():
                yield number, _within(line, number, longest)
        _within(begun, number + 1, longest)
    if begun.strip():
        yield number + 1, begun


def _within(line: bytes, number: int, longest: int) -> bytes:
    if len(line) > longest:
        raise Problem(
            413,
            "too-large",
            "A line is too large",
            f"Line {number} has more than the {longest} bytes that one event may have.",
            members={"limit": longest, "line": number},
        )
    return line


def _too_many() -> Problem:
    return Problem(
        413,
        "too-many-events",
        "Too many events in one request",
        f"One request may have {MOST_EVENTS} events. Send the rest in another.",
        members={"limit": MOST_EVENTS},
    )


def refused_whole(documents: Sequence[Any], answers: Sequence[Answer]) -> Problem | None:
    """The refusal of a batch in which anything is refused, with every such event; None where nothing is."""
    found = [(index, one) for index, one in enumerate(answers) if isinstance(one, Problem)]
    if not found:
        return None
    for _, problem in found:
        if problem.status == 503:
            # Nothing is wrong with the events: the whole of them may be sent again.
            return problem
    return Problem(
        422,
        "invalid-batch",
        "The batch can't be accepted as it is",
        f"{len(found)} of {len(answers)} events can't be accepted, so nothing was stored. Mend or leave out "
        "those listed, or send Prefer: handling=lenient to have the others stored.",
        members={"errors": [_refused(index, documents[index], problem) for index, problem in found]},
    )


def result_of(index: int, document: Any, answer: Answer) -> dict[str, Any]:
    """What became of one event of a batch in which each counts for itself."""
    if isinstance(answer, Problem):
        return {**_refused(index, document, answer), "status": "rejected"}
    return {"index": index, **answer.as_document()}


def _refused(index: int, document: Any, problem: Problem) -> dict[str, Any]:
    told = problem.as_document()
    return {
        "index": index,
        "id": _id_of(document),
        "code": told.pop("status"),
        **told,
        "errors": told.get("errors", []),
    }


def _id_of(document: Any) -> str | None:
    """The event's id as it was sent, if it is one that may be repeated to anybody."""
    found = document.get("id") if isinstance(document, dict) else None
    return found if isinstance(found, str) and not has_identity_number(found[:1_000]) else None
