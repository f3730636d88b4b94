"""What a user may ask of a pairing plan."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..pairing import CostWeights

ALL = ("*",)
"""``alternatives`` of every renewal."""


@dataclass(frozen=True)
class PairOptions:
    """Options of one plan.

    Attributes:
        max_served: at most so many renewals are served; None: no limit.
        allow_unsealed: wells still in use may be proposed, to be sealed.
        max_distance_m: farthest a retired well may lie from the renewal; the smaller of this and the policy's holds.
        weights: of the cost of using a well.
        alternatives: ids of the renewals whose next best choice is worked out; ``ALL``.
        time_limit_s: seconds for the plan, and for the alternatives together.
    """

    max_served: int | None = None
    allow_unsealed: bool = True
    max_distance_m: float | None = None
    weights: CostWeights = field(default_factory=CostWeights)
    alternatives: tuple[str, ...] = ()
    time_limit_s: float = 60.0

    def reach_m(self, of_policy: float | None) -> float | None:
        """The distance that holds."""
        given = [limit for limit in (self.max_distance_m, of_policy) if limit is not None]
        return min(given) if given else None
