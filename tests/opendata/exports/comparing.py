"""The rows that GraphQL's answers come to, as CSV has them. Knows nothing of how downloads are made."""

TOTALS = """
  announced announcedOriginally requested requestedOriginally decided quota extraCapacity spareCapacity
  answerBy answerExpectedOn acceptsUnaccompaniedMinors decisionStatus allocated awaiting medianWaitDays
  settled remaining fulfilment settledPerThousand notPlacedInDistrict notPlacedByBorders
  unaccompaniedMinors { announced requested decided quota extraCapacity allocated settled remaining }
  need { persons unaccompaniedMinors resettlement municipalitiesAsked status announcedOn }
  coverage { municipalities asked decided reporting notStated complete }
  origins comparable withheld { measure reason }
"""


def regions(ask, map_year, fields):
    """The answers of all regions on the map of a year, from the country down, by code.

    Pages are as long as they may be: shorter ones are asked for where the answer says that one costs
    too much.
    """
    found, after, first = [], "null", 500
    while True:
        answer = ask(
            f'{{ regions(first: {first}, after: {after}, on: "{map_year}-06-30") '
            f"{{ nodes {{ code name level {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
        if _costs_too_much(answer):
            cost = answer["extensions"]["cost"]
            first = max(1, first * cost["limit"] // cost["requested"])
            continue
        assert "errors" not in answer, answer
        page = answer["data"]["regions"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = f'"{page["pageInfo"]["endCursor"]}"'


def _costs_too_much(answer):
    return [error["extensions"]["code"] for error in answer.get("errors", ())] == ["LIMIT_COST"]


def totals_rows(ask, year, borders, today):
    """What the totals of a year are to be."""
    field = f"totals(year: {year}, borders: {borders}) {{ {TOTALS} }}"
    return [
        {**place(region, year), **flat(region["totals"])}
        for region in regions(ask, today if borders == "NOW" else year, field)
        if region["totals"] is not None
    ]


def flat(totals):
    """A totals object as columns: the objects in it under joined names."""
    row = {}
    for name, value in totals.items():
        if name == "withheld":
            row[name] = " ".join(f"{one['measure']}:{one['reason']}" for one in value)
        elif name == "origins":
            row[name] = " ".join(value)
        elif isinstance(value, dict):
            row |= {name + inner[0].upper() + inner[1:]: text(one) for inner, one in value.items()}
        elif name == "need":
            row |= dict.fromkeys(NEED, "")
        else:
            row[name] = text(value)
    return row


NEED = (
    "needPersons",
    "needUnaccompaniedMinors",
    "needResettlement",
    "needMunicipalitiesAsked",
    "needStatus",
    "needAnnouncedOn",
)


def series_rows(ask, year, borders, today, interval):
    """What the series of a year are to be; those of a row without a period are its ``undated``."""
    field = (
        f"series(year: {year}, borders: {borders}, interval: {interval}) "
        "{ undated points { period settled cumulative withheld } }"
    )
    rows = []
    for region in regions(ask, today if borders == "NOW" else year, field):
        series = region["series"]
        rows += [{**place(region, year), **texts(point), "undated": ""} for point in series["points"]]
        hidden = any(point["withheld"] for point in series["points"])
        if series["undated"] is not None or hidden:
            reason = "NOT_COMPARABLE" if hidden else ""
            blank = {"period": "", "settled": "", "cumulative": "", "withheld": reason}
            rows.append({**place(region, year), **blank, "undated": text(series["undated"])})
    return rows


def breakdown_rows(ask, year, borders, today, by):
    """What the breakdowns of a year are to be; ``by`` gives each dimension the name of its column."""
    field = (
        f"breakdown(year: {year}, borders: {borders}, by: [{', '.join(by)}]) "
        "{ keys { dimension value } persons share origins withheld }"
    )
    return [
        {
            **place(region, year),
            **{by[key["dimension"]]: key["value"] for key in cell["keys"]},
            **texts({name: cell[name] for name in ("persons", "share", "withheld")}),
            "origins": " ".join(cell["origins"]),
        }
        for region in regions(ask, today if borders == "NOW" else year, field)
        for cell in region["breakdown"]
    ]


def published_rows(ask, year):
    """What the official figures of a year are to be."""
    fields = "measure dimension category status persons percent publishedOn sourceName sourceUrl"
    return [
        {**place(region, year), **texts(figure)}
        for region in regions(ask, year, f"published(year: {year}) {{ {fields} }}")
        for figure in region["published"]
    ]


def place(region, year):
    return {"code": region["code"], "name": region["name"], "level": region["level"], "year": str(year)}


def texts(values):
    return {name: text(value) for name, value in values.items()}


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
