"""What each type of event changes: minus the facts before it, plus those after it."""

from collections import Counter, defaultdict

from services.opendata.projection.effects import Person, Wait, effects_of
from tests.opendata.projection.journal import Composer, person

REQUEST = {"municipality": "0301", "year": 2024, "persons": 1650, "issuedOn": "2024"}
QUOTA = {"municipality": "0301", "year": 2024, "persons": 1600, "decidedOn": "2024-02-01"}
SETTLED = {"municipality": "0301", "settledOn": "2024-05-17"}
ALLOCATED = {"municipality": "0301", "allocatedOn": "2024-05-10"}
SOMEBODY = Person(
    "0301",
    2024,
    "2024-05-17",
    "unknown",
    "unknown",
    "unknown",
    "unknown",
    "unknown",
    "unknown",
    "unknown",
    "reported",
)


class Story:
    """Events one after the other, and what each changes."""

    def __init__(self):
        self._composer = Composer()

    def tell(self, name, data, subject=None, origin="reported"):
        subject = subject or (person(1) if "year" not in data else None)
        return effects_of(self._composer.compose(name, data, subject=subject, origin=origin))


def totals(effects):
    """What changes in values and reports, by measure and region; nothing where it cancels out."""
    found = defaultdict(lambda: [0, 0])
    for total, value, reports in effects.totals:
        found[total.measure, total.region][0] += value
        found[total.measure, total.region][1] += reports
    return {key: tuple(change) for key, change in found.items() if change != [0, 0]}


def persons(effects):
    found = Counter()
    for one, sign in effects.persons:
        found[one] += sign
    return {one: change for one, change in found.items() if change}


def test_a_need_puts_its_public_facts_in_the_place_of_those_before():
    story = Story()
    need = {"year": 2020, "persons": 5120, "announcedOn": "2019-10", "status": "issued", "reason": "Secret."}
    story.tell("need.announced", need, subject="NO/2020")

    effects = story.tell(
        "need.announced",
        {"year": 2020, "persons": 3600, "announcedOn": "2020-09", "status": "revised", "resettlement": 3000},
        subject="NO/2020",
    )

    (found,) = effects.facts
    assert found[:3] == ("need", "NO", 2020)
    assert found[3] == {
        "persons": 3600,
        "status": "revised",
        "announcedOn": "2020-09",
        "resettlement": 3000,
        "original": {"persons": 5120},
    }
    assert (effects.totals, effects.persons, effects.figures) == ([], [], [])


def test_a_figure_replaces_the_one_of_its_measure_dimension_and_category():
    figure = {
        "region": "0301",
        "year": 2024,
        "measure": "settled",
        "status": "exact",
        "persons": 416,
        "dimension": "sex",
        "category": "female",
        "publishedOn": "2024-06-21",
        "sourceName": "Oslo",
    }

    effects = Story().tell("figure.published", figure)

    ((region, year, key, public),) = effects.figures
    assert (region, year, key) == ("0301", 2024, "settled/sex/female")
    assert public == {name: value for name, value in figure.items() if name not in ("region", "year")}
    assert effects.totals == []


def test_a_request_is_asked_for_and_is_its_own_first_version():
    effects = Story().tell("request.issued", REQUEST | {"unaccompaniedMinors": 0, "answerBy": "2024-02-25"})

    assert totals(effects) == {
        ("asked", "0301"): (1, 1),
        ("requested", "0301"): (1650, 1),
        ("requested_minors", "0301"): (0, 1),
        ("requested_originally", "0301"): (1650, 1),
    }
    assert effects.facts == [("request", "0301", 2024, {"answerBy": "2024-02-25", "state": "issued"})]


def test_of_a_later_value_the_first_version_is_not_known():
    effects = Story().tell("request.issued", REQUEST | {"original": False})

    assert ("requested_originally", "0301") not in totals(effects)


def test_a_revised_request_moves_by_the_difference_and_keeps_its_first_version():
    story = Story()
    story.tell("request.issued", REQUEST | {"unaccompaniedMinors": 5})

    revised = {"municipality": "0301", "year": 2024, "persons": 1700, "revisedOn": "2024-03"}
    effects = story.tell("request.revised", revised | {"unaccompaniedMinors": None})

    assert totals(effects) == {("requested", "0301"): (50, 0), ("requested_minors", "0301"): (-5, -1)}


