"""What each unit, sector, user and well was given for a year, and below whom each of them stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .user_years import well_users
from .yearbook import caps_of

if TYPE_CHECKING:
    from ..scene import Scene

GROUNDWATER = ("groundwater", "deep_confined")
MEASURES = ("index", "plan", "quota")
UNIT_CHILDREN = ("county", "township", "village", "division", "regiment", "basin", "management_unit")


def allotments(scene: Scene, kind: str, source: str, sector: str = "") -> pd.DataFrame:
    """One row per subject and year: ``id``, ``year``, ``value`` (m³), ``parent_id`` (canonical, "" where not given).

    Args:
        kind: a unit level, ``user`` or ``well``.
        source: ``groundwater`` or ``total``.
        sector: only what was given for this sector; empty: for all sectors together.

    A subject's index counts, its plan where it has none, its quota where it has neither. Of several issuers the
    smaller figure binds. Of units, the policy's own figures count as well.
    """
    return scene.once(("allotments", kind, source, sector), lambda: _allotments(scene, kind, source, sector))


def _allotments(scene: Scene, kind: str, source: str, sector: str) -> pd.DataFrame:
    if kind in (*UNIT_CHILDREN, "city") and not sector:
        caps = caps_of(scene, kind, source).rename(columns={"unit_id": "id"})
        return _with_parents(scene, caps[["id", "year", "value"]], source)
    role = {"user": "users", "well": "wells"}.get(kind, "units")
    parts = [_rows(scene, measure, role, source).assign(rank=rank) for rank, measure in enumerate(MEASURES)]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    if sector or role == "units":
        rows = rows[(rows["sector"] == sector).to_numpy()]
    if kind in UNIT_CHILDREN:
        levels = scene.unit_table.set_index("unit_id")["level"]
        rows = rows[rows["subject_id"].map(levels).eq(kind).to_numpy(dtype=bool)]
    return _binding_figures(rows)


def _binding_figures(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per subject and year of the rows of INDICES: the first measure (``rank``) that has a figure; within it
    the figures of several sources of one issuer add up, and of several issuers the smaller binds."""
    subject, ids = pd.factorize(rows["subject_id"])
    parent, parents = pd.factorize(rows["parent_id"].fillna(""), sort=True)
    numbers = pd.DataFrame(
        {
            "subject": subject,
            "year": rows["year"].to_numpy("int64"),
            "rank": rows["rank"].to_numpy("int64"),
            "issuer": pd.factorize(rows["issuer"])[0],
            "value": rows["value"].to_numpy("float64"),
            "parent": parent,
        }
    )
    keys = ["subject", "year", "rank", "issuer"]
    sums = (
        numbers.groupby(keys, sort=False).agg(value=("value", "sum"), parent=("parent", "max")).reset_index()
    )
    sums = sums.sort_values(["subject", "year", "rank", "value", "parent"]).drop_duplicates(
        ["subject", "year"]
    )
    return pd.DataFrame(
        {
            "id": np.asarray(ids, dtype=object)[sums["subject"]],
            "year": sums["year"].to_numpy(),
            "value": sums["value"].to_numpy(),
            "parent_id": np.asarray(parents, dtype=object)[sums["parent"]],
        }
    )


def sector_sums(scene: Scene, level: str, source: str) -> pd.DataFrame:
    """What was given to sectors: ``id`` (unit), ``year``, ``sector``, ``value``; one row per unit, year and sector."""
    rows = _rows(scene, "index", "units", source)
    levels = scene.unit_table.set_index("unit_id")["level"]
    at = rows["subject_id"].map(levels).eq(level) | ((level == "city") & rows["subject_id"].eq(scene.city))
    rows = rows[(rows["sector"] != "").to_numpy() & at.to_numpy(dtype=bool)]
    # issuers of one sector's figure: the smaller binds, as for units
    sums = rows.groupby(["subject_id", "year", "sector"], sort=True)["value"].min().reset_index()
    return sums.rename(columns={"subject_id": "id"})


def _rows(scene: Scene, measure: str, role: str, source: str) -> pd.DataFrame:
    """Rows of a measure for a source: stated for it, or, where the whole role never states one, all.

    A total is never taken for a part of it: where a register names sources, a figure without one is of all sources.
    """
    rows = scene.amounts.indices(measure, role=role)
    rows = rows.assign(sector=rows["sector"].fillna(""), source=rows["source"].fillna(""))
    rows = rows[rows["value"].notna().to_numpy() & rows["year"].notna().to_numpy()]
    stated = rows["source"].to_numpy(dtype=object)
    if source == "groundwater":
        unstated = role == "wells" or not np.any((stated != "") & (stated != "total"))
        kept = np.isin(stated, GROUNDWATER) | (unstated & (stated == ""))
    else:
        kept = np.isin(stated, ["", "total"])
        if role == "wells":
            kept |= np.isin(stated, GROUNDWATER)
    return rows[kept].reset_index(drop=True)


