"""What needs, figures, requests and decisions change."""

from tests.opendata.projection.story import Story, totals

REQUEST = {"municipality": "0301", "year": 2024, "persons": 1650, "issuedOn": "2024"}
QUOTA = {"municipality": "0301", "year": 2024, "persons": 1600, "decidedOn": "2024-02-01"}


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
