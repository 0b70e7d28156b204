"""Persons settled, by a year's sheet: the number that all others about them come from. Pure."""

from services.opendata.release.sheets import Sheet


def settled_in(sheet: Sheet, code: str) -> int | None:
    """Persons settled: what is reported, else 0 where an official nought is at hand.

    A number that the source hides is none, and a sum of noughts is nought. Of a region into which
    only a part of another came it is what is known of all that came there: never to be shown.
    """
    settled = sheet.known(code, "settled")
    if settled is None and code in sheet.noughts and code not in sheet.hidden:
        return 0
    return settled


def shown_in(sheet: Sheet, code: str) -> int | None:
    """Persons settled as the public sees them: None where borders don't allow a number."""
    return None if code in sheet.borders.divided else settled_in(sheet, code)
