"""People who signed in: the organisation that they have the right to act for, and nothing else."""

import pytest

from services.chassis.auth.port import NotAuthenticated
from services.contract.codes import Role
from services.contract.entitlements import Caller
from tests.chassis.auth.issuing import (
    BERGEN,
    IMDI,
    OSLO,
    RIGHT,
    organisation,
    organisations_in,
    people,
    person_claims,
    signed,
)


@pytest.fixture
def issuer(tmp_path):
    return people(organisations_in(tmp_path))


def caller(issuer, claims):
    return issuer.caller_of(issuer.verify(signed(claims)), None)


def right(number=OSLO, **changes):
    return {
        "type": "ansattporten:altinn:resource",
        "resource": RIGHT,
        "authorized_parties": [{"orgno": organisation(number)}],
        **changes,
    }


def test_the_caller_is_the_organisation_that_was_signed_in_for(issuer):
    found = caller(issuer, person_claims(OSLO, scope="bosatt:settlements.write"))

    assert found == Caller(Role.MUNICIPALITY, "0301", OSLO, None, frozenset(("bosatt:settlements.write",)))


def test_who_runs_the_page_is_not_the_caller(issuer):
    assert caller(issuer, person_claims(BERGEN, consumer=organisation(IMDI))).organisation == BERGEN


def test_the_older_kind_of_right_is_read_too(issuer):
    older = {
        "type": "ansattporten:altinn:service",
        "resource": RIGHT,
        "reportees": [{"Authority": "iso6523-actorid-upis", "ID": f"0192:{OSLO}", "Rights": ["Read"]}],
    }

    assert caller(issuer, person_claims(authorization_details=[older])).code == "0301"


def test_the_same_organisation_twice_is_one(issuer):
    assert caller(issuer, person_claims(authorization_details=[right(), right()])).code == "0301"


@pytest.mark.parametrize(
    "details",
    [
        None,
        [],
        {},
        "0192:958935420",
        [right(resource="urn:altinn:resource:canteen")],
        [right(resource=None)],
        [right(type="ansattporten:orgno", orgno=organisation(OSLO))],
        [right(type="urn:altinn:systemuser")],
        [right(authorized_parties=None)],
        [right(authorized_parties=[])],
        [right(authorized_parties=[None, "x", {}, {"orgno": OSLO}])],
        [right(authorized_parties={"orgno": organisation(OSLO)})],
        [right(OSLO), right(BERGEN)],
        [right(authorized_parties=[{"orgno": organisation(OSLO)}, {"orgno": organisation(BERGEN)}])],
        [None, 1, "x", []],
    ],
)
def test_without_the_right_for_one_organisation_nobody_is_let_in(issuer, details):
    with pytest.raises(NotAuthenticated):
        issuer.verify(signed(person_claims(authorization_details=details)))


@pytest.mark.parametrize("audience", [None, "unspecified", "the-page"])
def test_a_token_about_the_person_for_the_page_is_not_one_for_us(issuer, audience):
    with pytest.raises(NotAuthenticated):
        issuer.verify(signed(person_claims(aud=audience)))
