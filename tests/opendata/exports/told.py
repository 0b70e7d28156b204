"""A small release of a known story: cities, a merged and a divided municipality, blanks, hidden numbers."""

from tests.opendata.projection.journal import person


def tell(world):
    """Post and release the story."""
    journal = world.journal
    quota = {"municipality": "0301", "year": 2024, "persons": 1650, "decidedOn": "2024"}
    journal.post("quota.decided", quota)
    journal.post("request.issued", {"municipality": "4601", "year": 2024, "persons": 0, "issuedOn": "2023"})
    journal.settle(1, district="030101", sex="female", ageGroup="0-17", settled_on="2024-03-01")
    journal.settle(2, sex="male", countryOfOrigin="UKR", settled_on="2024-05-17")
    journal.settle(3, settled_on="2024")
    journal.settle(4, "1507", settled_on="2023-01-02")
    journal.settle(5, "1601", settled_on="2012")
    journal.settle(6, "1601", sex="female", settled_on="2012-03-04")
    journal.settle(7, "1662", sex="female", settled_on="2012-03-05")
    journal.settle(8, "1507", sex="male", settled_on="2023-03-05")
    journal.post("settlement.withdrawn", {}, subject=person(5))
    hidden = {"region": "1103", "year": 2024, "measure": "settled", "status": "suppressed"}
    said = {"publishedOn": "2024-06-21", "sourceName": 'IMDi, "årstall"'}
    journal.post("figure.published", {**hidden, **said})
    journal.post(
        "figure.published",
        {**hidden, **said, "status": "exact", "persons": 7, "dimension": "sex", "category": "female"},
    )
    world.publish()