def _with_parents(scene: Scene, caps: pd.DataFrame, source: str) -> pd.DataFrame:
    said = _rows(scene, "index", "units", source)
    said = said[said["parent_id"].notna() & (said["parent_id"] != "")]
    parents = said.drop_duplicates(["subject_id", "year"]).set_index(["subject_id", "year"])["parent_id"]
    keys = pd.MultiIndex.from_frame(caps[["id", "year"]])
    return caps.assign(parent_id=parents.reindex(keys).fillna("").to_numpy(dtype=object)).reset_index(
        drop=True
    )


def parents_of(scene: Scene, given: pd.DataFrame, kind: str, parent: str) -> pd.DataFrame:
    """Who stands above whom: ``child`` (row of ``given``), ``parent_id`` ("" where not known), ``share`` (0 to 1).

    A parent named in the figure itself goes first; else the unit in which the child lies, or the users of the well.
    """
    named = np.asarray(scene.unit_key(given["parent_id"]), dtype=object) if parent != "user" else None
    ids = given["id"].to_numpy(dtype=object)
    one = np.ones(len(given))
    if parent == "user":
        return _users_of_wells(scene, given)
    if kind == "well":
        found = _at(np.asarray(scene.unit_at("wells", parent), dtype=object), scene.rows_of("wells", ids))
    elif kind == "user":
        found = _units_of_users(scene, ids, parent)
    else:
        found = _above(scene, ids, parent)
    table = scene.unit_table
    at_level = np.isin(
        named, [scene.city] if parent == "city" else table.loc[table["level"] == parent, "unit_id"]
    )
    found = np.where(at_level, named, found)
    return pd.DataFrame({"child": np.arange(len(given)), "parent_id": found, "share": one})


def _above(scene: Scene, ids: np.ndarray, parent: str) -> np.ndarray:
    """The unit of a level above each unit, "" where none."""
    levels = dict(zip(scene.unit_table["unit_id"], scene.unit_table["level"], strict=True))

    def up(unit: str) -> str:
        above = scene.book.ancestors(unit)[1:]
        if parent == "city":
            return scene.city if scene.city in above else ""
        return next((one for one in above if levels.get(one) == parent), "")

    known = {unit: up(unit) for unit in pd.unique(ids)}
    return np.array([known[unit] for unit in ids], dtype=object)


def _units_of_users(scene: Scene, ids: np.ndarray, parent: str) -> np.ndarray:
    """The unit of each user: by its recorded county, else the one unit in which all of its wells lie."""
    if parent in ("city", "county"):
        found = _at(np.asarray(scene.unit_at("users", parent), dtype=object), scene.rows_of("users", ids))
        if not np.any(found == ""):
            return found
    else:
        found = np.full(len(ids), "", dtype=object)
    links = well_users(scene)
    places = pd.Series(
        np.asarray(scene.unit_at("wells", parent), dtype=object)[links["well"].to_numpy("int64")]
    )
    rows = pd.DataFrame({"user": links["user_id"].to_numpy(), "unit": places.to_numpy()})
    rows = rows[(rows["unit"] != "").to_numpy()].groupby("user")["unit"].agg(["nunique", "first"])
    single = rows.loc[rows["nunique"] == 1, "first"]
    by_wells = pd.Series(ids, dtype=object).map(single).fillna("").to_numpy(dtype=object)
    return np.where(found == "", by_wells, found)


def _users_of_wells(scene: Scene, given: pd.DataFrame) -> pd.DataFrame:
    links = well_users(scene)
    row = np.asarray(scene.rows_of("wells", given["id"]), dtype="int64")
    of_child = pd.DataFrame({"child": np.arange(len(given)), "well": row})
    joined = of_child.merge(links, on="well", how="left")
    parent = joined["user_id"].astype(object).where(joined["user_id"].notna(), "")
    return pd.DataFrame({"child": joined["child"], "parent_id": parent, "share": joined["share"]})


def _at(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.append(values, "").astype(object)[np.asarray(rows, dtype="int64")]
