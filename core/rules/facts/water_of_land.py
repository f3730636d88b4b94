"""Irrigated land by unit, the quotas on it, and the water that its wells brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...overlay.areas import repaired_polygons, reproject, split_by_units
from ...overlay.editions import Editions, row_ids
from ...overlay.points import crs_of
from .irrigated_land import geometry_mu, irrigated_share

if TYPE_CHECKING:
    from ..scene import Scene


def latest_by_subject(rows: pd.DataFrame, until: int) -> pd.DataFrame:
    """The last row up to a year of each ``id`` (of several the smallest ``value``), indexed by id."""
    rows = rows[(rows["year"] <= until).to_numpy()].sort_values(
        ["id", "year", "value"], ascending=[True, False, True], kind="stable"
    )
    return rows.drop_duplicates("id").set_index("id")


def area_of(scene: Scene) -> np.ndarray:
    """Area of each irrigation polygon on the ellipsoid, the registered one where there is no polygon; 亩."""
    drawn = geometry_mu(scene)
    return np.where(drawn > 0, drawn, scene.frame("irrigation")["area_mu"].to_numpy("float64"))


def quotas(scene: Scene) -> np.ndarray:
    """m³/亩 of each irrigation area: its own, else the last of INDICES for it; NaN where neither is given."""
    areas = scene.frame("irrigation")
    own = areas["quota_m3_per_mu"].to_numpy("float64")
    said = scene.amounts.indices("quota_per_mu", "irrigation").rename(columns={"subject_id": "id"})
    last = latest_by_subject(said[["id", "year", "value"]], scene.as_of.year)["value"]
    return np.where(np.isnan(own), areas["area_id"].map(last).astype("float64").to_numpy(), own)


def unit_land(scene: Scene, level: str) -> pd.DataFrame:
    """Irrigated land of each unit: ``area_mu``, ``need_m3`` (Σ area · quota) and ``unknown_mu`` (land without a quota).

    Indexed by unit id. Areas are cut at the borders of the units; without polygons of that level the recorded unit
    holds. A unit's own quota stands in where an area has none.
    """
    pieces = _pieces(scene, level)
    said = scene.amounts.indices("quota_per_mu", "units").rename(columns={"subject_id": "id"})
    of_unit = latest_by_subject(said[["id", "year", "value"]], scene.as_of.year)["value"]
    quota = quotas(scene)[pieces["area"].to_numpy("int64")]
    quota = np.where(np.isnan(quota), pieces["unit_id"].map(of_unit).astype("float64").to_numpy(), quota)
    area = pieces["area_mu"].to_numpy("float64")
    table = pd.DataFrame(
        {
            "unit_id": pieces["unit_id"],
            "area_mu": area,
            "need_m3": np.nan_to_num(area * quota),
            "unknown_mu": np.where(np.isnan(quota), area, 0.0),
        }
    )
    return (
        table[(table["unit_id"] != "").to_numpy()]
        .groupby("unit_id")[["area_mu", "need_m3", "unknown_mu"]]
        .sum()
    )


def _pieces(scene: Scene, level: str) -> pd.DataFrame:
    """``area`` (row), ``unit_id``, ``area_mu`` of irrigated land."""
    areas, units = scene.frame("irrigation"), scene.register.get("units")
    whole = area_of(scene)
    size = np.nan_to_num(whole) * irrigated_share(scene, scene.as_of, whole)
    recorded = np.asarray(scene.unit_at("irrigation", level), dtype=object)
    by_record = pd.DataFrame({"area": np.arange(len(areas)), "unit_id": recorded, "area_mu": size})
    if units is None:
        return by_record
    alive = Editions(units, row_ids(units, "unit_id")).on(scene.today)
    at_level = np.flatnonzero((units["level"] == level).to_numpy(bool) & alive)
    shapes = repaired_polygons(areas, "irrigation")[0]
    drawn = np.array([shape is not None for shape in shapes], dtype=bool)
    if not len(at_level) or not drawn.any():
        return by_record
    crs, target = crs_of(areas, "irrigation"), crs_of(units, "units")
    covers = repaired_polygons(units, "units")[0][at_level]
    cuts = split_by_units(reproject(shapes, crs, target), covers, target)
    ids = np.asarray(scene.unit_key(units["unit_id"].to_numpy(dtype=object)[at_level]), dtype=object)
    row = cuts["area"].to_numpy("int64")
    by_place = pd.DataFrame(
        {
            "area": row,
            "unit_id": ids[cuts["cover"].to_numpy("int64")],
            "area_mu": size[row] * cuts["share"].to_numpy("float64"),
        }
    )
    parts = [part for part in (by_place, by_record[~drawn]) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else by_place


def well_area_volumes(scene: Scene) -> pd.DataFrame:
    """Water used on each irrigation area by year.

    Returns:
        ``row`` (of the irrigation areas), ``year``, ``use_m3`` (NaN where it is not known in full), ``origin``
        (recorded or wells), ``part`` (the wells bring only a part of the water), ``area_mu``, ``quota``.
    """
    areas = scene.frame("irrigation")
    table = _use_of_areas(scene)
    row, year = table["row"].to_numpy("int64"), table["year"].to_numpy("int64")
    by_year = scene.frame("area_years").dropna(subset=["area_id", "year"])
    irrigated = by_year.groupby([by_year["area_id"], by_year["year"].astype("int64")])["irrigated_mu"].min()
    keys = pd.MultiIndex.from_arrays([areas["area_id"].to_numpy(dtype=object)[row], year])
    size = irrigated.reindex(keys).to_numpy("float64") if len(irrigated) else np.full(len(row), np.nan)
    registered = areas["area_mu"].to_numpy("float64")
    fallback = np.where(np.isnan(registered), area_of(scene), registered)[row]
    source = areas["source"].to_numpy(dtype=object)[row]
    return table.assign(
        area_mu=np.where(np.isnan(size), fallback, size),
        quota=quotas(scene)[row],
        part=(table["origin"] == "wells").to_numpy() & (source != "groundwater"),
    )


def _use_of_areas(scene: Scene) -> pd.DataFrame:
    said = scene.amounts.indices("use", "irrigation")
    said = said[said["source"].isin(["", "total"]).to_numpy()]
    said = said.assign(row=scene.rows_of("irrigation", said["subject_id"]))
    said = said[(said["row"] >= 0).to_numpy()].groupby(["row", "year"])["value"].max()
    brought = _brought_by_wells(scene)
    keys = sorted({*said.index, *brought.index})
    index = pd.MultiIndex.from_tuples(keys) if keys else None
    use, wells = (
        found.reindex(index).to_numpy("float64") if len(found) else np.full(len(keys), np.nan)
        for found in (said, brought)
    )
    recorded = ~np.isnan(use)
    return pd.DataFrame(
        {
            "row": np.array([row for row, _ in keys], dtype="int64"),
            "year": np.array([year for _, year in keys], dtype="int64"),
            "use_m3": np.where(recorded, use, wells),
            "origin": np.where(recorded, "recorded", "wells").astype(object),
        }
    )


def _brought_by_wells(scene: Scene) -> pd.Series:
    """m³ by area (row) and year; NaN where a well has no reading of the whole year, or a share that nobody gave."""
    links = scene.frame("well_areas").dropna(subset=["well_id", "area_id"])
    table = pd.DataFrame(
        {
            "well": scene.rows_of("wells", links["well_id"]),
            "row": scene.rows_of("irrigation", links["area_id"]),
            "share": links["share_ratio"].to_numpy("float64"),
        }
    )
    table = table[((table["well"] >= 0) & (table["row"] >= 0)).to_numpy()]
    alone = table.groupby("well")["row"].transform("size") == 1
    table["share"] = table["share"].where(table["share"].notna() | ~alone, 1.0)
    read = scene.amounts.well_years
    years = pd.DataFrame({"year": np.sort(read["year"].unique())})
    grid = table.merge(years, how="cross").merge(
        read[["well", "year", "volume_m3", "whole"]], how="left", on=["well", "year"]
    )
    volume = (grid["volume_m3"] * grid["share"]).where(grid["whole"].eq(True))
    keys = [grid["row"], grid["year"]]
    grouped = volume.groupby(keys)
    total = grouped.sum().where(grouped.count() == grouped.size())
    # a year in which none of the wells was read says nothing about the area at all
    return total[(grid["volume_m3"].notna().groupby(keys).sum() > 0).to_numpy()]
