"""Applications and projects that ask for water: how much more, for what, and from which source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .applied import TAKES_NO_WATER, added_volume, alive
from .flags import flagged

if TYPE_CHECKING:
    from ..scene import Scene

GROUNDWATER = ("groundwater", "deep_confined")
NOT_DOMESTIC = ("thermal_power", "textile", "petrochemical", "chemical")
"""Industries of projects that supply nobody's household; of any other industry the use is not known."""


def asking(scene: Scene, role: str, source: str) -> pd.DataFrame:
    """Who asks for more water of a source, aligned with ``applications`` or ``projects``.

    Returns:
        ``asked`` (bool: undecided and asks for more, or may), ``doubt`` (bool: it is not known whether it takes more
        than before, or from this source), ``demand_m3`` (more than before; NaN where not known), ``traded_m3``,
        ``use`` (None where not known).
    """
    return _applications(scene) if role == "applications" else _projects(scene, source)


def _applications(scene: Scene) -> pd.DataFrame:
    frame, added = scene.frame("applications"), added_volume(scene)
    new = (frame["kind"] == "new").to_numpy(bool) | frame["kind"].isna().to_numpy(bool)
    more, unknown = (added["more"].to_numpy() == one for one in ("more", "unknown"))
    asked = alive(scene) & ~(frame["decision"] == "approved").to_numpy(bool) & (new | more | unknown)
    asked &= ~frame["use"].isin(TAKES_NO_WATER).to_numpy(bool)
    volume, former = added["asked_m3"].to_numpy("float64"), added["former_m3"].to_numpy("float64")
    return pd.DataFrame(
        {
            "asked": asked,
            "doubt": ~new & unknown,
            "demand_m3": np.where(new, volume, volume - former),
            "traded_m3": frame["traded_m3"].to_numpy("float64"),
            "use": frame["use"].to_numpy(dtype=object),
        }
    )


def _projects(scene: Scene, source: str) -> pd.DataFrame:
    frame = scene.frame("projects")
    demand, of = frame["demand_m3"].to_numpy("float64"), frame["source"]
    asked = ~(frame["build_kind"] == "existing").to_numpy(bool) & ~(demand <= 0)
    asked &= ~flagged(frame["flags"], "plan")
    doubt = np.zeros(len(frame), dtype=bool)
    if source == "groundwater":
        asked &= (of.isin(GROUNDWATER) | of.isna() | (of == "total")).to_numpy(bool)
        doubt = of.isna().to_numpy(bool)
    # a project has no use of its own: its industry tells, if anything
    use = pd.Series(None, index=frame.index, dtype=object)
    return pd.DataFrame(
        {
            "asked": asked,
            "doubt": doubt,
            "demand_m3": demand,
            "traded_m3": frame["traded_m3"].to_numpy("float64"),
            "use": use.mask(frame["industry"].isin(NOT_DOMESTIC), "industry").to_numpy(dtype=object),
        }
    )
