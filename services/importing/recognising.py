"""Tell the official figures that an import of the same numbers has published, without reading each stream."""

from collections import defaultdict
from collections.abc import Mapping

from services.chassis.posting.door import Door
from services.importing import events
from services.importing.events import PUBLISHED, Event
from services.importing.rows import Measure
from services.importing.years import Place, Said

AT_ONCE = 2_000


def published_as_said(
    door: Door, said: Mapping[Place, Said], versions: Mapping[Place, int]
) -> dict[Place, dict[str, int | None]]:
    """Of streams of figures, by their versions, those that hold what the file says and nothing else.

    Asked as a dry run: what was posted before is a duplicate. A stream has as many events as its version
    says, so where as many are duplicates nobody has published anything beside them. Raises `DoorClosed`.
    """
    wanted = [
        (place, measure, figure)
        for place in versions
        for measure, figure in said[place].figures.items()
        if measure is Measure.SETTLED or figure.persons is None
    ]
    found: dict[Place, dict[str, int | None]] = defaultdict(dict)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        batch: list[Event] = [
            events.figure_published(place, figure.reference, PUBLISHED[measure], figure.persons)
            for place, measure, figure in some
        ]
        answers = door.send(batch, dry_run=True)
        for (place, measure, figure), answer in zip(some, answers, strict=True):
            if answer.status == "duplicate":
                found[place][PUBLISHED[measure]] = figure.persons
    return {place: figures for place, figures in found.items() if len(figures) == versions[place]}
