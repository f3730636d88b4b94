"""Each criterion of the closing order as a column between 0 and 1, NaN where the register does not tell.

============  ======================================================================================================
severity      1 in a severe over-extraction zone, 0 in a general one
control       1 in a banned zone, 0.5 in a restricted one, 0 in neither
unpermitted   1 without a permit, 0 with one (nobody records permits at all: not known)
unmetered     1 without a meter, 0 with one
substitute    1 inside a supply network or an area of another source, 0 outside (neither layer supplied: not known)
idle          1 if every one of the last whole years has readings and none of water or power is above zero; 0 if one is
              (a figure below zero or one that could not be read: not known)
age           years since it was built ÷ those of the oldest candidate
decline       fall of the level in its zone (m a year) ÷ the largest fall among the candidates' zones; 0 where it rises
inefficiency  m³ per mu ÷ the largest among the candidates
volume        m³ a year ÷ the largest among the candidates
============  ======================================================================================================
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..rules.facts.cover import cover
from ..rules.facts.levels import slopes, station_years
from ..rules.facts.yearbook import last_full_year
from ..rules.scene import Scene
from .settings import CRITERIA, ClosingSettings

DAYS_PER_YEAR = 365.2425


def criteria_of(scene: Scene, rows: np.ndarray, settings: ClosingSettings) -> pd.DataFrame:
    """The criteria of the candidates.

    Args:
        rows: positions of the candidates among the wells.

    Returns:
        Columns ``CRITERIA`` (0 … 1, NaN: not known), ``used_m3`` (mean of the whole years among the last ``years``)
        and ``permit_m3``, aligned with ``rows``.
    """
    place, now = scene.placement.frame.iloc[rows], scene.wells_now.iloc[rows]
    use = _use(scene, rows, settings.years)
    area = _area_mu(scene)[rows]
    per_mu = np.where(area > 0, use["used_m3"].to_numpy() / np.where(area > 0, area, np.nan), np.nan)
    columns = {
        "severity": (place["zone_severity"] == "severe").to_numpy(dtype="float64"),
        "control": place["zone_control"]
        .map({"banned": 1.0, "restricted": 0.5})
        .fillna(0.0)
        .to_numpy("float64"),
        "unpermitted": _unpermitted(scene, now),
        "unmetered": now["metered"].map({True: 0.0, False: 1.0}).to_numpy(dtype="float64"),
        "substitute": _substitute(scene)[rows],
        "idle": use["idle"].to_numpy(),
        "age": _share(_age(scene)[rows]),
        "decline": _share(_decline(scene, settings.level_years)[rows]),
        "inefficiency": _share(per_mu),
        "volume": _share(use["used_m3"].to_numpy()),
    }
    frame = pd.DataFrame({name: columns[name] for name in CRITERIA})
    frame["used_m3"] = use["used_m3"].to_numpy()
    frame["permit_m3"] = now["permit_m3"].to_numpy(dtype="float64")
    return frame


def _share(values: np.ndarray) -> np.ndarray:
    """Values above 0 over the largest of them; 0 for the rest, NaN stays."""
    above = np.maximum(values, 0.0)
    known = above[~np.isnan(above)]
    largest = known.max() if len(known) else 0.0
    return above / largest if largest > 0 else above


def _unpermitted(scene: Scene, now: pd.DataFrame) -> np.ndarray:
    everyone = scene.wells_now
    recorded = everyone["permit_no"].notna().any() or everyone["permitted"].any()
    if not (recorded or scene.has("permits") or scene.has("permit_wells")):
        return np.full(len(now), np.nan)
    return (~now["permitted"].to_numpy(dtype=bool)).astype("float64")


def _substitute(scene: Scene) -> np.ndarray:
    """Inside a network or an area of another source; NaN where no such layer was supplied."""
    size = len(scene.frame("wells"))
    found, known = np.zeros(size, dtype=bool), False
    if scene.has("networks"):
        found |= (scene.placement.frame["in_network"] == True).fillna(False).to_numpy(dtype=bool)  # noqa: E712
        known = True
    if scene.has("alternatives"):
        area = cover(scene, "wells", "alternatives")
        found |= area.inside | area.perhaps
        known = True
    return found.astype("float64") if known else np.full(size, np.nan)


def _use(scene: Scene, rows: np.ndarray, years: int) -> pd.DataFrame:
    """``used_m3`` (mean of the whole years that were read) and ``idle`` (1, 0 or NaN) over the last whole years."""
    last = last_full_year(scene)
    table = scene.amounts.well_years
    recent = table[table["year"].between(last - years + 1, last)]
    whole = recent[recent["whole"].to_numpy(dtype=bool)]
    used = whole.groupby("well")["volume_m3"].mean().reindex(rows).to_numpy(dtype="float64")
    later = table[table["year"].between(last - years + 1, scene.as_of.year)]
    running = later[((later["volume_m3"] > 0) | (later["energy_kwh"] > 0)).to_numpy()]["well"]
    ran = np.isin(rows, running)
    sound = whole[whole["sound"].to_numpy(dtype=bool)]
    read = sound.groupby("well")["year"].nunique().reindex(rows).fillna(0).to_numpy() >= years
    return pd.DataFrame({"used_m3": used, "idle": np.select([ran, read], [0.0, 1.0], default=np.nan)})


def _age(scene: Scene) -> np.ndarray:
    """Years since each well was built (else commissioned); NaN where nobody recorded it."""
    wells = scene.frame("wells")
    history = scene.history
    built = history[history["kind"].isin(["built", "commissioned"]) & history["day"].notna()]
    first = built.groupby("row")["day"].min().reindex(pd.RangeIndex(len(wells)))
    days = (pd.Timestamp(scene.as_of) - first).dt.days.to_numpy(dtype="float64")
    return np.where(days >= 0, days / DAYS_PER_YEAR, np.nan)


def _decline(scene: Scene, years: int) -> np.ndarray:
    """Fall of the level (m a year) in the zone of each well: the median over its stations of the Theil–Sen slope of
    their yearly means; NaN without a station that was read in two of the years."""
    size = len(scene.frame("wells"))
    if not (scene.has("stations") and scene.has("levels")):
        return np.full(size, np.nan)
    table = station_years(scene)
    table = table[(table["year"] > scene.as_of.year - years) & (table["year"] <= scene.as_of.year)]
    if not len(table):
        return np.full(size, np.nan)
    wide = table.pivot(index="station", columns="year", values="level_m")
    fall = -slopes(wide.columns.to_numpy(dtype="float64"), wide.to_numpy(dtype="float64"))
    hits = scene.place("stations").zone_hits
    layer = scene.place("stations").zones
    if layer is None:
        return np.full(size, np.nan)
    of_station = pd.DataFrame({"station": wide.index.to_numpy(), "fall": fall}).dropna()
    zones = pd.DataFrame(
        {
            "station": hits["point"].to_numpy(),
            "zone": layer["zone_id"].to_numpy(dtype=object)[hits["zone"].to_numpy()],
        }
    ).drop_duplicates()
    by_zone = of_station.merge(zones, on="station").groupby("zone")["fall"].median()
    return scene.placement.frame["zone_id"].map(by_zone).to_numpy(dtype="float64")


def _area_mu(scene: Scene) -> np.ndarray:
    """Irrigated area of each well (mu): as recorded, else its shares of the areas that it serves."""
    own = scene.frame("wells")["area_mu"].to_numpy(dtype="float64")
    links = scene.frame("well_areas")
    well, area = scene.rows_of("wells", links["well_id"]), scene.rows_of("irrigation", links["area_id"])
    known = (well >= 0) & (area >= 0)
    mu = scene.frame("irrigation")["area_mu"].to_numpy(dtype="float64")
    served = pd.DataFrame(
        {
            "well": well[known],
            "mu": links["share_ratio"].fillna(1.0).to_numpy(dtype="float64")[known] * mu[area[known]],
        }
    )
    shares = (
        served.groupby("well")["mu"].sum(min_count=1).reindex(pd.RangeIndex(len(own))).to_numpy("float64")
    )
    return np.where(np.isnan(own), shares, own)
