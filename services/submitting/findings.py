"""What is found in a sheet: said in the language of whoever filled it in, with row and column."""

from dataclasses import dataclass

from services.contract.labels import Language, Text


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one row: a fault to mend, or a note to look at.

    ``row`` is the row's number as a spreadsheet counts it. ``column`` is the heading as it stands in
    the sheet, ``letter`` where it stands; both None where the whole row is meant.
    """

    row: int
    rule: str
    text: Text
    column: str | None = None
    letter: str | None = None

    def place(self, language: Language) -> str:
        """Where it is, for a person."""
        row = f"Rad {self.row}" if language is Language.NB else f"Row {self.row}"
        if self.column is None:
            return row
        word = "kolonne" if language is Language.NB else "column"
        return f"{row}, {word} {self.letter} ({self.column})" if self.letter else f"{row}, {self.column}"

    def sentence(self, language: Language) -> str:
        return f"{self.place(language)}: {self.text.in_language(language)}"


class Unreadable(Exception):
    """The file can't be read as a table of rows; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text
