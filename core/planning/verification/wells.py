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

    A reading after the day of retirement with water or power above zero is use. It is a ``fail`` where the well is
    recorded to serve the area, is an irrigation well and serves no land that is not retired; ``review`` where it may
    have run for something else, or where the only such reading began before the land was retired. ``pass`` needs
    readings of zero throughout the whole years since, or the whole months where there is no whole year.

    Returns:
        ``WELL_COLUMNS`` and ``geometry`` (a point in WGS 84, None without a place), by well and area. Empty without
        wells.
    """
    pairs = _pairs(register, land) if register.has("wells") else pd.DataFrame()
    if pairs.empty:
        return pd.DataFrame(columns=[*WELL_COLUMNS, "geometry"])
    wells, subjects = register["wells"], land.subjects.iloc[pairs["subject"]].reset_index(drop=True)
    found = pd.DataFrame({"well": pairs["well"], "since": subjects["retired_since"]})
    use = use_since(found, _readings(register, as_of), as_of)
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
    state = _states(frame, use)
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


def _states(frame: pd.DataFrame, use: pd.DataFrame) -> np.ndarray:
    only_here = (
        frame["links"].str.contains("serves").to_numpy()
        & (frame["use"] == "irrigation").fillna(False).to_numpy(dtype=bool)
        & (frame["n_other_areas"] == 0).to_numpy()
        & (frame["retired_ratio"] >= WHOLE).to_numpy()
    )
    used = use["used"].to_numpy(dtype=bool)
    conditions = {
        "undated": frame["retired_since"].isna().to_numpy(),
        "used": used & only_here,
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
    """``well`` and ``subject`` (positions), ``links`` (inside, serves), ``n_other_areas`` that it serves and that are
    not wholly retired."""
    served = _served(register, land)
    of_area = pd.Series(land.subjects.index.to_numpy(), index=land.subjects["row"].to_numpy())
    serving = served[served["area"].isin(of_area.index)]
    inside = _inside(register, land)
    links = pd.concat(
        [
            inside.assign(link="inside"),
            pd.DataFrame(
                {
                    "well": serving["well"],
                    "subject": serving["area"].map(of_area).astype("int64"),
                    "link": "serves",
                }
            ),
        ],
        ignore_index=True,
    )
    pairs = links.groupby(["well", "subject"])["link"].agg(";".join).rename("links").reset_index()
    in_use = served[land.retired_ratio[served["area"].to_numpy(dtype="int64")] < WHOLE]
    # An area that is itself retired in part is told by its ratio
    others = pairs[["well", "subject"]].merge(in_use, on="well")
    others = others[land.subjects["row"].to_numpy()[others["subject"]] != others["area"].to_numpy()]
    count = others.groupby(["well", "subject"]).size().rename("n_other_areas")
    pairs = pairs.merge(count.reset_index(), on=["well", "subject"], how="left")
    pairs["n_other_areas"] = pairs["n_other_areas"].fillna(0).astype("int64")
    return pairs


def _served(register: Register, land: RetiredLand) -> pd.DataFrame:
    """Which wells (``well``) serve which areas in force (``area``), by both tables of links."""
    listed = land.areas["well_ids"].dropna().astype(str).str.split(";").explode().str.strip()
    areas = land.areas["area_id"]
    parts = [pd.DataFrame({"well_id": listed.to_numpy(), "area": listed.index.to_numpy()})]
    if register.has("well_areas"):
        table = register["well_areas"]
        by_id = pd.DataFrame({"area_id": areas, "area": np.arange(len(areas))}).dropna()
        parts.append(table[["well_id", "area_id"]].dropna().merge(by_id, on="area_id")[["well_id", "area"]])
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
