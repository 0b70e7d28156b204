"""Every limit with its value, as ``/graphql/limits`` tells them and ``docs/limits.md`` does."""

from dataclasses import asdict, dataclass
from typing import Any

from services.opendata.graphql.executing.documents import MOST_ERRORS
from services.opendata.graphql.http.persisted import MOST_QUERIES
from services.opendata.graphql.limits import estimates
from services.opendata.graphql.limits.allowance import FROM_MEMORY, NAMED_TIMES, REFUSED, Allowance
from services.opendata.graphql.limits.clients import LONGEST_NAME
from services.opendata.graphql.limits.cost import MOST_OBJECTS
from services.opendata.graphql.limits.pairs import MOST_PAIRS
from services.opendata.graphql.limits.size import (
    MOST_BODY_BYTES,
    MOST_DEPTH,
    MOST_FIELDS,
    MOST_FRAGMENTS,
    MOST_NAMED,
    MOST_TOKENS,
    MOST_VARIABLE_DEPTH,
    MOST_VARIABLES,
)
from services.opendata.graphql.resolving.budget import MOST_REGIONS_READ
from services.opendata.graphql.resolving.paging import MOST_REGIONS


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit. ``code`` is the error's, or the status, where something is beyond it."""

    name: str
    value: int
    unit: str
    code: str | None
    meaning: str


LIMITS = (
    Limit(
        "body", MOST_BODY_BYTES, "bytes", "413", "The body of a POST, unpacked, or the query string of a GET."
    ),
    Limit(
        "tokens", MOST_TOKENS, "tokens", "LIMIT_TOKENS", "Names, brackets, values and comments of a document."
    ),
    Limit("depth", MOST_DEPTH, "levels", "LIMIT_DEPTH", "Fields within fields, the innermost included."),
    Limit(
        "variableDepth",
        MOST_VARIABLE_DEPTH,
        "levels",
        "LIMIT_DEPTH",
        "Lists and objects within each other in a variable.",
    ),
    Limit(
        "aliases",
        MOST_NAMED,
        "fields",
        "LIMIT_ALIASES",
        "Fields at the root, with an alias, or standing again in one selection, of all operations together.",
    ),
    Limit(
        "fields", MOST_FIELDS, "fields", "LIMIT_FIELDS", "Fields of a document, fragments counted where used."
    ),
    Limit("fragments", MOST_FRAGMENTS, "fragments", "LIMIT_FRAGMENTS", "Fragments that a document defines."),
    Limit("variables", MOST_VARIABLES, "variables", "LIMIT_VARIABLES", "Variables that a document declares."),
    Limit(
        "pairs",
        MOST_PAIRS,
        "pairs",
        "LIMIT_PAIRS",
        "Pairs of fields of one name that come together, as from several fragments.",
    ),
    Limit("errors", MOST_ERRORS, "errors", None, "Mistakes in a document that are told of at once."),
    Limit("first", MOST_REGIONS, "items", "BAD_USER_INPUT", "Regions or changes on one page."),
    Limit(
        "cost",
        MOST_OBJECTS,
        "objects",
        "LIMIT_COST",
        "Objects that one query may ask for, before it is answered.",
    ),
    Limit(
        "regions",
        MOST_REGIONS_READ,
        "regions",
        "LIMIT_REGIONS",
        "Regions that one query may come to, each list counted, while it is answered.",
    ),
    Limit("clientName", LONGEST_NAME, "characters", "400", "Printable ASCII in the header Client-Name."),
    Limit(
        "persistedQueries",
        MOST_QUERIES,
        "queries",
        "PERSISTED_QUERY_NOT_FOUND",
        "Queries kept under their hash; those used longest ago are forgotten.",
    ),
)

CHARGES = {
    "query": "extensions.cost.requested, at least 1",
    "fromMemory": FROM_MEMORY,
    "refused": REFUSED,
}
"""What a request takes from what its client may ask for, in objects."""

ESTIMATED = {
    "children": max(estimates.MOST_CHILDREN),
    "predecessors": estimates.PREDECESSORS,
    "successors": estimates.SUCCESSORS,
    "regionsOn": estimates.REGIONS_ON,
    "flows": estimates.FLOWS,
    "targets": estimates.TARGETS,
    "published": estimates.PUBLISHED,
    "withheld": estimates.WITHHELD,
    "categories": estimates.CHANGED,
    "breakdown": estimates.MOST_CELLS,
    **{f"breakdown by {name}": number for name, number in estimates.CATEGORIES.items()},
    **{f"series by {name}": number for name, number in estimates.PERIODS.items()},
}
"""Objects counted for a list whose length is not said in the query, at most."""


def limits_document(allowance: Allowance) -> dict[str, Any]:
    """All limits, and what each client may ask for."""
    return {
        "limits": [asdict(limit) for limit in LIMITS],
        "rate": {
            "unit": "objects",
            "seconds": allowance.seconds,
            "unnamed": allowance.objects,
            "named": allowance.objects * NAMED_TIMES,
            "code": "429",
            "meaning": (
                "Objects that one address may ask for in so many seconds, with and without the header "
                "Client-Name; told in RateLimit and RateLimit-Policy."
            ),
            "charges": CHARGES,
        },
        "estimates": ESTIMATED,
    }
