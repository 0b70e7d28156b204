"""The file that says what each organisation is here."""

import os
from pathlib import Path

import pytest

from services.chassis import metrics
from services.chassis.auth.organisations import (
    LOOK_EVERY,
    Organisations,
    OrganisationsFaulty,
    Part,
    is_organisation_number,
    read_organisations,
)
from services.contract.codes import Role
from tests.chassis.auth.issuing import (
    BERGEN,
    GAMLE_OSLO,
    IMDI,
    IMPORTER,
    OSLO,
    REGISTRY,
    STRANGER,
    registry_file,
)

HEAD = "organisation,role,code\n"


def read(tmp_path, text):
    return read_organisations(registry_file(tmp_path, text))


def test_each_line_says_what_an_organisation_is(tmp_path):
    assert read(tmp_path, REGISTRY) == {
        IMDI: Part(Role.DIRECTORATE, None),
        OSLO: Part(Role.MUNICIPALITY, "0301"),
        BERGEN: Part(Role.MUNICIPALITY, "4601"),
        GAMLE_OSLO: Part(Role.DISTRICT, "030101"),
        IMPORTER: Part(Role.IMPORTER, None),
    }


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{HEAD}{OSLO},municipality,0301\n",
        f"organisation;role;code\r\n{OSLO};municipality;0301\r\n;;\r\n",
        f"# who they are\n\nCode, Role ,ORGANISATION\n 0301 , municipality , {OSLO}\n# the end\n",
        f'name,organisation,role,code\n"Oslo, kommune",{OSLO},municipality,0301\n',
    ],
)
def test_it_may_come_from_a_spreadsheet(tmp_path, text):
    assert read(tmp_path, text) == {OSLO: Part(Role.MUNICIPALITY, "0301")}


def test_several_organisations_may_be_one_municipality(tmp_path):
    found = read(tmp_path, f"{HEAD}{OSLO},municipality,0301\n{STRANGER},municipality,0301\n")

    assert len(found) == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("958935421,municipality,0301", "no organisation number"),
        ("95893542,municipality,0301", "no organisation number"),
        ("0192:958935420,municipality,0301", "no organisation number"),
        (",municipality,0301", "no organisation number"),
        (f"{OSLO},county,03", "is no role"),
        (f"{OSLO},system,", "is no role"),
        (f"{OSLO},,", "is no role"),
        (f"{OSLO},municipality", "not the code of a municipality"),
        (f"{OSLO},municipality,301", "not the code of a municipality"),
        (f"{OSLO},municipality,03", "not the code of a municipality"),
        (f"{OSLO},municipality,9999", "not the code of a municipality"),
        (f"{OSLO},municipality,030101", "not the code of a municipality"),
        (f"{OSLO},district,0301", "not the code of a district"),
        (f"{OSLO},directorate,0301", "has no code"),
    ],
)
def test_a_faulty_line_is_told_by_its_number(tmp_path, line, told):
    with pytest.raises(OrganisationsFaulty, match=rf"line 3: .*{told}"):
        read(tmp_path, f"{HEAD}{BERGEN},municipality,4601\n{line}\n")


def test_all_faults_are_told_at_once(tmp_path):
    text = f"{HEAD}1,municipality,1\n{OSLO},municipality,0301\n{OSLO},municipality,0301\n"

    with pytest.raises(OrganisationsFaulty) as faulty:
        read(tmp_path, text)

    told = str(faulty.value)
    assert told.count("line 2") == 2
    assert "line 4: this organisation stands twice" in told


def test_what_stands_in_the_place_of_a_number_is_not_told(tmp_path):
    with pytest.raises(OrganisationsFaulty) as faulty:
        read(tmp_path, f"{HEAD}canary-7,municipality,0301\n")

    assert "canary" not in str(faulty.value)


@pytest.mark.parametrize("text", ["", HEAD, "# nothing\n", "organisation,role\n", "a,b,c\n1,2,3\n"])
def test_a_file_that_names_nobody_is_faulty(tmp_path, text):
    with pytest.raises(OrganisationsFaulty):
        read(tmp_path, text)


def test_a_file_that_is_not_there_or_no_text_is_faulty(tmp_path):
    with pytest.raises(OrganisationsFaulty, match="can't be read"):
        read_organisations(tmp_path / "none.csv")
    (tmp_path / "some.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OrganisationsFaulty, match="not UTF-8"):
        read_organisations(tmp_path / "some.csv")


@pytest.mark.parametrize("number", [OSLO, IMDI, BERGEN, STRANGER, "123456785"])
def test_numbers_with_their_check_digit_are_organisation_numbers(number):
    assert is_organisation_number(number)


@pytest.mark.parametrize("number", ["", "958935421", "95893542O", "9589354200", "９58935420", " 958935420"])
def test_others_are_not(number):
    assert not is_organisation_number(number)


def test_no_digit_of_a_number_may_be_mistaken():
    wrong = {OSLO[:at] + digit + OSLO[at + 1 :] for at in range(9) for digit in "0123456789"} - {OSLO}

    assert not any(map(is_organisation_number, wrong))


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_changed_file_is_read_again(tmp_path):
    clock = Clock()
    organisations = Organisations(registry_file(tmp_path), clock)
    assert organisations.part_of(STRANGER) is None

    registry_file(tmp_path, f"{HEAD}{STRANGER},municipality,5001\n")
    assert organisations.part_of(STRANGER) is None
    clock.now += LOOK_EVERY

    assert organisations.part_of(STRANGER) == Part(Role.MUNICIPALITY, "5001")
    assert organisations.part_of(OSLO) is None


def test_a_change_that_is_faulty_changes_nothing_and_is_told(tmp_path):
    clock = Clock()
    path = registry_file(tmp_path)
    organisations = Organisations(path, clock)

    for change in (lambda: path.write_text("rubbish"), lambda: os.unlink(path)):
        change()
        clock.now += LOOK_EVERY
        assert organisations.part_of(OSLO) == Part(Role.MUNICIPALITY, "0301")
        assert metrics.ORGANISATIONS_FAULTY._value.get() == 1

    registry_file(tmp_path)
    clock.now += LOOK_EVERY
    assert organisations.part_of(OSLO) == Part(Role.MUNICIPALITY, "0301")
    assert metrics.ORGANISATIONS_FAULTY._value.get() == 0


def test_the_example_can_be_used(tmp_path):
    parts = read_organisations(Path(__file__).parents[3] / "deploy" / "organisations.example.csv")

    assert {part.role for part in parts.values()} == set(Role) - {Role.SYSTEM}
