"""What every measure means, its unit and an example: told once, for totals, the enum and downloads."""

from services.contract.codes import Measure
from services.opendata.graphql.describing import DAYS, PER_THOUSAND, PERSONS, RATIO, Described

MEASURES = {
    Measure.ANNOUNCED: Described(
        "Persons that the country announced it needs to settle, the latest number. Null below the country.",
        PERSONS,
        "3600",
    ),
    Measure.REQUESTED: Described(
        "Persons that municipalities are asked to settle (anmodning), the current number. Null where nobody "
        "is asked; 0 where they are asked for nobody.",
        PERSONS,
        "1650",
    ),
    Measure.REQUESTED_ORIGINALLY: Described(
        "Persons that municipalities were asked to settle at first. Null where that number is not known.",
        PERSONS,
        "1650",
    ),
    Measure.DECIDED: Described(
        "Persons that municipalities first decided to settle (vedtak). Null without a decision; 0 where they "
        "decided to settle nobody.",
        PERSONS,
        "1650",
    ),
    Measure.QUOTA: Described(
        "Persons to be settled by the decisions in force, revisions included (kvote); of a district, its "
        "share. Null without a decision.",
        PERSONS,
        "1650",
    ),
    Measure.EXTRA_CAPACITY: Described(
        "Persons that municipalities could settle beyond the quota, if need be.", PERSONS, "20"
    ),
    Measure.SPARE_CAPACITY: Described(
        "`quota` − `requested`. Negative where fewer are decided than asked for.", PERSONS, "0"
    ),
    Measure.ALLOCATED: Described(
        "Persons allocated to municipalities (tildelt), by year of allocation; those declined or withdrawn "
        "are left out.",
        PERSONS,
        "40",
    ),
    Measure.AWAITING: Described("Of `allocated`, persons not yet settled.", PERSONS, "12"),
    Measure.MEDIAN_WAIT_DAYS: Described(
        "Median wait from allocation to settlement, by year of settlement. Only persons of whom both days "
        "are stated count, each by whole days; null under ten of them.",
        DAYS,
        "63.5",
    ),
    Measure.SETTLED: Described(
        "Persons settled (bosatt) in the year. Null until something is reported; 0 after everything reported "
        "was withdrawn.",
        PERSONS,
        "849",
    ),
    Measure.REMAINING: Described(
        "`quota` − `settled`. Negative where more are settled than decided; null where one of the two is.",
        PERSONS,
        "801",
    ),
    Measure.FULFILMENT: Described(
        "`settled` / `quota`. Null where one of the two is, and at quota 0.", RATIO, "0.5145454545454545"
    ),
    Measure.SETTLED_PER_THOUSAND: Described(
        "1,000 × `settled` / inhabitants on 1 January of the year. Null where no population is at hand.",
        PER_THOUSAND,
        "1.1829290381909128",
    ),
    Measure.NOT_PLACED_IN_DISTRICT: Described(
        "Persons settled in a municipality with districts of whom no district is stated; null elsewhere.",
        PERSONS,
        "0",
    ),
}
