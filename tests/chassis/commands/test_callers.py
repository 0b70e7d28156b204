"""Who may post what about whom: every caller, every type, their own data and another's."""

import jwt
import pytest

from services.chassis.auth.local_issuer import AUDIENCE, ISSUER
from tests.chassis.commands.posting import POSTED_BY, event, new_person
from tests.chassis.commands.running import issuer_key
from tests.contract.schemas.documents import LEAST, SHORT

PERSON, ALLOCATED = new_person(), new_person()
IN_GAMLE_OSLO = {"municipality": "0301", "district": "030101"}
CALLERS = ("imdi", "importer", "0301", "4601", "030101", "030102", "460101")

# What must have happened about Oslo before each type can follow.
BEFORE = {
    "request.revised": ["request.issued"],
    "request.withdrawn": ["request.issued"],
    "quota.revised": ["quota.decided"],
    "quota.withdrawn": ["quota.decided"],
    "allocation.accepted": ["person.allocated"],
    "allocation.declined": ["person.allocated"],
    "allocation.withdrawn": ["person.allocated"],
    "settlement.corrected": ["person.settled"],
    "settlement.withdrawn": ["person.settled"],
    "settlement.attributes-erased": ["person.settled"],
}
SETTLING = ("person.settled", "settlement.corrected", "settlement.withdrawn", "settlement.attributes-erased")


def about_oslo(name):
    """An event of a type about Oslo, about Gamle Oslo where a district may post the type."""
    in_district = IN_GAMLE_OSLO if name in ("person.settled", "settlement.corrected") else {}
    subject = {"subject": PERSON} if SHORT[name].service == "settlements" else {}
    return event(name, changes=in_district, **subject)


def expected(name, caller):
    allowed = {POSTED_BY[name], "importer"} | ({"030101"} if name in SETTLING else set())
    return 201 if caller in allowed else 403


@pytest.mark.parametrize("name", POSTED_BY)
@pytest.mark.parametrize("caller", CALLERS)
def test_each_caller_posts_its_own_types_about_itself_alone(open_service, name, caller):
    service = open_service(SHORT[name].service)
    for earlier in BEFORE.get(name, ()):
        assert service.post(about_oslo(earlier)).status_code == 201
    before = service.stored()

    answer = service.post(about_oslo(name), caller)

    assert answer.status_code == expected(name, caller)
    if answer.status_code == 403:
        assert answer.json["type"] == "urn:bosatt:problem:forbidden"
        assert service.stored() == before


@pytest.mark.parametrize("name", POSTED_BY)
def test_nobody_posts_without_a_token(open_service, name):
    service = open_service(SHORT[name].service)

    answer = service.post(about_oslo(name), None)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bosatt"'
    assert service.stored() == []


@pytest.mark.parametrize("name", POSTED_BY)
@pytest.mark.parametrize("said", [{"origin": "imported"}, {"origin": "synthetic"}, {"knowntime": "2024-01"}])
def test_only_an_importer_says_origin_and_knowntime(open_service, name, said):
    service = open_service(SHORT[name].service)
    for earlier in BEFORE.get(name, ()):
        service.post(about_oslo(earlier))

    assert service.post({**about_oslo(name), **said}, POSTED_BY[name]).status_code == 403
    assert service.post({**about_oslo(name), **said}, "importer").status_code == 201


def test_a_refusal_of_anothers_data_says_nothing_of_it(decisions):
    decisions.post(event("quota.decided"), "0301")

    of_a_stream = decisions.post(event("quota.revised"), "4601")
    of_none = decisions.post(event("quota.revised", changes={"year": 2022}), "4601")

    assert of_a_stream.status_code == of_none.status_code == 403
    assert of_a_stream.json == of_none.json


@pytest.mark.parametrize("name", ["settlement.withdrawn", "settlement.attributes-erased"])
@pytest.mark.parametrize("caller", ["4601", "030102", "460101"])
def test_who_the_person_is_not_settled_in_does_not_withdraw_or_erase(settlements, name, caller):
    settlements.post(about_oslo("person.settled"), "0301")

    assert settlements.post(about_oslo(name), caller).status_code == 403


