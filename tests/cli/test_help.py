"""Every command says what it does, with an example."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from services.cli import main


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name)


@pytest.mark.parametrize("words", [*commands(main), ("topics",), ()], ids=" ".join)
def test_help_says_what_it_does_in_lines_that_fit(words: tuple[str, ...]) -> None:
    told = CliRunner().invoke(main, [*words, "--help"])

    assert told.exit_code == 0
    assert told.output.startswith("Usage:")
    assert len(told.output.splitlines()) > 4


@pytest.mark.parametrize("name", main.commands)
def test_every_command_is_in_the_list_with_a_line_of_its_own(name: str) -> None:
    listed = CliRunner().invoke(main, ["--help"]).output

    line = next(line for line in listed.splitlines() if line.strip().startswith(f"{name} "))
    assert line.strip().removeprefix(name).strip().endswith(".")


@pytest.mark.parametrize("name", main.commands)
def test_every_command_has_an_example(name: str) -> None:
    assert "Example" in CliRunner().invoke(main, [name, "--help"]).output
