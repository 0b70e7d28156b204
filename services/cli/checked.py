"""What checks have found, as a report for people and as JSON for programs."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from services.running.checking.outcome import Difference, Outcome

UNEXPLAINED = "not explained"


def print_report(console: Console, outcomes: Sequence["Outcome"]) -> None:
    """A line for each check, then what does not agree."""
    summary = Table(box=None, pad_edge=False)
    summary.add_column("check")
    for column in ("compared", "differences", "seconds"):
        summary.add_column(column, justify="right")
    summary.add_column("")
    for outcome in outcomes:
        summary.add_row(
            outcome.check.value,
            f"{outcome.compared:,}",
            f"{outcome.differences:,}",
            f"{outcome.seconds:.1f}",
            Text(_verdict(outcome)),
        )
    console.print(summary)
    for outcome in outcomes:
        for note in outcome.notes:
            console.print(f"{outcome.check.value}: {note}", markup=False, highlight=False, soft_wrap=True)
    for outcome in outcomes:
        if outcome.differences:
            console.print()
            console.print(_heading(outcome), markup=False, highlight=False, soft_wrap=True)
            console.print(_differences(outcome))
        more = outcome.differences - len(outcome.listed)
        if more:
            console.print(f"… and {more:,} more.")


def as_json(outcomes: Sequence["Outcome"]) -> dict[str, Any]:
    return {
        "consistent": all(outcome.is_well for outcome in outcomes),
        "checks": [
            {
                "check": outcome.check.value,
                "checked": not outcome.skipped,
                "compared": outcome.compared,
                "agree": outcome.compared - outcome.differences if not outcome.check.must_agree else None,
                "hidden": outcome.hidden if not outcome.check.must_agree else None,
                "differences": outcome.differences,
                "seconds": round(outcome.seconds, 3),
                "notes": outcome.notes,
                "listed": [_plain(outcome, difference) for difference in outcome.listed],
            }
            for outcome in outcomes
        ],
    }


def _verdict(outcome: "Outcome") -> str:
    if outcome.skipped:
        return "not checked"
    if outcome.check.must_agree:
        return "agrees" if outcome.is_well else "DOES NOT AGREE"
    agree = outcome.compared - outcome.differences
    return (
        f"{agree:,} agree, {outcome.unexplained:,} of the differences not explained, "
        f"{outcome.hidden:,} hidden by their source"
    )


def _heading(outcome: "Outcome") -> str:
    if outcome.check.must_agree:
        return f"{outcome.check.value}: found and expected"
    reasons = Counter(reason for one in outcome.listed for reason in one.why or (UNEXPLAINED,))
    told = ", ".join(f"{reason} ({count:,})" for reason, count in reasons.most_common())
    return f"{outcome.check.value}: ours and theirs; {told}"


def _differences(outcome: "Outcome") -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("where", overflow="fold")
    table.add_column("what")
    numbers = ("found", "expected") if outcome.check.must_agree else ("ours", "theirs")
    for column in numbers:
        table.add_column(column, justify="right")
    if not outcome.check.must_agree:
        table.add_column("source", overflow="fold")
        table.add_column("why", overflow="fold")
    for one in outcome.listed:
        where = " ".join(f"{name}={value}" for name, value in one.where.items())
        cells = [Text(where), Text(one.what), _shown(one.found), _shown(one.expected)]
        if not outcome.check.must_agree:
            cells += [Text(one.source or ""), Text("; ".join(one.why) or UNEXPLAINED)]
        table.add_row(*cells)
    return table


def _plain(outcome: "Outcome", difference: "Difference") -> dict[str, Any]:
    plain: dict[str, Any] = {"what": difference.what, "where": dict(difference.where)}
    if outcome.check.must_agree:
        return {**plain, "found": difference.found, "expected": difference.expected}
    return {
        **plain,
        "ours": difference.found,
        "theirs": difference.expected,
        "source": difference.source,
        "why": list(difference.why),
    }


def _shown(value: Any) -> Text:
    return Text("nothing" if value is None else f"{value:,}" if isinstance(value, int) else str(value))
