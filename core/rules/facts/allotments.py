"""What each unit, sector, user and well was given for a year, and below whom each of them stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .user_years import UNCONVENTIONAL, well_users
from .work import wells_at_work
from .yearbook import caps_of

if TYPE_CHECKING:
    from ..scene import Scene

GROUNDWATER = ("groundwater", "deep_confined")
TOTAL = ("", "total")
MEASURES = ("index", "plan", "quota")
UNIT_CHILDREN = ("county", "township", "village", "division", "regiment", "basin", "management_unit")
SECTOR_OF_KIND = {"farmer": "agriculture", "district": "agriculture"}
"""Sector of users whose sector is not recorded, where their kind tells it."""


def allotments(
    scene: Scene,
    kind: str,
    source: str,
    sectors: tuple[str, ...] = (),
    measures: tuple[str, ...] = MEASURES,
) -> pd.DataFrame:
    """What each part was given: ``id``, ``year``, ``value`` (m³), ``parent_id`` (canonical, "" where not given),
    ``sure`` (bool: of the sectors asked for; False where nobody knows the sector). One row per subject and year.

    Args:
        kind: a unit level, ``user`` or ``well``.
        source: ``groundwater`` or ``total``.
        sectors: only what users were given for these; empty: for all together.
        measures: the first that has a figure counts.

    Of several issuers the smaller figure binds. Of units, the policy's own figures count as well, and those for a
    sector do not. A subject without a figure for all sources has the sum of its sources, unconventional water left
    out: that much it was given at least. The plan recorded on a well has no year: it is its figure of the last year
    for which INDICES give anybody water, where they give the well none.
    """
    key = ("allotments", kind, source, sectors, measures)
    return scene.once(key, lambda: _allotments(scene, kind, source, sectors, measures))


def _allotments(
    scene: Scene, kind: str, source: str, sectors: tuple[str, ...], measures: tuple[str, ...]
) -> pd.DataFrame:
    role = {"user": "users", "well": "wells"}.get(kind, "units")
    parts = [_rows(scene, measure, role, source).assign(rank=rank) for rank, measure in enumerate(measures)]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    if role == "units":
        levels = scene.unit_table.set_index("unit_id")["level"]
        here = rows["subject_id"].map(levels).eq(kind) | (
            (kind == "city") & rows["subject_id"].eq(scene.city)
        )
        own = rows[((rows["sector"] == "") & (rows["rank"] == 0) & here).to_numpy(dtype=bool)]
        caps = caps_of(scene, kind, source).rename(columns={"unit_id": "id"})
        caps = _with_parents(scene, caps[["id", "year", "value"]], source)
        rest = _binding_figures(own)
        known = pd.MultiIndex.from_frame(caps[["id", "year"]])
        rest = rest[~pd.MultiIndex.from_frame(rest[["id", "year"]]).isin(known)]
        found = pd.concat([part for part in (caps, rest) if len(part)] or [caps], ignore_index=True)
        return found.assign(sure=True)
    sure = np.ones(len(rows), dtype=bool)
    if sectors:
        rows, sure = _of_sectors(scene, rows, sectors)
    found = pd.concat(
        [_binding_figures(rows[sure]).assign(sure=True), _binding_figures(rows[~sure]).assign(sure=False)],
        ignore_index=True,
    )
    return _with_recorded_plans(scene, found) if kind == "well" else found


def sectors_of_users(scene: Scene) -> pd.Series:
    """Sector by user id: as recorded, else as the kind tells; "" where neither does."""
    users = scene.frame("users")
    sector = users["sector"].where(users["sector"].notna(), users["kind"].map(SECTOR_OF_KIND))
    known = users["user_id"].notna() & ~users["user_id"].duplicated()
    return pd.Series(sector.fillna("").to_numpy(object), index=users["user_id"].to_numpy(object))[
        known.to_numpy()
    ]


def _of_sectors(
    scene: Scene, rows: pd.DataFrame, sectors: tuple[str, ...]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows of users that are, or may be, of some sectors, and which of them are: a figure of a sector by its own word,
    one of all sectors by the sector of the user, and not where the user has figures of sectors as well."""
    stated = (rows["sector"] != "").to_numpy(bool)
    wanted = rows["sector"].isin(sectors).to_numpy(bool)
    keys = [rows["subject_id"], rows["year"]]
    divided = pd.Series(stated, index=rows.index).groupby(keys).transform("any").to_numpy(bool)
    settled = pd.Series(wanted, index=rows.index).groupby(keys).transform("any").to_numpy(bool)
    own = rows["subject_id"].map(sectors_of_users(scene)).fillna("")
    whole = ~stated & ~settled & (own.isin(sectors) | (own == "")).to_numpy(bool)
    sure = wanted | (whole & (own != "").to_numpy(bool) & ~divided)
    kept = wanted | whole
    return rows[kept].reset_index(drop=True), sure[kept]


def _with_recorded_plans(scene: Scene, given: pd.DataFrame) -> pd.DataFrame:
    """The figures and, for wells that could take water in the last year of which INDICES speak and have none of it, the
    plan recorded on them."""
    wells, year = scene.frame("wells"), _last_year_given(scene)
    plan = wells["plan_m3"].to_numpy("float64")
    known = (wells["well_id"].notna() & ~wells["well_id"].duplicated()).to_numpy(bool)
    row = np.flatnonzero(known & ~np.isnan(plan) & wells_at_work(scene, np.array([year]))[:, 0])
    said = given.loc[given["year"] == year, "id"]
    row = row[~np.isin(row, np.asarray(scene.rows_of("wells", said), dtype="int64"))]
    if not len(row):
        return given
    ids = wells["well_id"].to_numpy(dtype=object)[row]
    plans = pd.DataFrame({"id": ids, "year": year, "value": plan[row], "parent_id": "", "sure": True})
    return pd.concat([part for part in (given, plans) if len(part)], ignore_index=True)


