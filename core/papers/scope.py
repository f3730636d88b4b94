"""What part of a case a paper is about: county, zone, authority, period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..errors import OverdraftError


@dataclass(frozen=True)
class Scope:
    """Empty means all.

    Attributes:
        county: id of a unit of level county. zone: id of a zone; a well may lie in several. authority: the competent
            authority, as the wells name it.
        begin, end: first and last day of what happened, both included.

    Raises:
        OverdraftError: the end is before the beginning.
    """

    county: str = ""
    zone: str = ""
    authority: str = ""
    begin: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.begin and self.end and self.end < self.begin:
            raise OverdraftError("papers.period", begin=self.begin.isoformat(), end=self.end.isoformat())

    @property
    def whole(self) -> bool:
        """True where nothing is left out."""
        return self == Scope()
