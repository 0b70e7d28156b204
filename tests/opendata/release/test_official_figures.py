"""Official figures: shown beside ours; a nought counts, a hidden number is said to be hidden."""

from services.contract.codes import Dimension, Measure
from services.opendata.release.answers import Withheld, WithheldReason
from tests.opendata.projection.journal import person

FIGURE = {"year": 2020, "measure": "settled", "publishedOn": "2021-03", "sourceName": "SSB"}
HIDDEN, INCOMPLETE = WithheldReason.HIDDEN_BY_SOURCE, WithheldReason.INCOMPLETE


def publish_figure(world, region, persons=None, **other):
    status = {"status": "suppressed"} if persons is None else {"status": "exact", "persons": persons}
    world.journal.post(
        "figure.published", FIGURE | {"region": region} | status | other, subject=f"figure/{region}/2020"
    )


def withheld(totals):
    return {one.measure: one.reason for one in totals.withheld}


def test_an_official_nought_is_nought_there_and_in_the_sums_above(world):
    publish_figure(world, "4601", 0)

    world.publish()

    assert [world.totals(code, 2020).settled for code in ("4601", "46", "NO", "4602", "03")] == [
        0,
        0,
        0,
        None,
        None,
    ]
    assert world.totals("46", 2020).coverage.reporting == 1
    assert world.totals("46", 2020).withheld == ()
    assert list(world.years("46")) == [2020]


def test_an_official_number_is_shown_and_never_counted(world):
    publish_figure(world, "4601", 37)

    world.publish()

    assert [world.totals(code, 2020).settled for code in ("4601", "46", "NO")] == [None, None, None]
    assert [figure.persons for figure in world.figures("4601", 2020)] == [37]
    assert world.totals("4601", 2020).coverage.reporting == 0


def test_a_hidden_number_is_null_with_the_reason_and_all_above_is_incomplete(world):
    publish_figure(world, "0301")

    world.publish()

    oslo, county = world.totals("0301", 2020), world.totals("03", 2020)
    assert (oslo.settled, county.settled) == (None, None)
    assert withheld(oslo) == dict.fromkeys(
        (
            Measure.SETTLED,
            Measure.REMAINING,
            Measure.FULFILMENT,
            Measure.SETTLED_PER_THOUSAND,
            Measure.NOT_PLACED_IN_DISTRICT,
        ),
        HIDDEN,
    )
    assert set(withheld(county).values()) == {INCOMPLETE}
    assert not oslo.coverage.complete
    assert not county.coverage.complete
    assert world.totals("46", 2020).withheld == ()


def test_a_sum_above_a_hidden_number_takes_what_is_known_and_says_so(world):
    publish_figure(world, "4601")
    world.journal.settle(1, "4602", settled_on="2020")

    world.publish()

    county = world.totals("46", 2020)
    assert (county.settled, county.coverage.complete, county.withheld) == (1, False, ())


def test_a_hidden_district_makes_its_municipality_incomplete(world):
    world.journal.settle(1, "0301", settled_on="2020", district="030101")
    publish_figure(world, "030102")

    world.publish()

    assert world.totals("030102", 2020).withheld[0] == Withheld(Measure.SETTLED, HIDDEN)
    assert [world.totals(code, 2020).coverage.complete for code in ("030101", "0301", "03")] == [
        True,
        False,
        False,
    ]


def test_a_hidden_number_above_a_nought_stays_hidden(world):
    publish_figure(world, "4601")
    publish_figure(world, "460101", 0)

    world.publish()

    assert (world.totals("4601", 2020).settled, world.totals("460101", 2020).settled) == (None, 0)


def test_an_event_says_more_than_an_official_figure(world):
    for region, persons in (("0301", 0), ("4601", None)):
        publish_figure(world, region, persons)
        world.journal.settle(int(region), region, settled_on="2020-05-17")

    world.publish()

    assert (world.totals("0301", 2020).settled, world.totals("4601", 2020).settled) == (1, 1)
    assert world.totals("4601", 2020).withheld == ()


def test_what_was_reported_and_withdrawn_is_nought_whatever_the_source_hides(world):
    publish_figure(world, "4601")
    world.journal.settle(1, "4601", settled_on="2020-05-17")
    world.journal.post("settlement.withdrawn", {}, subject=person(1))

    world.publish()

    assert (world.totals("4601", 2020).settled, world.totals("4601", 2020).withheld) == (0, ())


def test_a_figure_of_a_category_or_of_another_measure_hides_nothing(world):
    publish_figure(world, "4601", dimension="sex", category="female")
    publish_figure(world, "4601", measure="quota")

    world.publish()

    assert world.totals("4601", 2020).withheld == ()