def test_a_withdrawn_request_leaves_nothing_asked_for():
    story = Story()
    story.tell("request.issued", REQUEST)

    effects = story.tell(
        "request.withdrawn", {"municipality": "0301", "year": 2024, "withdrawnOn": "2024-04"}
    )

    assert totals(effects) == {
        ("asked", "0301"): (-1, -1),
        ("requested", "0301"): (-1650, -1),
        ("requested_originally", "0301"): (-1650, -1),
    }
    assert effects.facts == [("request", "0301", 2024, {"state": "withdrawn"})]


def test_a_delayed_answer_changes_no_number():
    delayed = {"municipality": "0301", "year": 2024, "expectedOn": "2024-04-01"}

    effects = Story().tell("answer.delayed", delayed)

    assert effects.totals == []
    assert effects.facts == [("decision", "0301", 2024, {"expectedOn": "2024-04-01", "state": "delayed"})]


def test_a_decision_gives_the_quota_and_its_districts_their_shares():
    shares = [{"code": "030101", "persons": 160}, {"code": "030102", "persons": 0}]

    effects = Story().tell(
        "quota.decided",
        QUOTA
        | {"districts": shares, "unaccompaniedMinors": 55, "extraCapacity": 20}
        | {
            "extraCapacityUnaccompaniedMinors": 2,
            "acceptsUnaccompaniedMinors": True,
            "capacityNeeds": "Secret.",
        },
    )

    assert totals(effects) == {
        ("answered", "0301"): (1, 1),
        ("decided", "0301"): (1600, 1),
        ("decided_minors", "0301"): (55, 1),
        ("quota", "0301"): (1600, 1),
        ("quota_minors", "0301"): (55, 1),
        ("extra_capacity", "0301"): (20, 1),
        ("extra_capacity_minors", "0301"): (2, 1),
        ("quota", "030101"): (160, 1),
        ("quota", "030102"): (0, 1),
    }
    assert effects.facts == [
        ("decision", "0301", 2024, {"acceptsUnaccompaniedMinors": True, "state": "decided"})
    ]


def test_a_revised_quota_moves_it_and_its_shares_and_not_what_was_decided_first():
    story = Story()
    story.tell("quota.decided", QUOTA | {"districts": [{"code": "030101", "persons": 160}]})

    effects = story.tell(
        "quota.revised",
        {
            "municipality": "0301",
            "year": 2024,
            "decidedOn": "2024-05",
            "persons": 1500,
            "districts": [{"code": "030102", "persons": 90}],
        },
    )

    assert totals(effects) == {
        ("quota", "0301"): (-100, 0),
        ("quota", "030101"): (-160, -1),
        ("quota", "030102"): (90, 1),
    }


def test_a_withdrawn_quota_takes_everything_decided_back():
    story = Story()
    decided = story.tell("quota.decided", QUOTA | {"districts": [{"code": "030101", "persons": 160}]})

    effects = story.tell("quota.withdrawn", {"municipality": "0301", "year": 2024, "withdrawnOn": "2024-06"})

    assert totals(effects) == {key: (-value, -reports) for key, (value, reports) in totals(decided).items()}
    assert effects.facts[0][3] == {"state": "withdrawn"}


def test_a_person_allocated_awaits():
    effects = Story().tell("person.allocated", ALLOCATED | {"unaccompaniedMinor": True})

    assert totals(effects) == {
        ("allocated", "0301"): (1, 1),
        ("awaiting", "0301"): (1, 1),
        ("allocated_minors", "0301"): (1, 1),
    }


def test_an_accepted_allocation_moves_nothing():
    story = Story()
    story.tell("person.allocated", ALLOCATED)

    effects = story.tell("allocation.accepted", {"municipality": "0301"})

    assert {value for value, _ in totals(effects).values()} == {0}


def test_a_declined_or_withdrawn_allocation_is_taken_back():
    for name in ("allocation.declined", "allocation.withdrawn"):
        story = Story()
        story.tell("person.allocated", ALLOCATED)

        effects = story.tell(name, {"municipality": "0301"})

        assert totals(effects) == {("allocated", "0301"): (-1, 0), ("awaiting", "0301"): (-1, 0)}


