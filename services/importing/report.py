"""What is told of an import: every row, every difference, and what was posted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from services.contract.labels import Text
from services.contract.regions import registry
from services.importing.classes import Classed, RowClass
from services.importing.comparing import Difference, Plan

MOST_TOLD = 50
"""Lines of one kind on the screen."""

_CLASSES = {
    RowClass.IMPORTED: "importert",
    RowClass.NOUGHT: "null",
    RowClass.SUPPRESSED: "skjult av kilden",
    RowClass.MISSING: "mangler",
    RowClass.BEFORE: "før koden gjaldt",
    RowClass.AFTER: "etter at koden gjaldt",
    RowClass.UNKNOWN: "ukjent kode",
}
_OUTSIDE = (RowClass.BEFORE, RowClass.AFTER, RowClass.UNKNOWN)


def told_of_rows(rows: Sequence[Classed], *, map_retired: bool) -> Iterator[Text]:
    """How many rows are in each class, which adds up; and which are not imported though they hold a figure."""
    counts = Counter(one.row_class for one in rows)
    for row_class in RowClass:
        count = f"{counts[row_class]:>8}"
        yield Text(f"  {_CLASSES[row_class]:<22}{count}", f"  {row_class:<22}{count}")
    yield Text(f"  {'i alt':<22}{len(rows):>8}", f"  {'in all':<22}{len(rows):>8}")
    yield from _mapped(rows)
    outside = [one for one in rows if one.row_class in _OUTSIDE]
    yield from _first(_places(outside))
    if not map_retired and any(one.row_class in (RowClass.BEFORE, RowClass.AFTER) for one in outside):
        yield Text(
            "Med --map-retired telles de av dem som hører til én kommune, under koden som gjaldt det året.",
            "With --map-retired those of them that belong to one municipality count under the code valid that year.",
        )


def _mapped(rows: Sequence[Classed]) -> Iterator[Text]:
    mapped = [one for one in rows if one.is_mapped]
    if mapped:
        codes = sorted({f"{one.row.code} → {one.region}" for one in mapped})
        told = ", ".join(codes[:MOST_TOLD]) + (" …" if len(codes) > MOST_TOLD else "")
        yield Text(
            f"Av dem telles {len(mapped)} under koden som gjaldt i sitt år: {told}.",
            f"Of these {len(mapped)} count under the code valid in their year: {told}.",
        )


def _places(rows: Iterable[Classed]) -> Iterator[Text]:
    """The codes whose figures are not imported, with their years."""
    found: dict[tuple[RowClass, str], list[int]] = defaultdict(list)
    for one in rows:
        found[one.row_class, one.row.code].append(one.row.year)
    for (row_class, code), years in sorted(found.items()):
        region = registry().find(code)
        name = code if region is None else f"{code} {region.name}"
        span = str(min(years)) if min(years) == max(years) else f"{min(years)}–{max(years)}"
        yield Text(
            f"Ikke importert, {_CLASSES[row_class]}: {name}, {span}, rader: {len(years)}.",
            f"Not imported, {row_class}: {name}, {span}, rows: {len(years)}.",
        )


def told_of_differences(differences: Sequence[Difference]) -> Iterator[Text]:
    """Where another number stands than the file's, and what is done about it."""
    if not differences:
        return
    left = sum(not one.revised for one in differences)
    yield Text(
        f"Et annet tall står der fra før: {len(differences)}. Blir stående: {left}, rettes: {len(differences) - left}.",
        f"Another number stands already: {len(differences)}. Left as they are: {left}, revised: {len(differences) - left}.",
    )
    yield from _first(map(_difference, differences))
    if left == len(differences):
        yield Text(
            "Med --existing revise sendes en rettelse til filens tall.",
            "With --existing revise a revision to the file's number is posted.",
        )


def _difference(one: Difference) -> Text:
    region = registry().find(one.place.region)
    name = one.place.region if region is None else f"{one.place.region} {region.name}"
    there, told = _number(one.there), _number(one.told)
    done_nb, done_en = ("rettes", "revised") if one.revised else ("blir stående", "left as it is")
    return Text(
        f"  {name} {one.place.year} {one.measure}: {there.nb} står der, {told.nb} i filen, {done_nb}.",
        f"  {name} {one.place.year} {one.measure}: {there.en} there, {told.en} in the file, {done_en}.",
    )


def _number(persons: int | None) -> Text:
    return Text("ikke noe tall", "no number") if persons is None else Text(str(persons), str(persons))


def told_of_plan(plan: Plan) -> Iterator[Text]:
    """What will be posted."""
    if plan.there:
        yield Text(f"Står der fra før: {plan.there} tall.", f"There already: {plan.there} figures.")
    counts = ", ".join(f"{name} {count}" for name, count in sorted(plan.by_type().items()))
    yield Text(
        f"Å sende: {plan.count} hendelser{': ' + counts if counts else ''}.",
        f"To post: {plan.count} events{': ' + counts if counts else ''}.",
    )


def told_of_refused(refused: Sequence[tuple[str, str]]) -> Iterator[Text]:
    """What the services did not take, though it was whole when the import began."""
    yield from _first(
        Text(f"Avvist: {event_id}: {said}", f"Refused: {event_id}: {said}") for event_id, said in refused
    )
    if refused:
        yield Text(
            "Noen kan ha endret det samme imens. Kjør importen en gang til.",
            "Somebody may have changed the same meanwhile. Run the import again.",
        )


def span_of(rows: Sequence[Classed]) -> str:
    """The years of a file."""
    years = [one.row.year for one in rows]
    return f"{min(years)}–{max(years)}"


def _first(texts: Iterable[Text]) -> Iterator[Text]:
    for number, text in enumerate(texts):
        if number == MOST_TOLD:
            yield Text("  … og flere.", "  … and more.")
            return
        yield text