@pytest.mark.parametrize("caller", ["4601", "460101"])
def test_a_settlement_withdrawn_still_belongs_to_the_municipality_that_reported_it(settlements, caller):
    settlements.post(about_oslo("person.settled"), "0301")
    settlements.post(about_oslo("settlement.withdrawn"), "0301")

    assert settlements.post(about_oslo("settlement.attributes-erased"), caller).status_code == 403
    assert settlements.post(about_oslo("settlement.attributes-erased"), "0301").status_code == 201


def test_a_municipality_does_not_settle_whom_another_was_allocated(settlements):
    settlements.post(about_oslo("person.allocated"), "imdi")
    settlements.post(about_oslo("allocation.accepted"), "0301")
    in_bergen = event("person.settled", changes={"municipality": "4601"}, subject=PERSON)

    assert settlements.post(in_bergen, "4601").status_code == 403
    assert settlements.post(about_oslo("person.settled"), "030101").status_code == 201


@pytest.mark.parametrize("district", [{}, {"district": None}, {"district": "030102"}])
def test_a_district_reports_in_itself_alone(settlements, district):
    data = {**LEAST["person.settled"], **district}

    assert settlements.post(event("person.settled", data, subject=new_person()), "030101").status_code == 403


def test_a_district_does_not_move_a_person_to_another_district(settlements):
    settlements.post(about_oslo("person.settled"), "030101")
    moved = event("settlement.corrected", changes={"district": "030102"}, subject=PERSON)

    assert settlements.post(moved, "030101").status_code == 403
    assert settlements.post(moved, "0301").status_code == 201


def test_faults_in_what_a_caller_may_not_post_at_all_are_not_told(decisions):
    assert decisions.post(event("quota.decided", changes={"persons": "x"}), "imdi").status_code == 403


CLAIMS = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "exp": 4_000_000_000,
    "sub": "0301",
    "scope": "bosatt:decisions.write",
}


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Basic MDMwMTpvc2xv",
        "not-a-scheme",
        "Bearer not.a.token",
        f"Bearer {jwt.encode({**CLAIMS, 'exp': 1}, issuer_key(), algorithm='RS256')}",
    ],
)
def test_what_is_no_good_token_is_401_and_stores_nothing(decisions, header):
    answer = decisions.post(event("quota.decided"), None, headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json["type"] == "urn:bosatt:problem:not-authenticated"
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="bosatt"')
    assert decisions.stored() == []


def test_a_good_token_works_whatever_the_case_of_the_scheme(decisions):
    token = jwt.encode(CLAIMS, issuer_key(), algorithm="RS256")

    answer = decisions.post(event("quota.decided"), None, headers={"Authorization": f"bearer {token}"})

    assert answer.status_code == 201


FOLLOWING = (
    "settlement.corrected",
    "settlement.withdrawn",
    "settlement.attributes-erased",
    "allocation.accepted",
    "allocation.declined",
)


@pytest.mark.parametrize("name", FOLLOWING)
@pytest.mark.parametrize("caller", ["4601", "460101"])
@pytest.mark.parametrize("headers", [{}, {"If-Match": '"1"'}, {"If-Match": "*"}])
def test_a_settlement_that_is_anothers_is_answered_like_one_that_is_nobodys(
    settlements, name, caller, headers
):
    where = {"municipality": "4601", "district": "460101"}
    own = {field: where[field] for field in where if field in LEAST[name] or field == "district"}
    changes = own if name == "settlement.corrected" else {key: own[key] for key in own if key in LEAST[name]}
    settlements.post(about_oslo("person.settled"), "0301")
    settlements.post(event("person.allocated", subject=ALLOCATED), "imdi")

    answers = [
        settlements.post(event(name, changes=changes, subject=subject), caller, headers=headers)
        for subject in (PERSON, ALLOCATED, new_person())
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.data for answer in answers}) == 1


@pytest.mark.parametrize("caller", ["imdi", "importer"])
def test_who_sees_all_is_told_that_there_is_no_such_settlement(settlements, caller):
    answer = settlements.post(event("allocation.withdrawn", subject=new_person()), caller)

    assert answer.status_code == 409
    assert answer.json["state"] == "none"


def test_who_asks_about_itself_is_told_that_there_is_no_such_stream(decisions):
    assert decisions.post(event("quota.revised"), "0301").status_code == 409
