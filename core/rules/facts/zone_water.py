"""Over-extraction zones: the points in them, and whether what their wells take is within their recharge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...overlay.zones import Zones
from .quantities import sum_of_wells

if TYPE_CHECKING:
    from ..scene import Scene


def zone_points(scene: Scene, role: str) -> pd.DataFrame:
    """``point`` (row) and ``zone_id`` of points in over-extraction zones in force, each pair once."""
    found = scene.place(role)
    if found.zones is None:
        return pd.DataFrame({"point": np.zeros(0, dtype="int64"), "zone_id": np.zeros(0, dtype=object)})
    zones = Zones(found.zones)
    counts = zones.editions.on(scene.today) & (zones.severity > 0)
    zone = found.zone_hits["zone"].to_numpy("int64")
    kept = counts[zone]
    pairs = pd.DataFrame(
        {"point": found.zone_hits["point"].to_numpy("int64")[kept], "zone_id": zones.ids[zone[kept]]}
    )
    return pairs.drop_duplicates().reset_index(drop=True)


def zones_in_force(scene: Scene) -> tuple[pd.DataFrame, Zones, np.ndarray]:
    """The layer of zones (or what the policy names as zones), its zones, and the rows of the over-extraction zones in
    force."""
    found = scene.place("wells").zones
    frame = found if found is not None else scene.frame("zones")
    zones = Zones(frame)
    return frame, zones, np.flatnonzero(zones.editions.on(scene.today) & (zones.severity > 0))


def zone_balance(scene: Scene) -> pd.DataFrame:
    """What the wells of each over-extraction zone took, against the recharge of that zone, by year.

    Recharge: INDICES of the zone; of a unit that the policy names as a zone, INDICES of the unit. An estimate holds
    until there is a new one.

    Returns:
        ``zone_id``, ``year``, ``use_m3`` (readings), ``complete`` (bool: the year is over and every well has its
        reading) and ``recharge_m3`` (NaN where it is not known).
    """
    pairs = zone_points(scene, "wells")
    used = sum_of_wells(scene, pairs["point"].to_numpy("int64"), pairs["zone_id"].to_numpy(dtype=object))
    table = used.rename(columns={"unit_id": "zone_id", "value": "use_m3"})[
        ["zone_id", "year", "use_m3", "complete"]
    ]
    said = pd.concat([scene.amounts.indices("recharge", role) for role in ("zones", "units")])
    said = said[said["unit"].eq("m3")].astype({"year": "int64"})
    said = said.groupby(["subject_id", "year"])["value"].min().rename("recharge_m3").reset_index()
    said = said.rename(columns={"subject_id": "zone_id"})
    if not len(said) or not len(table):
        return table.assign(recharge_m3=np.nan)
    told = pd.merge_asof(
        table.astype({"zone_id": str}).sort_values(["year", "zone_id"]),
        said.astype({"zone_id": str}).sort_values(["year", "zone_id"]),
        on="year",
        by="zone_id",
    )
    return told.sort_values(["zone_id", "year"]).reset_index(drop=True)
