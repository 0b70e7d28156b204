"""Says at the end of a run on which databases and logs the contract suites ran, in however many processes."""

from collections import Counter
from collections.abc import Generator

import pytest

from tests.servers.needed import missing

BACKEND, MISSING = "backend", "missing"

_ran: Counter[str] = Counter()
_missing: dict[str, str] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write down in the report what the process that sums up has to know."""
    report = yield
    if call.when == "call" and report.passed:
        report.user_properties += [(BACKEND, mark.args[0]) for mark in item.iter_markers("backend")]
    if report.skipped:
        report.user_properties += [(MISSING, server) for server in missing.items()]
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _ran.update(
        str(value) for name, value in report.user_properties if name == BACKEND and report.when == "call"
    )
    _missing.update(value for name, value in report.user_properties if name == MISSING)  # type: ignore[misc]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _ran:
        counts = ", ".join(f"{name} {count}" for name, count in sorted(_ran.items()))
        terminalreporter.write_line(f"Contract suites passed: {counts}")
    for server, reason in sorted(_missing.items()):
        terminalreporter.write_line(f"Not run: what needs {server}, because {reason}")
