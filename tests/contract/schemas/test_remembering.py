"""What is loaded from memory is what the schema itself would load, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from services.contract.event_types import COMMAND_SERVICES, types_of
from services.contract.schemas import remembering
from services.contract.schemas.remembering import RememberingLoader
from tests.contract.schemas.documents import LEAST

TYPES = {found.name: found for service in COMMAND_SERVICES for found in types_of(service).values()}

CODES = ("0301", "4601", "030105", "UKR", "female", "unknown", "0-17", "foster_home", "settled", "sex", "x")
DATES = ("2024", "2024-05", "2024-05-17", "2024-02-30", "exact", "suppressed")
OTHERS = (None, True, False, 0, 1, 1.0, -1, 55, 2024, 10**7, "", "x" * 60, 7)
values = st.sampled_from([*OTHERS, *CODES, *DATES, [], {}, [{"code": "030105", "persons": 5}]])


def fields_of(name):
    return st.sampled_from([*TYPES[name].loader.fields, "unknownField", "previous"])


@given(st.data())
def test_it_agrees_with_the_schema(data):
    name = data.draw(st.sampled_from(sorted(TYPES)))
    changes = data.draw(st.dictionaries(fields_of(name), values, max_size=4))
    left_out = data.draw(st.sets(fields_of(name), max_size=1))
    document = {key: value for key, value in {**LEAST[name], **changes}.items() if key not in left_out}
    before = dict(document)

    loaded = TYPES[name].remembering.load(document)

    assert document == before
    try:
        wanted = TYPES[name].loader.load(document)
    except ValidationError:
        wanted = None
    if loaded is not None:
        assert loaded == wanted
        assert list(map(type, loaded.values())) == list(map(type, wanted.values()))
        assert list(loaded) == list(wanted)


@pytest.mark.parametrize(
    "name", ["person.settled", "settlement.corrected", "request.issued", "quota.revised"]
)
def test_an_ordinary_event_is_loaded_from_memory(name):
    assert TYPES[name].remembering.load(LEAST[name]) == TYPES[name].loader.load(LEAST[name])


@pytest.mark.parametrize(("one", "other"), [(1, True), (True, 1), (1, 1.0), (0, False)])
def test_values_that_only_look_equal_are_told_apart(one, other):
    loader = RememberingLoader(TYPES["quota.decided"].schema())
    for value in (one, other, one):
        for field in ("persons", "acceptsUnaccompaniedMinors"):
            document = {**LEAST["quota.decided"], field: value}
            try:
                wanted = TYPES["quota.decided"].loader.load(document)[field]
            except ValidationError:
                wanted = "refused"
            loaded = loader.load(document)
            assert ("refused" if loaded is None else loaded[field]) is wanted


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(remembering, "MOST_REMEMBERED", 10)
    loader = RememberingLoader(TYPES["quota.decided"].schema())

    for persons in range(50):
        assert loader.load({**LEAST["quota.decided"], "persons": persons})["persons"] == persons

    assert len(loader._known) <= 10
