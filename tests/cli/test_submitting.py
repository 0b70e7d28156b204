"""``bosatt submit`` and ``bosatt template`` as a person or a script meets them."""

import csv

import httpx
import pytest
from click.testing import CliRunner

from services.cli import main, submission
from tests.chassis.commands.fixtures import backend, migrated, open_service, settlements  # noqa: F401
from tests.chassis.commands.running import token

GOOD = "Referanse;Kommune;Bosatt dato\n2024/1;301;2024-02-25\n2024/2;0301;2024\n"


@pytest.fixture
def bosatt(settlements, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BOSATT_TOKEN", token("0301"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    transport = httpx.WSGITransport(app=settlements.app, remote_addr="127.0.0.1")
    monkeypatch.setattr(
        submission.httpx,
        "Client",
        lambda **_: REAL_CLIENT(base_url="http://system.test", transport=transport),
    )

    def called(*words, said=None):
        return CliRunner().invoke(main, [str(word) for word in words], input=said)

    return called


REAL_CLIENT = httpx.Client


def test_all_rows_in_is_exit_code_nought(bosatt, settlements, tmp_path):  # noqa: F811
    (tmp_path / "a.csv").write_text(GOOD)

    result = bosatt("submit", "a.csv")

    assert result.exit_code == 0, result.output
    assert "Stored: 2 new" in result.output
    assert "301 was read as 0301" in result.output
    assert len(settlements.stored()) == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".csv") == ["a.csv"]


def test_rejected_rows_are_exit_code_three_and_in_a_file(bosatt, tmp_path):
    (tmp_path / "a.csv").write_text(GOOD + "2024/3;4601;i går\n")

    result = bosatt("submit", "a.csv", "--language", "nb")

    assert result.exit_code == 3
    assert "Rad 4, kolonne C (Bosatt dato): Må være en dato" in result.output
    rows = list(csv.reader((tmp_path / "a-rejected.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row[0] for row in rows] == ["Referanse", "2024/3"]


def test_what_somebody_mends_is_never_written_over(bosatt, tmp_path):
    (tmp_path / "a.csv").write_text(GOOD + "2024/3;4601;i går\n")
    bosatt("submit", "a.csv")
    before = (tmp_path / "a-rejected.csv").read_bytes()

    bosatt("submit", "a-rejected.csv")

    assert (tmp_path / "a-rejected.csv").read_bytes() == before
    assert (tmp_path / "a-rejected-2.csv").exists()


def test_a_dry_run_stores_nothing_and_writes_nothing(bosatt, settlements, tmp_path):  # noqa: F811
    (tmp_path / "a.csv").write_text(GOOD + "2024/3;4601;i går\n")

    result = bosatt("submit", "a.csv", "--dry-run")

    assert result.exit_code == 3
    assert "2 would be stored" in result.output
    assert settlements.stored() == []
    assert not (tmp_path / "a-rejected.csv").exists()


def test_a_file_that_is_no_sheet_is_wrong_use(bosatt, tmp_path):
    (tmp_path / "a.csv").write_text("nothing of use")

    assert bosatt("submit", "a.csv").exit_code == 2
    assert bosatt("submit", "missing.csv").exit_code == 2


def test_who_submits_must_be_said(bosatt, tmp_path, monkeypatch):
    monkeypatch.delenv("BOSATT_TOKEN")
    (tmp_path / "a.csv").write_text(GOOD)

    result = bosatt("submit", "a.csv")

    assert result.exit_code == 2
    assert "--token-file" in result.output


def test_a_token_comes_from_a_file(bosatt, tmp_path, monkeypatch):
    monkeypatch.delenv("BOSATT_TOKEN")
    (tmp_path / "a.csv").write_text(GOOD)
    (tmp_path / "token.txt").write_text(token("0301") + "\n")

    assert bosatt("submit", "a.csv", "--token-file", "token.txt").exit_code == 0


def test_a_token_that_is_not_accepted_is_trouble(bosatt, tmp_path, monkeypatch):
    monkeypatch.setenv("BOSATT_TOKEN", "nonsense")
    (tmp_path / "a.csv").write_text(GOOD)

    result = bosatt("submit", "a.csv")

    assert result.exit_code == 1
    assert "token" in result.output


@pytest.mark.parametrize("kind", ["settlements", "decisions", "requests"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_template_is_written_and_never_over_another(bosatt, tmp_path, kind, form):
    first = bosatt("template", kind, f"--{form}")
    again = bosatt("template", kind, f"--{form}")

    assert first.exit_code == 0
    assert (tmp_path / f"{kind}.{form}").stat().st_size > 50
    assert again.exit_code == 1


def test_an_interruption_says_how_far_it_came(bosatt, tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text(GOOD)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(submission.Campaign, "post", interrupted)
    result = bosatt("submit", "a.csv")

    assert result.exit_code == 130
    assert "nothing is counted twice" in result.output
