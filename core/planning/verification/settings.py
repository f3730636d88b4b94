"""By what retired land is judged. No text gives these figures: each is a default that somebody confirms or changes."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields

from ...errors import OverdraftError

METHODS = ("threshold", "neighbours")
_RATIOS = ("min_share", "clear_share", "clear_ratio")
_COUNTS = ("min_neighbours", "min_pixels")


@dataclass(frozen=True)
class VerificationSettings:
    """What counts as restored, and what as confirmed.

    Attributes:
        method: ``threshold``: a pixel is irrigated from ``threshold`` on. ``neighbours``: an area is compared with the
            irrigated areas around it.
        threshold: in the unit of the rasters (an index, or years); needed by its method.
        min_share: from this share of irrigated pixels on the land is irrigated again.
        clear_share: below this share it is confirmed as retired; between the two somebody must look.
        neighbour_distance_m: how far away a neighbour may be, edge to edge.
        min_neighbours: fewer tell nothing.
        clear_ratio: an area whose mean lies below this part of the neighbours' median is confirmed as retired.
        min_pixels: fewer pixels with a value tell nothing.
        nodata: a value that is none, beside what the rasters declare; giving it says that all others are values.
    """

    method: str = "threshold"
    threshold: float | None = None
    min_share: float = 0.5
    clear_share: float = 0.1
    neighbour_distance_m: float = 1000.0
    min_neighbours: int = 5
    clear_ratio: float = 0.5
    min_pixels: int = 10
    nodata: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            OverdraftError: a method that does not exist, a threshold that is missing or a figure out of range.
        """
        if self.method not in METHODS:
            _refuse("method", self.method, ", ".join(METHODS))
        for name in _RATIOS:
            if not 0 < getattr(self, name) <= 1:
                _refuse(name, getattr(self, name), "> 0 … 1")
        for name in _COUNTS:
            if not 1 <= getattr(self, name) < math.inf:
                _refuse(name, getattr(self, name), "≥ 1")
        if not 0 <= self.neighbour_distance_m < math.inf:
            _refuse("neighbour_distance_m", self.neighbour_distance_m, "≥ 0")
        if self.clear_share > self.min_share:
            _refuse("clear_share", self.clear_share, f"≤ {self.min_share:g} (min_share)")
        if self.method == "threshold" and self.threshold is None:
            raise OverdraftError("verification.threshold_missing")
        if self.threshold is not None and not math.isfinite(self.threshold):
            _refuse("threshold", self.threshold, "-∞ < x < ∞")

    @property
    def shown(self) -> dict[str, object]:
        """Every setting that plays a part, for the record."""
        other = (
            ("neighbour_distance_m", "min_neighbours", "clear_ratio")
            if self.method == "threshold"
            else ("threshold", "min_share", "clear_share")
        )
        return {name: value for name, value in asdict(self).items() if name not in other}

    @property
    def unverified(self) -> list[str]:
        """Settings left at a default that no text gives."""
        shown = self.shown
        return [
            field.name
            for field in fields(self)
            if field.name in shown
            and field.name != "method"
            and field.default is not None
            and shown[field.name] == field.default
        ]


def _refuse(name: str, found: object, allowed: str) -> None:
    raise OverdraftError("verification.setting", name=name, found=found, allowed=allowed)
