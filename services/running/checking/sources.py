"""What is compared: the databases that can be reached from here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.chassis.database import Database
from services.chassis.settings import Settings
from services.contract.event_types import COMMAND_SERVICES

STORES = (*COMMAND_SERVICES, "opendata", "operations")


@dataclass(frozen=True, slots=True)
class Sources:
    """Databases by what they hold; one that is not known here is left out. Nothing is written to any.

    ``projection`` is the base of its versions.
    """

    stores: Mapping[str, Database]
    projection: Database | None
    releases: Database | None

    def missing_stores(self, among: tuple[str, ...]) -> list[str]:
        """Of some stores those that are not known here."""
        return [name for name in among if name not in self.stores]


def sources_of(settings: Settings, database: Callable[[str], Database]) -> Sources:
    """What the settings name and what lies in the data directory, each opened by its name."""

    def found(name: str) -> Database | None:
        # To open a file that is not there would make one.
        if name in settings.databases or (settings.data / f"{name}.db").exists():
            return database(name)
        return None

    opened = {name: found(name) for name in STORES}
    return Sources(
        {name: store for name, store in opened.items() if store is not None},
        found("projection"),
        found("releases"),
    )
