"""Lists of streams: whose they are, in which order, page by page; and one stream with its events."""

import pytest
from sqlalchemy import event as listening

from tests.chassis.commands.posting import event, new_person
from tests.servers.databases import SQLITE

NOBODYS = "00000000-0000-4000-8000-000000000000"
REFUSED = {
    "type": "urn:bosatt:problem:forbidden",
    "title": "Not allowed",
    "status": 403,
    "detail": "You may read your own streams only.",
}


def settled(service, caller="0301", /, subject=None, **changes):
    """Post a person settled, and say under which number."""
    person = subject or new_person()
    # Where many write at once the clock alone tells which stream began first.
    service.clock.advance(microseconds=1)
    data = {"municipality": caller if caller != "importer" else "0301"} | changes
    answer = service.post(event("person.settled", subject=person, changes=data), "importer")
    assert answer.status_code == 201, answer.text
    return person


def subjects(answer):
    assert answer.status_code == 200, answer.text
    return [row["subject"] for row in answer.json["streams"]]


def followed(service, path, caller):
    """All subjects of a list, page by page along the links."""
    found = []
    while path is not None:
        answer = service.get(path, caller)
        found.append(subjects(answer))
        link = answer.headers.get("Link")
        assert (link is None) is (answer.json["after"] is None)
        path = None if link is None else link.partition(">")[0].removeprefix("<")
    return found


def test_a_municipality_gets_its_own_oldest_first(settlements):
    own = [settled(settlements, "0301") for _ in range(3)]
    settled(settlements, "4601")

    assert subjects(settlements.get("streams", "0301")) == own
    assert subjects(settlements.get("streams?municipality=0301", "0301")) == own


@pytest.mark.parametrize("code", ["4601", "9999", "0000", "XX", ""])
def test_another_municipality_is_403_whether_it_exists_or_not(settlements, code):
    settled(settlements, "4601")

    answer = settlements.get(f"streams?municipality={code}", "0301")

    assert (answer.status_code, answer.json) == (403, REFUSED)


def test_a_district_gets_those_settled_in_it(settlements):
    own = settled(settlements, "0301", district="030101")
    settled(settlements, "0301", district="030102")
    settled(settlements, "0301")

    for path in ("streams", "streams?municipality=0301", "streams?municipality=030101"):
        assert subjects(settlements.get(path, "030101")) == [own]
    assert settlements.get("streams?municipality=4601", "030101").status_code == 403
    assert settlements.get("streams?municipality=030102", "030101").status_code == 403


def test_a_district_gets_its_municipalitys_requests_and_decisions(decisions):
    decisions.post(event("quota.decided"), "0301")
    decisions.post(event("quota.decided", changes={"municipality": "4601"}), "4601")

    assert subjects(decisions.get("streams", "030101")) == ["0301/2024"]
    assert decisions.get("streams?municipality=4601", "030101").status_code == 403


def test_the_directorate_gets_all_or_those_of_one(settlements):
    both = [settled(settlements, "0301"), settled(settlements, "4601")]

    assert subjects(settlements.get("streams", "imdi")) == both
    assert subjects(settlements.get("streams?municipality=4601", "imdi")) == both[1:]
    assert subjects(settlements.get("streams?municipality=5001", "imdi")) == []


def test_filters_of_year_and_state_go_together(settlements):
    early = settled(settlements, settledOn="2023-01-02")
    late = settled(settlements, settledOn="2024")
    corrected = settled(settlements, settledOn="2024-02")
    settlements.post(
        event("settlement.corrected", subject=corrected, changes={"settledOn": "2024-03"}), "0301"
    )

    assert subjects(settlements.get("streams?year=2023", "0301")) == [early]
    assert subjects(settlements.get("streams?year=2024&state=settled", "0301")) == [late]
    assert subjects(settlements.get("streams?state=corrected&state=settled", "0301")) == [
        early,
        late,
        corrected,
    ]
    assert subjects(settlements.get("streams?state=correctable&year=2024", "imdi")) == [late, corrected]


@pytest.mark.parametrize("filters", ["", "&state=settled", "&year=2024", "&state=settled&year=2024"])
@pytest.mark.parametrize("caller", ["0301", "imdi"])
def test_pages_follow_one_another_to_the_end_and_miss_nothing(settlements, filters, caller):
    persons = [settled(settlements) for _ in range(7)]

    pages = followed(settlements, f"streams?first=3{filters}", caller)

    assert pages == [persons[:3], persons[3:6], persons[6:]]


