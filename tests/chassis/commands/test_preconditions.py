"""If-Match: nobody overwrites what somebody else has changed meanwhile."""

import pytest

from tests.chassis.commands.posting import event


@pytest.mark.parametrize("header", ['"1"', '"7", "1"', "*", ' "1" '])
def test_an_event_is_stored_where_the_stream_is_as_it_was_seen(decisions, header):
    decisions.post(event("quota.decided"))

    answer = decisions.post(event("quota.revised"), headers={"If-Match": header})

    assert (answer.status_code, answer.headers["ETag"]) == (201, '"2"')


@pytest.mark.parametrize("header", ['"1"', 'W/"2"', '"02"', '""'])
def test_where_it_has_changed_it_is_412_with_the_version(decisions, header):
    decisions.post(event("quota.decided"))
    decisions.post(event("quota.revised"))

    answer = decisions.post(event("quota.revised"), headers={"If-Match": header})

    assert (answer.status_code, answer.headers["ETag"], answer.json["version"]) == (412, '"2"', 2)
    assert len(decisions.stored()) == 2


@pytest.mark.parametrize("header", ['"0"', "*"])
def test_a_stream_that_does_not_exist_matches_nothing(decisions, header):
    answer = decisions.post(event("quota.decided"), headers={"If-Match": header})

    assert answer.status_code == 412
    assert "ETag" not in answer.headers


def test_a_retry_gets_its_receipt_though_the_stream_has_changed_by_it(decisions):
    decisions.post(event("quota.decided"))
    revised = event("quota.revised")
    decisions.post(revised, headers={"If-Match": '"1"'})

    again = decisions.post(revised, headers={"If-Match": '"1"'})

    assert (again.status_code, again.json["status"]) == (200, "duplicate")


def test_a_dry_run_looks_at_it_too(decisions):
    decisions.post(event("quota.decided"))

    answer = decisions.post(event("quota.revised"), headers={"If-Match": '"2"'}, query="?dryRun=true")

    assert answer.status_code == 412


@pytest.mark.parametrize("header", ["1", '"1', "", '"1" "2"', "*, *"])
def test_what_is_no_entity_tag_is_400(decisions, header):
    assert decisions.post(event("quota.decided"), headers={"If-Match": header}).status_code == 400
