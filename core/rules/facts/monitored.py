"""Wells for monitoring: whether they stand outside the rules on abstraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .applied import TAKES_NO_WATER

if TYPE_CHECKING:
    from ..scene import Scene


def monitored(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Wells for monitoring that take nothing, and those from which water or power was taken all the same.

    The first need neither permit nor meter nor account: they abstract nothing. Of the second a person is to say
    what they are. Counted is what was read for the year of ``as_of`` and the one before.
    """
    return scene.once(("monitored",), lambda: _monitored(scene))


def _monitored(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    use = scene.frame("wells")["use"].isin(TAKES_NO_WATER).to_numpy(dtype=bool)
    if not use.any():
        return use, use
    years = scene.amounts.well_years
    taken = ((years["volume_m3"] > 0) | (years["energy_kwh"] > 0)) & (years["year"] >= scene.as_of.year - 1)
    drawn = use & np.isin(np.arange(len(use)), years["well"][taken])
    return use & ~drawn, drawn
