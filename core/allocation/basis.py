"""What a well's share of a cap is measured by: irrigated area times quota, permit, or past use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from ..rules.scene import Scene

BASES = ("area_quota", "permit", "past_use")
REASONS = ("no_area", "no_quota", "no_permit", "no_reading", "no_land", "no_use")
"""Why a well has no basis; the last two are known facts: it irrigates no land, it took no water."""

UNIT_LEVELS = ("village", "township", "regiment", "management_unit", "county", "division", "city")
"""Units whose quota per 亩 is looked for, the nearest first."""


def weights(scene: Scene, basis: str, year: int, past_years: Iterable[int]) -> pd.DataFrame:
    """The weight of each well (m³), in input order.

    - ``area_quota``: Σ over the areas it serves of share · area (亩) · quota (m³/亩). Shares are those of WELL_AREAS;
      wells without a share, and the ``well_ids`` of an area, divide what is left of the area evenly. The area is
      what was irrigated in ``year`` (AREA_YEARS), else the registered one; retired areas are none. A well without
      areas takes its own ``area_mu``. The quota is the area's own, else ``quota_per_mu`` of the year of the nearest
      unit above.
    - ``permit``: the permitted volume.
    - ``past_use``: the mean volume of its complete ``past_years``.

    Returns:
        ``weight`` (NaN: no basis) and ``reason`` (of ``REASONS``, "" where there is one). A well of which one area is
        not known has no basis: a share of its need would be taken for the whole.
    """
    if basis == "permit":
        found = scene.wells_now["permit_m3"].to_numpy(dtype="float64", na_value=np.nan)
        reason = "no_permit"
    elif basis == "past_use":
        found, reason = _past_use(scene, past_years), "no_reading"
    else:
        return _area_quota(scene, year)
    usable = np.isfinite(found) & (found > 0)
    dry = (found == 0) & (basis == "past_use")
    return pd.DataFrame(
        {
            "weight": np.where(usable, found, np.nan),
            "reason": np.select([usable, dry], ["", "no_use"], reason).astype(object),
        }
    )


def _past_use(scene: Scene, years: Iterable[int]) -> np.ndarray:
    table = scene.amounts.well_years
    chosen = table[table["year"].isin(list(years)) & table["whole"] & table["volume_m3"].notna()]
    mean = chosen.groupby("well")["volume_m3"].mean()
    return mean.reindex(range(len(scene.frame("wells")))).to_numpy(dtype="float64")


def _area_quota(scene: Scene, year: int) -> pd.DataFrame:
    wells = scene.frame("wells")
    size = len(wells)
    links = _links(scene)
    area, quota = _areas(scene, year)
    own_quota = _unit_quota(scene, "wells", year)
    of_area = links["area"].to_numpy("int64")
    above = np.where(np.isnan(quota[of_area]), own_quota[links["well"].to_numpy("int64")], quota[of_area])
    links["need"] = links["share"].to_numpy() * area[of_area] * above
    dry = (links["share"].to_numpy() * area[of_area]) == 0
    links.loc[dry, "need"] = 0.0
    links["no_area"], links["no_quota"] = np.isnan(area[of_area]), np.isnan(above) & ~dry
    grouped = links.groupby("well")[["need", "no_area", "no_quota"]]
    sums = grouped.agg({"need": "sum", "no_area": "max", "no_quota": "max"}).reindex(range(size))
    linked = sums["need"].notna().to_numpy()
    alone = wells["area_mu"].to_numpy(dtype="float64")
    need = np.where(linked, sums["need"].to_numpy(), alone * own_quota)
    no_area = np.where(linked, sums["no_area"].eq(True), ~(alone >= 0)).astype(bool)
    no_quota = np.where(linked, sums["no_quota"].eq(True), np.isnan(own_quota)).astype(bool)
    land = linked | (alone != 0)
    reason = np.select(
        [no_area, no_quota & land, ~(need > 0)], ["no_area", "no_quota", "no_land"], ""
    ).astype(object)
    return pd.DataFrame({"weight": np.where(reason == "", need, np.nan), "reason": reason})


def _links(scene: Scene) -> pd.DataFrame:
    """Which well serves which area, and with which share of it: ``well`` ``area`` (rows) ``share``."""
    told = scene.frame("well_areas")
    pairs = pd.DataFrame(
        {
            "well": scene.rows_of("wells", told["well_id"]),
            "area": scene.rows_of("irrigation", told["area_id"]),
            "share": told["share_ratio"].to_numpy(dtype="float64"),
        }
    )
    pairs = pairs[(pairs["well"] >= 0) & (pairs["area"] >= 0)].drop_duplicates(["well", "area"])
    areas = scene.frame("irrigation")
    listed = areas["well_ids"].dropna().astype(str).str.split(";").explode().str.strip()
    listed = listed[~listed.index.isin(pairs["area"]) & (listed != "")]
    named = pd.DataFrame(
        {"well": scene.rows_of("wells", listed), "area": listed.index.to_numpy(), "share": np.nan}
    )
    named = named[named["well"] >= 0].drop_duplicates(["well", "area"])
    both = pd.concat([part for part in (pairs, named) if len(part)] or [pairs], ignore_index=True)
    both = both.astype({"well": "int64", "area": "int64", "share": "float64"})
    of_area = both.groupby("area")["share"]
    open_share = both["share"].isna().groupby(both["area"]).transform("sum")
    rest = (1.0 - of_area.transform("sum")).clip(lower=0.0) / open_share.where(open_share > 0)
    both["share"] = both["share"].fillna(rest)
    return both.sort_values(["well", "area"], kind="stable").reset_index(drop=True)


def _areas(scene: Scene, year: int) -> tuple[np.ndarray, np.ndarray]:
    """亩 and m³/亩 of each irrigation area, NaN where not known."""
    areas, years = scene.frame("irrigation"), scene.frame("area_years")
    area = areas["area_mu"].to_numpy(dtype="float64").copy()
    of_year = years[
        (years["year"] == year).fillna(False).to_numpy(dtype=bool) & years["irrigated_mu"].notna().to_numpy()
    ]
    row = np.asarray(scene.rows_of("irrigation", of_year["area_id"]), dtype="int64")
    area[row[row >= 0]] = of_year["irrigated_mu"].to_numpy(dtype="float64")[row >= 0]
    area[(areas["status"] == "retired").to_numpy(dtype=bool)] = 0.0
    return area, areas["quota_m3_per_mu"].to_numpy(dtype="float64")


def _unit_quota(scene: Scene, role: str, year: int) -> np.ndarray:
    told = scene.amounts.indices("quota_per_mu", "units")
    told = told[(told["year"] == year) & (told["unit"] == "m3/mu")]
    told = told.sort_values(["subject_id", "sector", "value"], kind="stable").drop_duplicates("subject_id")
    by_unit = told.set_index("subject_id")["value"]
    found = np.full(len(scene.frame(role)), np.nan)
    if len(by_unit):
        for level in UNIT_LEVELS:
            here = pd.Series(scene.unit_at(role, level), dtype=object).map(by_unit).to_numpy(dtype="float64")
            found = np.where(np.isnan(found), here, found)
    return found