def test_a_page_that_holds_the_last_has_no_next(settlements):
    persons = [settled(settlements) for _ in range(3)]

    assert followed(settlements, "streams?first=3", "0301") == [persons]


def test_what_is_stored_meanwhile_comes_at_the_end_and_moves_nothing(settlements):
    persons = [settled(settlements) for _ in range(4)]
    first = settlements.get("streams?first=2", "0301")
    persons.append(settled(settlements))
    settlements.post(event("settlement.corrected", subject=persons[0]), "0301")

    rest = settlements.get(f"streams?first=9&after={first.json['after']}", "0301")

    assert subjects(first) + subjects(rest) == persons


@pytest.mark.parametrize(
    "query",
    [
        "yaer=2024",
        "year=twenty",
        "year=20244",
        "year=１９９９",
        "year=1066",
        "state=",
        "state=happy",
        "first=0",
        "first=501",
        "first=-1",
        "first=1e2",
        "first=",
        "after=",
        "after=x",
        "after=AAAA",
        "after=ÆØÅ",
        "after=W10",
        "year=2024&year=2025",
        "first=1&first=2",
        "municipality=%00",
    ],
)
def test_a_bad_parameter_is_400_and_says_what_is_right(settlements, query):
    answer = settlements.get(f"streams?{query}", "imdi")

    assert answer.status_code == 400, answer.text
    assert answer.json["type"] == "urn:bosatt:problem:bad-parameter"


def test_a_cursor_is_worth_nothing_in_another_list(settlements):
    for _ in range(3):
        settled(settlements)
    cursor = settlements.get("streams?first=1&state=settled", "0301").json["after"]

    assert settlements.get(f"streams?first=2&state=settled&after={cursor}", "0301").status_code == 200
    assert settlements.get(f"streams?first=1&state=corrected&after={cursor}", "0301").status_code == 400
    assert settlements.get(f"streams?state=settled&after={cursor}", "030101").status_code == 400


def test_what_was_declined_is_still_found_by_its_year(settlements):
    person = new_person()
    settlements.post(event("person.allocated", subject=person), "imdi")
    settlements.post(event("allocation.declined", subject=person), "0301")

    assert subjects(settlements.get("streams?state=declined&year=2024", "0301")) == [person]


def test_the_cost_of_a_page_does_not_grow_with_the_store(settlements):
    def rows_read():
        read = []

        def count(_connection, cursor, _statement, _parameters, _context, _many):
            read.append(cursor)

        listening.listen(settlements.database.engine, "after_cursor_execute", count)
        settlements.get("streams?first=2&year=2024", "0301")
        listening.remove(settlements.database.engine, "after_cursor_execute", count)
        return len(read)

    settled(settlements)
    few = rows_read()
    for _ in range(20):
        settled(settlements)

    assert rows_read() == few


# PostgreSQL goes by how many rows there are, and here are few.
@pytest.mark.parametrize("backend", [SQLITE], indirect=True)
def test_an_index_serves_each_list(settlements):
    plans = []

    def plan(connection, cursor, statement, parameters, _context, _many):
        if "FROM streams" in statement:
            told = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in told.fetchall())

    listening.listen(settlements.database.engine, "after_cursor_execute", plan)
    for path, caller in (
        ("streams", "0301"),
        ("streams?year=2024", "0301"),
        ("streams?state=settled", "imdi"),
        ("streams", "030101"),
    ):
        settlements.get(path, caller)
    listening.remove(settlements.database.engine, "after_cursor_execute", plan)

    searched = [one for one in plans if "streams" in one and "USE TEMP" not in one]
    assert searched
    assert all("USING INDEX streams_by_" in one for one in searched), searched


def test_one_stream_shows_its_facts_and_its_events_with_the_version_as_entity_tag(settlements):
    person = settled(settlements, "0301", sex="female")
    settlements.post(
        event("settlement.corrected", subject=person, changes={"sex": "male", "reason": "A slip."}), "0301"
    )

    answer = settlements.get(f"streams/{person.upper()}", "0301")

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert (answer.json["state"], answer.json["version"], answer.json["year"]) == ("corrected", 2, 2024)
    assert answer.json["facts"]["settlement"]["sex"] == "male"
    assert [one["type"] for one in answer.json["events"]] == [
        "no.bosatt.person.settled.v1",
        "no.bosatt.settlement.corrected.v1",
    ]
    assert [one["streamversion"] for one in answer.json["events"]] == [1, 2]
    assert answer.json["events"][1]["data"]["reason"] == "A slip."
    assert "previous" not in answer.json["events"][1]["data"]


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"7", "1"', "*"])
def test_a_stream_that_has_not_moved_is_304(settlements, tag):
    person = settled(settlements)

    answer = settlements.get(f"streams/{person}", "0301", headers={"If-None-Match": tag})

    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", '"1"')


