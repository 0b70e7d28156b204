"""Events of the requests service: the need, official figures, requests."""

import pytest

from services.contract.codes import Measure
from tests.contract.schemas.documents import LEAST, faults, load


@pytest.mark.parametrize("field", ["unaccompaniedMinors", "resettlement", "municipalitiesAsked"])
def test_a_repeated_need_may_say_that_a_part_is_no_longer_known(field):
    assert load("need.announced", **{field: None})[field] is None


@pytest.mark.parametrize("field", ["year", "persons", "announcedOn", "status", "reason", "reasonCode"])
def test_a_need_knows_its_number_its_date_and_its_status(field):
    assert list(faults("need.announced", **{field: None})) == [field]


@pytest.mark.parametrize("status", ["forecast", "issued", "revised", "final"])
def test_a_need_has_one_of_four_statuses(status):
    assert load("need.announced", status=status)["status"] == status
    assert list(faults("need.announced", status=status.upper())) == ["status"]


@pytest.mark.parametrize("field", ["unaccompaniedMinors", "answerBy"])
def test_a_revised_request_may_say_that_a_part_is_no_longer_known(field):
    assert load("request.revised", **{field: None})[field] is None


@pytest.mark.parametrize("name", ["request.issued", "request.revised"])
@pytest.mark.parametrize("field", ["municipality", "year", "persons"])
def test_a_request_knows_its_number(name, field):
    assert list(faults(name, **{field: None})) == [field]


def test_a_request_for_nought_is_a_request():
    assert load("request.issued", persons=0)["persons"] == 0


@pytest.mark.parametrize("original", [None, 0, "false"])
def test_whether_a_request_is_the_original_is_true_or_false(original):
    assert list(faults("request.issued", original=original)) == ["original"]


def test_an_undeclared_field_of_a_request_is_refused():
    assert list(faults("request.issued", decidedBy="x")) == ["decidedBy"]


FIGURE = {name: value for name, value in LEAST["figure.published"].items() if name != "persons"}


def figure_faults(**changes):
    return faults("figure.published", FIGURE | changes)


def test_an_exact_figure_has_persons_or_percent_or_both():
    assert figure_faults(persons=0) == {}
    assert figure_faults(percent=0) == {}
    assert figure_faults(persons=5, percent=12.5) == {}
    assert list(figure_faults()) == ["persons"]


@pytest.mark.parametrize("stated", [{"persons": 3}, {"percent": 3}])
def test_a_suppressed_figure_has_no_number(stated):
    assert figure_faults(status="suppressed") == {}
    assert figure_faults(status="suppressed", **stated) == {
        next(iter(stated)): ["A suppressed figure has no number."]
    }


@pytest.mark.parametrize("measure", list(Measure))
def test_only_spare_capacity_and_what_remains_can_be_below_zero(measure):
    below = measure in (Measure.SPARE_CAPACITY, Measure.REMAINING)

    assert (figure_faults(measure=str(measure), persons=-1) == {}) is below


def test_a_dimension_and_its_category_go_together():
    assert figure_faults(persons=1, dimension="sex", category="female") == {}
    assert list(figure_faults(persons=1, dimension="sex")) == ["category"]
    assert list(figure_faults(persons=1, category="female")) == ["category"]
    assert list(figure_faults(persons=1, dimension="sex", category="0-17")) == ["category"]


@pytest.mark.parametrize("url", ["http://imdi.no/", "https://www.imdi.no/tall?x=1#y"])
def test_a_source_is_a_page_on_the_web(url):
    assert figure_faults(persons=1, sourceUrl=url) == {}


@pytest.mark.parametrize(
    "url", ["ftp://imdi.no/", "javascript:alert(1)", "imdi.no", "", "https://" + "x" * 500]
)
def test_another_address_is_refused(url):
    assert list(figure_faults(persons=1, sourceUrl=url)) == ["sourceUrl"]


@pytest.mark.parametrize(
    "percent", [-0.1, 1000.1, "12", "12.5", "", True, False, None, [], float("nan"), float("inf")]
)
def test_a_percentage_is_a_number_in_reach(percent):
    assert list(figure_faults(percent=percent)) == ["percent"]


@pytest.mark.parametrize(
    "field", ["persons", "percent", "sourceUrl", "dimension", "category", "measure", "status"]
)
def test_a_figure_says_nothing_with_null(field):
    assert field in figure_faults(**({"persons": 1} | {field: None}))


@pytest.mark.parametrize("percent", [12, 12.5, 0, 1000])
def test_a_percentage_is_kept_as_written(percent):
    kept = load("figure.published", percent=percent)["percent"]

    assert (kept, type(kept)) == (percent, type(percent))


def test_what_does_not_fit_together_is_said_at_once_with_all_other_faults():
    found = figure_faults(
        status="suppressed", persons=-1, percent=1, dimension="sex", category="x", year=2200, conditions="y"
    )

    assert set(found) == {"persons", "percent", "category", "year", "conditions"}


@pytest.mark.parametrize("field", ["status", "measure", "dimension", "category", "persons", "percent"])
def test_a_faulty_field_is_told_alone_and_not_held_against_others(field):
    fine = {"persons": 1, "percent": 1, "dimension": "sex", "category": "female"}

    assert list(figure_faults(**(fine | {field: []}))) == [field]
