"""Dates of which the day, or the day and the month, may not be known."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day (``2016-05-17``), a month (``2016-05``) or a year (``2016``)."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    @lru_cache(maxsize=20_000)
    def parse(cls, text: str) -> "PartialDate":
        """Read one of the three forms; raises ``ValueError`` for anything else or no such date."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError("not a date, a month or a year")
        year, month, day = match.groups()
        # Python's own date knows which months and days exist; "00" must reach it as it is.
        date(int(year), int(month or 1), int(day or 1))
        return cls(int(year), int(month) if month else None, int(day) if day else None)

    @property
    def is_full(self) -> bool:
        """Whether the day is known."""
        return self.day is not None

    @property
    def first_day(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def last_moment(self) -> datetime:
        """The last second of the period in Europe/Oslo, in UTC."""
        return datetime.combine(self.last_day, time(23, 59, 59), OSLO).astimezone(UTC)

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text


@lru_cache(maxsize=4)
def today_in_oslo(now: datetime) -> date:
    """The calendar day that people in Norway have at a moment."""
    return now.astimezone(OSLO).date()
