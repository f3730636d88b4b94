"""Why the desk does not record something: a mistake that must be mended, or a doubt that a person may set aside."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import OverdraftError


class DoubtError(OverdraftError):
    """The act contradicts what is on record, and may be right all the same: it is recorded when asked for anyway."""


class ActsError(OverdraftError):
    """Some acts of several were refused, so none was recorded.

    Attributes:
        rows: the place of each of them in the list given, from 0, with its error.
    """

    def __init__(self, rows: Sequence[tuple[int, OverdraftError]], total: int) -> None:
        first, error = rows[0]
        self.rows = tuple(rows)
        self._first = (first + 1, error)
        super().__init__("desk.rows_refused", n=len(rows), total=total)

    def text(self, language: str = "en") -> str:
        """How many were refused, and why the first one was."""
        row, error = self._first
        return f"{super().text(language)} {row}: {error.text(language)}"