def test_remaining_is_worked_out_from_an_official_nought(world):
    publish_figure(world, "4601", 0)
    place = {"municipality": "4601", "year": 2020}
    world.journal.post("quota.decided", place | {"persons": 4, "decidedOn": "2020"})

    world.publish()

    assert (world.totals("4601", 2020).remaining, world.totals("4601", 2020).fulfilment) == (4, 0)


def test_of_each_measure_dimension_and_category_the_latest_counts(world):
    publish_figure(world, "0301", 400)
    publish_figure(world, "0301", 416, dimension="sex", category="female", percent=49)
    publish_figure(world, "0301", 433, dimension="sex", category="male")
    publish_figure(world, "0301", -3, measure="spare_capacity", sourceUrl="https://www.ks.no/tall")
    publish_figure(world, "0301", 849)

    world.publish()

    found = {(one.measure, one.dimension, one.category): one for one in world.figures("0301", 2020)}
    assert {key: one.persons for key, one in found.items()} == {
        (Measure.SETTLED, None, None): 849,
        (Measure.SETTLED, Dimension.SEX, "female"): 416,
        (Measure.SETTLED, Dimension.SEX, "male"): 433,
        (Measure.SPARE_CAPACITY, None, None): -3,
    }
    women = found[Measure.SETTLED, Dimension.SEX, "female"]
    assert (women.status, women.percent, women.published_on, women.source_name) == (
        "exact",
        49,
        "2021-03",
        "SSB",
    )
    assert found[Measure.SPARE_CAPACITY, None, None].source_url == "https://www.ks.no/tall"


def test_a_hidden_figure_that_is_published_later_is_hidden_no_longer(world):
    publish_figure(world, "4601")
    world.publish()
    publish_figure(world, "4601", 0)

    world.publish()

    assert (world.totals("4601", 2020).settled, world.totals("4601", 2020).withheld) == (0, ())


def test_an_official_nought_of_one_district_says_nothing_of_its_municipality(world):
    publish_figure(world, "030101", 0)

    world.publish()

    assert world.totals("030101", 2020).settled == 0
    assert world.totals("0301", 2020).settled is None
    assert not world.totals("0301", 2020).coverage.complete
    assert world.totals("NO", 2020).coverage.reporting == 0


def test_a_number_that_the_source_hides_is_not_complete_even_beside_events(world):
    world.journal.settle(1, "0301", settled_on="2020-05-01")
    publish_figure(world, "0301")

    world.publish()

    assert world.totals("0301", 2020).settled == 1
    assert not world.totals("0301", 2020).coverage.complete
    assert not world.totals("03", 2020).coverage.complete


def test_a_hidden_request_is_null_with_the_reason_and_all_above_is_incomplete(world):
    publish_figure(world, "4601", measure="requested")

    world.publish()

    assert withheld(world.totals("4601", 2020)) == dict.fromkeys(
        (Measure.REQUESTED, Measure.SPARE_CAPACITY), HIDDEN
    )
    assert set(withheld(world.totals("46", 2020)).values()) == {INCOMPLETE}
    assert set(withheld(world.totals("NO", 2020)).values()) == {INCOMPLETE}
    assert world.totals("4602", 2020).withheld == ()


def test_a_hidden_decision_leaves_nothing_that_follows_from_it(world):
    publish_figure(world, "4601", measure="decided")
    world.journal.settle(1, "4601", settled_on="2020")

    world.publish()

    follow = (Measure.QUOTA, Measure.SPARE_CAPACITY, Measure.REMAINING, Measure.FULFILMENT)
    assert withheld(world.totals("4601", 2020)) == dict.fromkeys((Measure.DECIDED, *follow), HIDDEN)
    assert world.totals("4601", 2020).settled == 1


def test_a_total_above_a_hidden_decision_is_incomplete_though_all_have_reported(world):
    world.journal.settle(1, "0301", settled_on="2020")
    world.publish()
    before = world.totals("03", 2020).coverage.complete

    publish_figure(world, "0301", measure="decided")
    world.publish()

    assert (before, world.totals("03", 2020).coverage.complete) == (True, False)


def test_a_hidden_request_that_somebody_tells_hides_nothing(world):
    publish_figure(world, "0301", measure="requested")
    world.journal.post(
        "request.issued",
        {"municipality": "0301", "year": 2020, "persons": 5, "issuedOn": "2020"},
        subject="0301/2020",
    )
    world.journal.settle(1, "0301", settled_on="2020")

    world.publish()

    oslo = world.totals("0301", 2020)
    assert (oslo.requested, oslo.withheld, oslo.coverage.complete) == (5, (), True)