def test_a_person_settled_awaits_no_longer_and_has_waited_whole_days():
    story = Story()
    story.tell("person.allocated", ALLOCATED)
    story.tell("allocation.accepted", {"municipality": "0301"})

    effects = story.tell("person.settled", SETTLED)

    moved = {key: value for key, (value, _) in totals(effects).items() if value}
    assert moved == {("awaiting", "0301"): -1, ("settled", "0301"): 1}
    assert effects.waits == [(Wait("0301", 2024, 7), 1)]
    assert persons(effects) == {SOMEBODY: 1}


def test_a_wait_needs_both_dates_in_full():
    for allocated_on, settled_on in (("2024-05", "2024-05-17"), ("2024-05-10", "2024-05")):
        story = Story()
        story.tell("person.allocated", {"municipality": "0301", "allocatedOn": allocated_on})
        story.tell("allocation.accepted", {"municipality": "0301"})

        effects = story.tell("person.settled", {"municipality": "0301", "settledOn": settled_on})

        assert effects.waits == []


def test_a_person_settled_is_counted_in_its_district_with_all_that_is_told():
    effects = Story().tell(
        "person.settled",
        SETTLED
        | {"district": "030101", "countryOfOrigin": "UKR", "sex": "female", "ageGroup": "0-17"}
        | {"unaccompaniedMinor": True, "care": "foster_home", "arrival": "direct", "housing": "municipal"},
        origin="imported",
    )

    told = ("female", "0-17", "UKR", "true", "foster_home", "direct", "municipal", "imported")
    assert persons(effects) == {Person("030101", 2024, "2024-05-17", *told): 1}
    assert totals(effects) == {("settled", "030101"): (1, 1), ("settled_minors", "030101"): (1, 1)}


def test_a_month_or_a_year_is_no_day():
    for settled_on in ("2024-05", "2024"):
        effects = Story().tell("person.settled", {"municipality": "0301", "settledOn": settled_on})

        ((one, _),) = effects.persons
        assert (one.year, one.day) == (2024, "")


def test_a_correction_undoes_exactly_what_it_replaces():
    story = Story()
    first = story.tell("person.settled", SETTLED | {"district": "030101", "sex": "male"}, origin="imported")

    second = {"municipality": "0301", "settledOn": "2023-12-31", "district": "030102"}
    effects = story.tell("settlement.corrected", second | {"sex": "female", "unaccompaniedMinor": False})

    ((before, _),) = first.persons
    after = before._replace(
        region="030102",
        year=2023,
        day="2023-12-31",
        sex="female",
        unaccompanied_minor="false",
        origin="reported",
    )
    assert persons(effects) == {before: -1, after: 1}
    assert totals(effects) == {
        ("settled", "030101"): (-1, 0),
        ("settled", "030102"): (1, 1),
        ("settled_minors", "030102"): (0, 1),
    }


def test_a_withdrawn_settlement_leaves_nought_reported_and_an_allocation_in_force():
    story = Story()
    story.tell("person.allocated", ALLOCATED)
    story.tell("allocation.accepted", {"municipality": "0301"})
    story.tell("person.settled", SETTLED)

    effects = story.tell("settlement.withdrawn", {})

    moved = {key: value for key, (value, _) in totals(effects).items() if value}
    assert moved == {("settled", "0301"): -1, ("awaiting", "0301"): 1}
    assert totals(effects)["settled", "0301"] == (-1, 0)
    assert effects.waits == [(Wait("0301", 2024, 7), -1)]


def test_erasure_leaves_municipality_district_and_year():
    story = Story()
    story.tell("person.allocated", ALLOCATED | {"unaccompaniedMinor": True})
    story.tell("allocation.accepted", {"municipality": "0301"})
    settled = story.tell(
        "person.settled", SETTLED | {"district": "030101", "sex": "male", "unaccompaniedMinor": True}
    )

    effects = story.tell("settlement.attributes-erased", {})

    ((before, _),) = settled.persons
    assert persons(effects) == {before: -1, SOMEBODY._replace(region="030101", day=""): 1}
    moved = {key: value for key, (value, _) in totals(effects).items() if value}
    assert moved == {("settled_minors", "030101"): -1, ("allocated_minors", "0301"): -1}
    assert effects.waits == [(Wait("030101", 2024, 7), -1)]


def test_erasure_of_what_is_withdrawn_already_changes_nothing():
    story = Story()
    story.tell("person.settled", SETTLED)
    story.tell("settlement.withdrawn", {})

    effects = story.tell("settlement.attributes-erased", {})

    assert (effects.totals, effects.persons, effects.waits) == ([], [], [])
