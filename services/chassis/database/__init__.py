"""Databases: how connections begin, how tables are brought up to date, what differs by dialect."""

from services.chassis.database.conflicts import UNAVAILABLE, Overtaken
from services.chassis.database.database import Database
from services.chassis.database.given import NUMBER, TEXT, Given
from services.chassis.database.migrations import migrate
from services.chassis.database.prepared import Prepared, PreparedRows, prepared
from services.chassis.database.stillness import Stillness

__all__ = [
    "NUMBER",
    "TEXT",
    "UNAVAILABLE",
    "Database",
    "Given",
    "Overtaken",
    "Prepared",
    "PreparedRows",
    "Stillness",
    "migrate",
    "prepared",
]
