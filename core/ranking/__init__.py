"""Rankings of units: by change of groundwater level, and by use against plan."""

from .changes import station_changes
from .periods import Span, earlier, span
from .rank import BASES, MEASURES, Ranking, by_rank, rank_units

__all__ = [
    "BASES",
    "MEASURES",
    "Ranking",
    "Span",
    "by_rank",
    "earlier",
    "rank_units",
    "span",
    "station_changes",
]