def _last_year_given(scene: Scene) -> int:
    """The last year up to the day of judgement for which INDICES give anybody water; that year where they give none."""
    amounts = scene.amounts
    given = [
        amounts.indices(measure, role)["year"] for measure in MEASURES for role in ("units", "users", "wells")
    ]
    years = pd.concat(given, ignore_index=True)
    years = years[(years <= scene.as_of.year).to_numpy(bool)]
    return int(years.max()) if len(years) else scene.as_of.year


def users_whole(scene: Scene, source: str) -> pd.DataFrame:
    """What the wells of each user are held against: ``id``, ``year``, ``value``.

    Wells take groundwater: the user's figure for groundwater counts; where it has none and ``source`` is ``total``,
    its figure for all sources, which is never less. Other sources alone say nothing of wells.
    """
    found = []
    for of in dict.fromkeys(("groundwater", source)):
        parts = [_rows(scene, one, "users", of).assign(rank=rank) for rank, one in enumerate(MEASURES)]
        rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        if of == "total":
            rows = rows[rows["source"].isin(TOTAL).to_numpy()]
        found.append(_binding_figures(rows))
    both = pd.concat([part for part in found if len(part)] or found[:1], ignore_index=True)
    return both.drop_duplicates(["id", "year"])[["id", "year", "value"]].reset_index(drop=True)


def _binding_figures(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per subject and year of the rows of INDICES: the first measure (``rank``) that has a figure; within it
    the parts of one issuer's figure add up, and of several issuers the smaller binds."""
    rows = _in_one(rows, ["subject_id", "year", "rank", "issuer"], ["sector", "source"])
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


def _in_one(rows: pd.DataFrame, keys: list[str], parts: list[str]) -> pd.DataFrame:
    """The rows that make up one figure of each of ``keys``: the last version of each part that is in effect; where a
    figure for all sectors or sources stands beside those of some, of whatever issuer, it alone."""
    if not len(rows):
        return rows
    same = [*keys, *parts, "scope", "parent_id"]
    rows = rows.assign(reach=pd.to_datetime(rows["as_of"]).fillna(pd.Timestamp.max))
    order = [*same, "now", "effective_from", "version", "reach", "value"]
    rows = rows.sort_values(order, kind="stable", na_position="first").drop_duplicates(same, keep="last")
    figure = [name for name in keys if name != "issuer"]
    for at, part in enumerate(parts):
        whole = rows[part].isin(TOTAL)
        beside = whole.groupby([rows[name] for name in [*figure, *parts[:at]]]).transform("any")
        rows = rows[(whole | ~beside).to_numpy(bool)]
    return rows


def sector_sums(scene: Scene, level: str, source: str, at_least: bool = False) -> pd.DataFrame:
    """What was given to sectors: ``id`` (unit), ``year``, ``sector``, ``value``; one row per unit, year and sector.

    Args:
        at_least: a sector without a figure for all sources has the sum of its sources, unconventional water left out.
    """
    rows = _rows(scene, "index", "units", source)
    if source == "total" and not at_least:
        rows = rows[rows["source"].isin(TOTAL).to_numpy()]
    levels = scene.unit_table.set_index("unit_id")["level"]
    at = rows["subject_id"].map(levels).eq(level) | ((level == "city") & rows["subject_id"].eq(scene.city))
    rows = rows[(rows["sector"] != "").to_numpy() & at.to_numpy(dtype=bool)]
    rows = _in_one(rows, ["subject_id", "year", "sector", "issuer"], ["source"])
    by_issuer = rows.groupby(["subject_id", "year", "sector", "issuer"], sort=True)["value"].sum()
    # issuers of one sector's figure: the smaller binds, as for units
    sums = by_issuer.groupby(["subject_id", "year", "sector"], sort=True).min().reset_index()
    return sums.rename(columns={"subject_id": "id"})


def _rows(scene: Scene, measure: str, role: str, source: str) -> pd.DataFrame:
    """Rows of a measure for a source: stated for it, or, where the whole role never states one, all; for ``total``
    those of its sources as well, unconventional water left out. ``now``: in effect on the day of judgement.

    A total is never taken for a part of it: where a register names sources, a figure without one is of all sources.
    """
    rows = scene.amounts.indices(measure, role=role)
    rows = rows.assign(sector=rows["sector"].fillna(""), source=rows["source"].fillna(""))
    rows = rows[rows["value"].notna().to_numpy() & rows["year"].notna().to_numpy()]
    rows = rows.assign(now=~(rows["effective_from"] > pd.Timestamp(scene.as_of)).to_numpy(bool))
    stated = rows["source"].to_numpy(dtype=object)
    if source == "groundwater":
        unstated = role == "wells" or not np.any((stated != "") & (stated != "total"))
        kept = np.isin(stated, GROUNDWATER) | (unstated & (stated == ""))
    else:
        kept = ~np.isin(stated, UNCONVENTIONAL)
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
        found = units_of_users(scene, ids, parent)
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


def units_of_users(scene: Scene, ids: np.ndarray, parent: str) -> np.ndarray:
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