def test_a_stream_that_has_moved_is_sent_anew(settlements):
    person = settled(settlements)

    answer = settlements.get(f"streams/{person}", "0301", headers={"If-None-Match": '"0"'})

    assert answer.status_code == 200


@pytest.mark.parametrize("caller", ["4601", "030102"])
def test_anothers_stream_is_answered_like_one_that_does_not_exist(settlements, caller):
    person = settled(settlements, "0301", district="030101")

    theirs = settlements.get(f"streams/{person}", caller, headers={"If-None-Match": "*"})
    nobodys = settlements.get(f"streams/{NOBODYS}", caller)

    assert (theirs.status_code, theirs.json) == (nobodys.status_code, nobodys.json) == (403, REFUSED)
    assert {**theirs.headers} == {**nobodys.headers}


def test_the_directorate_is_told_that_there_is_no_such_stream(settlements):
    assert settlements.get(f"streams/{NOBODYS}", "imdi").status_code == 404


@pytest.mark.parametrize("subject", ["0301/2024", "figure/0301/2024"])
def test_who_is_named_by_a_subject_is_told_that_there_is_no_such_stream(requests, subject):
    assert requests.get(f"streams/{subject}", "0301").status_code == 404
    assert requests.get(f"streams/{subject}", "4601").status_code == 403
    assert requests.get(f"streams/{subject}", "imdi").status_code == 404


@pytest.mark.parametrize("subject", ["/0301/2024", "0301//2024", "..%2F0301", "%00", "0301/2024/", "%C3%A6"])
def test_a_subject_is_taken_as_it_is_written(requests, subject):
    requests.post(event("request.issued"), "imdi")

    assert requests.get(f"streams/{subject}", "imdi").status_code == 404


def test_the_kinds_of_a_service_are_told_apart_by_their_subjects(requests):
    for name in ("need.announced", "figure.published", "request.issued"):
        requests.post(event(name), "imdi")

    kinds = {
        subject: requests.get(f"streams/{subject}", "imdi").json["kind"]
        for subject in ("NO/2024", "figure/0301/2024", "0301/2024")
    }

    assert kinds == {"NO/2024": "needs", "figure/0301/2024": "figures", "0301/2024": "requests"}


def test_the_events_of_a_long_stream_come_page_by_page(requests):
    requests.post(event("request.issued"), "imdi")
    for persons in range(5):
        requests.post(event("request.revised", changes={"persons": persons}), "imdi")

    path, versions = "streams/0301/2024?first=4", []
    while path is not None:
        answer = requests.get(path, "0301")
        versions.append([one["streamversion"] for one in answer.json["events"]])
        link = answer.headers.get("Link")
        path = None if link is None else link.partition(">")[0].removeprefix("<")

    assert versions == [[1, 2, 3, 4], [5, 6]]


def test_what_happened_to_a_person_elsewhere_is_not_shown(settlements):
    person = new_person()
    settlements.post(event("person.allocated", subject=person), "imdi")
    declined = event("allocation.declined", subject=person, changes={"reason": "No room."})
    settlements.post(declined, "0301")
    there = event("person.allocated", subject=person, changes={"municipality": "4601"})
    assert settlements.post(there, "imdi").status_code == 201

    own = settlements.get(f"streams/{person}", "4601")
    all_of_it = settlements.get(f"streams/{person}", "imdi")

    assert [one["data"]["municipality"] for one in own.json["events"]] == ["4601"]
    assert "0301" not in own.text
    assert len(all_of_it.json["events"]) == 3
    assert settlements.get(f"streams/{person}", "0301").status_code == 403


@pytest.mark.parametrize("caller", ["0301", "imdi"])
def test_of_what_was_erased_no_more_is_shown_than_is_in_force(settlements, caller):
    person = settled(settlements, "0301", sex="female", countryOfOrigin="UKR", district="030101")
    settlements.post(event("settlement.attributes-erased", subject=person), "0301")

    first, erasure = settlements.get(f"streams/{person}", caller).json["events"]

    assert first["data"] == {"municipality": "0301", "district": "030101", "settledOn": "2024"}
    assert erasure["data"] == {}


@pytest.mark.parametrize("service", ["requests", "decisions", "settlements"])
@pytest.mark.parametrize("path", ["streams", "streams/0301/2024", "events/one"])
def test_nothing_is_read_without_a_token(open_service, service, path):
    assert open_service(service).get(path, None).status_code == 401
