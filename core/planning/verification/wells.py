"""Wells in retired areas, or serving them, that still show water or power after the land was retired."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import shapely

from ...findings.verdicts import to_json
from ...overlay.points import Points, geometries
from ...register import ROW_ID, Register
from ...register.readings import told_readings
from .land import WHOLE, RetiredLand
from .use import use_since

WELL_COLUMNS = (
    *(
        "well_id",
        "row_id",
        "area_id",
        "area_row_id",
        "links",
        "use",
        "status",
        "retired_since",
        "retired_ratio",
    ),
    *("n_other_areas", "n_readings", "volume_m3", "energy_kwh", "first_on", "last_on", "outcome"),
    *("message_key", "message_values"),
)


def well_activity(register: Register, land: RetiredLand, as_of: date) -> pd.DataFrame:
    """One row per well and retired area in which it stands or which it serves.

    A reading above zero, of water or power, of a month or year that begins on or after the day of retirement is use.
    It is a ``fail`` where the well is an irrigation well, is recorded to serve the area, and every area that it serves
    was wholly retired by then; ``review`` where it may have run for something else, or where the only such reading
    began before the land was retired. ``pass`` needs readings of zero throughout the whole years since, or the whole
    months where there is no whole year. ``n_other_areas`` are those that it serves and that are not retired as a
    whole, not since a known day, or not known.

    Returns:
        ``WELL_COLUMNS`` and ``geometry`` (a point in WGS 84, None without a place), by well and area. Empty without
        wells.
    """
    pairs = _pairs(register, land) if register.has("wells") else pd.DataFrame()
    if pairs.empty:
        return pd.DataFrame(columns=[*WELL_COLUMNS, "geometry"])
    wells, subjects = register["wells"], land.subjects.iloc[pairs["subject"]].reset_index(drop=True)
    readings = _readings(register, as_of)
    use = use_since(
        pd.DataFrame({"well": pairs["well"], "since": subjects["retired_since"]}), readings, as_of
    )
    idle = use_since(pd.DataFrame({"well": pairs["well"], "since": pairs["free_since"]}), readings, as_of)
    rows = wells.iloc[pairs["well"]].reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "well_id": rows["well_id"],
            "row_id": rows[ROW_ID],
            "area_id": subjects["area_id"],
            "area_row_id": subjects["row_id"],
            "links": pairs["links"],
            "use": rows["use"],
            "status": rows["status"],
            "retired_since": subjects["retired_since"],
            "retired_ratio": subjects["retired_ratio"],
            "n_other_areas": pairs["n_other_areas"],
            **{name: use[name] for name in ("n_readings", "volume_m3", "energy_kwh", "first_on", "last_on")},
        }
    )
    state = _states(frame, use, idle["used"].to_numpy(dtype=bool))
    frame["outcome"] = pd.Series(state).map(_OUTCOMES).to_numpy(dtype=object)
    frame["message_key"] = "verification.well." + pd.Series(state, dtype=object)
    frame["message_values"] = _values(frame)
    frame["geometry"] = _places(wells)[pairs["well"]]
    order = frame.sort_values(["row_id", "area_row_id"], kind="stable")
    return order[[*WELL_COLUMNS, "geometry"]].reset_index(drop=True)


_OUTCOMES = {
    "used": "fail",
    "used_elsewhere": "review",
    "straddling": "review",
    "quiet": "pass",
    "incomplete": "not_evaluated",
    "undated": "not_evaluated",
}


def _states(frame: pd.DataFrame, use: pd.DataFrame, used_for_nothing: np.ndarray) -> np.ndarray:
    """What can be said of each row; ``used_for_nothing``: when all that it serves was retired."""
    serves = frame["links"].str.contains("serves").to_numpy()
    farm = (frame["use"] == "irrigation").to_numpy(dtype=bool)
    used = use["used"].to_numpy(dtype=bool)
    conditions = {
        "undated": frame["retired_since"].isna().to_numpy(),
        "used": serves & farm & used_for_nothing,
        "used_elsewhere": used,
        "straddling": use["straddling"].to_numpy(dtype=bool),
        "quiet": use["complete"].to_numpy(dtype=bool),
    }
    return np.select(list(conditions.values()), list(conditions), default="incomplete").astype(object)


def _values(frame: pd.DataFrame) -> list[str]:
    days = (
        frame["retired_since"]
        .dt.strftime("%Y-%m-%d")
        .astype(object)
        .where(frame["retired_since"].notna(), None)
    )
    named = zip(
        *(frame["area_row_id"], days, frame["volume_m3"], frame["energy_kwh"], frame["n_other_areas"]),
        strict=True,
    )
    return [
        to_json(
            {
                "area": area,
                "since": since,
                "volume": None if np.isnan(volume) else round(volume, 1),
                "energy": None if np.isnan(energy) else round(energy, 1),
                "others": others,
            }
        )
        for area, since, volume, energy, others in named
    ]


def _pairs(register: Register, land: RetiredLand) -> pd.DataFrame:
    """``well`` and ``subject`` (positions), ``links`` (inside, serves), ``n_other_areas`` and ``free_since``, the day
    on which the last area that the well serves was retired; NaT where one is not, or nobody knows."""
    served = _served(register, land)
    subjects = land.subjects
    of_area = pd.Series(subjects.index.to_numpy(), index=subjects["row"].to_numpy())
    whole = subjects["retired_since"].where(subjects["retired_ratio"] >= WHOLE)
    served["subject"] = served["area"].map(of_area)
    served["since"] = served["subject"].map(whole)
    serving = served.dropna(subset=["subject"]).astype({"subject": "int64"})
    links = pd.concat(
        [_inside(register, land).assign(link="inside"), serving[["well", "subject"]].assign(link="serves")],
        ignore_index=True,
    )
    pairs = links.groupby(["well", "subject"])["link"].agg(";".join).rename("links").reset_index()
    by_well = served.groupby("well")["since"]
    n_open = by_well.size() - by_well.count()
    own_open = pairs["links"].str.contains("serves") & pairs["subject"].map(whole).isna()
    pairs["n_other_areas"] = pairs["well"].map(n_open).fillna(0).astype("int64") - own_open.astype("int64")
    pairs["free_since"] = pairs["well"].map(by_well.max().where(n_open == 0))
    return pairs


def _served(register: Register, land: RetiredLand) -> pd.DataFrame:
    """Which ``well`` serves which ``area``, by both tables of links; -1 for an area that is not in force."""
    listed = land.areas["well_ids"].dropna().astype(str).str.split(";").explode().str.strip()
    parts = [pd.DataFrame({"well_id": listed.to_numpy(), "area": listed.index.to_numpy()})]
    if register.has("well_areas"):
        known = pd.DataFrame({"area_id": land.areas["area_id"], "area": land.areas.index}).dropna()
        table = register["well_areas"][["well_id", "area_id"]]
        parts.append(table.merge(known, on="area_id", how="left")[["well_id", "area"]].fillna({"area": -1}))
    wells = register["wells"]
    ids = pd.DataFrame({"well_id": wells["well_id"], "well": np.arange(len(wells))}).dropna()
    links = pd.concat(parts, ignore_index=True).astype({"well_id": object}).merge(ids, on="well_id")
    return links[["well", "area"]].astype("int64").drop_duplicates().reset_index(drop=True)


def _inside(register: Register, land: RetiredLand) -> pd.DataFrame:
    """Wells within the land of a retired area, its edge included: ``well``, ``subject``."""
    nothing = pd.DataFrame({"well": [], "subject": []}, dtype="int64")
    if land.crs is None:
        return nothing
    tree, rows, _ = Points(register["wells"]).index(land.crs)
    if not len(rows):
        return nothing
    subject, entry = tree.query(land.shapes, predicate="covers")
    return pd.DataFrame({"well": rows[entry].astype("int64"), "subject": subject.astype("int64")})


def _readings(register: Register, as_of: date) -> pd.DataFrame:
    """Readings of known wells, as :func:`.use.use_since` wants them."""
    if not register.has("readings"):
        return pd.DataFrame()
    table, wells = register["readings"], register["wells"]["well_id"]
    first = wells.notna() & ~wells.duplicated(keep=False)
    rows = pd.Series(np.flatnonzero(first), index=wells[first].to_numpy(), dtype="float64")
    told = told_readings(table, register, as_of)
    told["well"] = table["well_id"].map(rows).to_numpy(dtype="float64")
    for name in ("account_no", "voucher_no"):
        told[name] = table[name].fillna("").to_numpy(dtype=object)
    told["as_of"] = table["as_of"].to_numpy(dtype="datetime64[ns]")
    known = told["well"].notna() & (told["year"] > 0) & (told["month"] >= 0) & told["begun"]
    return told[known.to_numpy()].astype({"well": "int64"}).reset_index(drop=True)


def _places(wells: pd.DataFrame) -> np.ndarray:
    shapes = np.full(len(wells), None, dtype=object)
    if shapely.is_missing(geometries(wells)).all():
        return shapes
    moved = wells.geometry.to_crs("EPSG:4326").array
    usable = shapely.is_valid(np.asarray(moved, dtype=object)) & (wells.geom_type == "Point").to_numpy()
    shapes[usable] = np.asarray(moved, dtype=object)[usable]
    return shapes
