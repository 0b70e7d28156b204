"""Says at the end of a run on which databases and logs the contract suites ran."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.servers.needed import missing

_ran: Counter[str] = Counter()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call" and report.passed:
        _ran.update(mark.args[0] for mark in item.iter_markers("backend"))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _ran:
        counts = ", ".join(f"{name} {count}" for name, count in sorted(_ran.items()))
        terminalreporter.write_line(f"Contract suites passed: {counts}")
    for server, reason in sorted(missing.items()):
        terminalreporter.write_line(f"Not run: what needs {server}, because {reason}")
