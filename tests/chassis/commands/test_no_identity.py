"""Identity numbers: refused wherever they stand, and nowhere to be found afterwards."""

import pytest

from tests.chassis.commands.posting import event, new_person, told
from tests.contract.identity_samples import birth_number, duf_number
from tests.contract.schemas.documents import LEAST, OPTIONAL_VALUES, SHORT


def _first(day, month):
    return next(made for number in range(999) if (made := birth_number(day, month, 1987, number)))


NATIONAL = _first(17, 5)
D_NUMBER = _first(17 + 40, 5)
DUF = duf_number(2019, 123456)
WRITTEN = {
    "national": NATIONAL,
    "spaced": f"{NATIONAL[:6]} {NATIONAL[6:]}",
    "dashed": f"{NATIONAL[:6]}-{NATIONAL[6:]}",
    "dotted": f"{NATIONAL[:6]}.{NATIONAL[6:]}",
    "d-number": D_NUMBER,
    "d-number spaced": f"{D_NUMBER[:6]} {D_NUMBER[6:]}",
    "duf": DUF,
}

FREE_TEXTS = [
    (name, field)
    for name, field in (
        ("need.announced", "reason"),
        ("figure.published", "sourceName"),
        ("figure.published", "sourceUrl"),
        ("request.revised", "reason"),
        ("request.withdrawn", "reason"),
        ("quota.decided", "decidedBy"),
        ("quota.decided", "capacityNeeds"),
        ("quota.decided", "caseReference"),
        ("quota.revised", "reason"),
        ("quota.withdrawn", "reason"),
        ("answer.delayed", "reason"),
        ("allocation.declined", "reason"),
        ("allocation.withdrawn", "reason"),
        ("settlement.corrected", "reason"),
        ("settlement.withdrawn", "reason"),
    )
]


def refused(service, document, log_lines, number, *, pointer):
    """Post; the number must be pointed at, and stand nowhere."""
    answer = service.post(document)

    assert answer.status_code == 422
    assert told(answer)[pointer] == "identity-number"
    digits = "".join(filter(str.isdigit, number))
    for text in (answer.text, str(answer.headers), log_lines()):
        assert number not in text
        assert digits not in text
    assert number.encode() not in service.bytes_on_disk()
    assert digits.encode() not in service.bytes_on_disk()
    assert service.stored() == []


def test_every_free_text_of_the_contract_is_among_those_tested():
    texts = {"reason", "decidedBy", "capacityNeeds", "caseReference", "sourceName", "sourceUrl"}
    said = {(name, field) for name in LEAST for field in SHORT[name].loader.fields if field in texts}

    assert {name for name, _ in said} <= {name for name, _ in FREE_TEXTS}
    assert texts == {field for _, field in FREE_TEXTS}
    assert texts <= OPTIONAL_VALUES.keys() | {"sourceName"}


@pytest.mark.parametrize(("name", "field"), FREE_TEXTS)
def test_no_free_text_carries_one(open_service, log_lines, name, field):
    text = f"https://example.no/{NATIONAL}" if field == "sourceUrl" else f"Gjelder {NATIONAL}."
    document = event(name, changes={field: text}, subject=None)

    refused(open_service(SHORT[name].service), document, log_lines, NATIONAL, pointer=f"/data/{field}")


@pytest.mark.parametrize("number", WRITTEN.values(), ids=WRITTEN)
def test_however_it_is_written(decisions, log_lines, number):
    document = event("quota.decided", changes={"capacityNeeds": f"see {number}, please"})

    refused(decisions, document, log_lines, number, pointer="/data/capacityNeeds")


@pytest.mark.parametrize(
    "name", ["id", "source", "subject", "time", "dataschema", "type", "vendorid", "knowntime"]
)
def test_no_attribute_carries_one(settlements, log_lines, name):
    document = event("person.settled", **{"subject": new_person(), name: NATIONAL})

    refused(settlements, document, log_lines, NATIONAL, pointer=f"/{name}")


@pytest.mark.parametrize(
    "field", ["municipality", "settledOn", "district", "countryOfOrigin", "sex", "ageGroup", "undeclared"]
)
def test_no_field_carries_one(settlements, log_lines, field):
    document = event("person.settled", changes={field: DUF}, subject=new_person())

    refused(settlements, document, log_lines, DUF, pointer=f"/data/{field}")


@pytest.mark.parametrize("field", ["age", "undeclared"])
def test_no_number_is_one(settlements, log_lines, field):
    document = event("person.settled", changes={field: int(NATIONAL)}, subject=new_person())

    refused(settlements, document, log_lines, NATIONAL, pointer=f"/data/{field}")


def test_no_name_of_a_member_is_one(settlements, log_lines):
    document = event("person.settled", changes={NATIONAL: True, "sex": "x"}, subject=new_person())

    refused(settlements, document, log_lines, NATIONAL, pointer="/data")


def test_no_name_of_an_attribute_is_one(settlements, log_lines):
    document = event("person.settled", subject=new_person(), **{DUF: "x"})

    refused(settlements, document, log_lines, DUF, pointer="")


def test_one_deep_in_a_list_is_pointed_at(decisions, log_lines):
    shares = [{"code": "030101", "persons": 1}, {"code": "030102", "persons": 1, "note": f"for {D_NUMBER}"}]
    document = event("quota.decided", changes={"districts": shares})

    refused(decisions, document, log_lines, D_NUMBER, pointer="/data/districts/1/note")


def test_other_faults_are_told_beside_it(decisions):
    answer = decisions.post(
        event("quota.decided", id=NATIONAL, changes={"persons": -1, "reason": DUF}, without=["source"])
    )

    assert told(answer) == {
        "/id": "identity-number",
        "/source": "required",
        "/data/persons": "form",
        "/data/reason": "identity-number",
    }


def test_malformed_json_that_holds_one_repeats_nothing(decisions, log_lines):
    answer = decisions.post(None, body=f'{{"id": "{NATIONAL}"'.encode())

    assert answer.status_code == 400
    assert NATIONAL not in answer.text + log_lines()


def test_one_in_the_address_or_a_header_is_neither_answered_nor_logged(decisions, log_lines):
    client = decisions.app.test_client()

    answers = [
        client.get(f"/decisions/v1/persons/{NATIONAL}"),
        decisions.get(f"streams/{NATIONAL}", "0301"),
        decisions.get(f"streams?municipality={NATIONAL}", "0301"),
        decisions.get(f"streams?state={NATIONAL}", "0301"),
        decisions.get(f"events/{NATIONAL}?source={NATIONAL}", "0301"),
        client.post(
            f"/decisions/v1/events?dryRun={NATIONAL}", headers={"Authorization": f"Bearer {NATIONAL}"}
        ),
        decisions.post(event("quota.decided"), query=f"?dryRun={NATIONAL}"),
        decisions.post(event("quota.decided"), headers={"Content-Type": NATIONAL}),
    ]

    assert [answer.status_code for answer in answers] == [404, 403, 403, 400, 404, 401, 400, 415]
    assert NATIONAL not in "".join(answer.text for answer in answers) + log_lines()


def test_an_event_that_is_stored_is_not_logged(settlements, log_lines):
    person = new_person()
    settlements.post(event("person.settled", subject=person, changes={"countryOfOrigin": "SYR"}), "0301")

    assert "http.request" in (lines := log_lines())
    assert not any(value in lines for value in (person, "SYR", "urn:test:vendor"))
