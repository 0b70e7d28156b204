"""What people call categories."""

import pytest

from services.contract.codes import AgeGroup, Arrival, Care, Dimension, Housing, Sex, country_codes
from services.contract.labels import Language, label_of

LISTS = {
    Dimension.SEX: list(Sex),
    Dimension.AGE_GROUP: list(AgeGroup),
    Dimension.CARE: [*Care, "unknown"],
    Dimension.ARRIVAL: [*Arrival, "unknown"],
    Dimension.HOUSING: [*Housing, "unknown"],
    Dimension.UNACCOMPANIED_MINOR: ["true", "false", "unknown"],
    Dimension.COUNTRY_OF_ORIGIN: [*sorted(country_codes()), "unknown"],
    Dimension.MONTH: [*(f"2024-{month:02d}" for month in range(1, 13)), "unknown"],
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("dimension", Dimension)
def test_every_category_has_a_label_of_its_own(dimension, language):
    values = LISTS[dimension]

    labels = [label_of(dimension, value, language) for value in values]

    assert len(set(labels)) == len(values)
    assert not set(labels) & {str(value) for value in values}


@pytest.mark.parametrize(
    ("dimension", "value", "norwegian", "english"),
    [
        (Dimension.SEX, "female", "Kvinner", "Women"),
        (Dimension.SEX, "unknown", "Ukjent", "Unknown"),
        (Dimension.AGE_GROUP, "0-17", "0–17 år", "0–17 years"),
        (Dimension.AGE_GROUP, "68+", "68 år og over", "68 years and over"),
        (Dimension.CARE, "foster_home", "Fosterhjem", "Foster home"),
        (Dimension.ARRIVAL, "resettlement", "Overføringsflyktninger", "Resettlement refugees"),
        (Dimension.HOUSING, "agreed_self_settlement", "Avtalt selvbosetting", "Agreed self-settlement"),
        (Dimension.UNACCOMPANIED_MINOR, "true", "Enslige mindreårige", "Unaccompanied minors"),
        (Dimension.COUNTRY_OF_ORIGIN, "UKR", "Ukraina", "Ukraine"),
        (Dimension.COUNTRY_OF_ORIGIN, "SYR", "Syria", "Syria"),
        (Dimension.COUNTRY_OF_ORIGIN, "XXX", "Andre land", "Other countries"),
        (Dimension.MONTH, "2024-05", "mai 2024", "May 2024"),
        (Dimension.MONTH, "2023-12", "desember 2023", "December 2023"),
        (Dimension.MONTH, "unknown", "Dato ikke oppgitt", "Date not stated"),
    ],
)
def test_a_label_is_what_people_say(dimension, value, norwegian, english):
    assert label_of(dimension, value, Language.NB) == norwegian
    assert label_of(dimension, value, Language.EN) == english


@pytest.mark.parametrize("language", Language)
def test_a_category_of_no_list_is_called_by_itself(language):
    assert label_of(Dimension.COUNTRY_OF_ORIGIN, "YUG", language) == "YUG"
    assert label_of(Dimension.SEX, "other", language) == "other"
