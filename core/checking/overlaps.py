"""Land that two polygons of one layer claim, and gaps between units that should join."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..overlay.areas import drawn_area_m2, polygons_only
from ..overlay.geodesy import Surface
from ..problems import Problems, problems
from ..units import m2_to_mu
from .given import Given, counted, flagged, schema_of

THIN_M = 1.0
"""Area ÷ perimeter (m) below which a shared or missing piece is a drawing error, not land: some 2 m wide at most."""

LEAST_M2 = 1.0
"""Smaller pieces are noise of coordinates."""

TILING = ("prefecture", "county", "township", "village")
"""Levels whose units join without gaps; regiments and divisions lie between the townships of a county."""

BETWEEN = ("division", "regiment")


def overlapping(given: Given, role: str) -> Problems:
    """Pairs of polygons of one layer that claim the same land at the same time, with the land in mu.

    The later row of a pair has the problem. Pieces thinner than ``THIN_M`` are summed up in one note.
    """
    shapes, crs = given.polygons(role)[0], given.crs(role)
    pairs = _pairs(given, role, shapes)
    pieces = polygons_only(shapely.intersection(shapes[pairs["first"]], shapes[pairs["second"]]))
    pairs = pairs.assign(m2=np.nan_to_num(drawn_area_m2(pieces, crs)), piece=pieces)
    pairs = pairs[pairs["m2"] >= LEAST_M2].reset_index(drop=True)
    thin = thickness_m(pairs["piece"].to_numpy(dtype=object), pairs["m2"].to_numpy(), crs) < THIN_M
    real = pairs[~thin]
    severity, key = _weight(given, role, real)
    names = given.ids(role)
    found = flagged(
        given,
        "polygons.overlap",
        role,
        real["second"].to_numpy(dtype="int64"),
        severity=severity,
        message_key=key,
        remedy_key="checking.remedy.overlap",
        not_checked=shapely.is_missing(shapes),
        why_key="checking.why.no_polygon",
        geometry=real["piece"].to_numpy(dtype=object),
        crs=crs,
        other_id=names[real["first"].to_numpy(dtype="int64")],
        values={
            "m2": real["m2"].round(1).to_list(),
            "mu": m2_to_mu(real["m2"]).round(3).to_list(),
        },
    )
    slivers = _slivers("polygons.overlap", role, "checking.polygons.overlap_slivers", pairs[thin])
    return Problems(pd.concat([found.rows, slivers.rows], ignore_index=True), found.counts)


def gaps(given: Given, role: str) -> Problems:
    """Land of a unit that none of the units below it covers, and holes between units of one level without a parent.

    The unit above has the problem. Pieces thinner than ``THIN_M`` are summed up in one note.
    """
    shapes, crs, names = given.polygons(role)[0], given.crs(role), given.ids(role)
    level = given.frame(role)["level"].to_numpy(dtype=object)
    usable = given.in_force(role) & ~shapely.is_missing(shapes)
    between = shapes[usable & np.isin(level.astype(str), BETWEEN)]
    parts = [
        pd.DataFrame({"row": row, "piece": _parts(left)})
        for row, left in _left_over(given, shapes, usable, level, between)
    ]
    table = pd.concat([pd.DataFrame({"row": [], "piece": []}), *parts], ignore_index=True)
    pieces = table["piece"].to_numpy(dtype=object)
    table["m2"] = np.nan_to_num(drawn_area_m2(pieces, crs)) if len(pieces) else 0.0
    table = table[table["m2"] >= LEAST_M2].reset_index(drop=True)
    thin = thickness_m(table["piece"].to_numpy(dtype=object), table["m2"].to_numpy(), crs) < THIN_M
    real = table[~thin]
    rows = real["row"].to_numpy(dtype="int64")
    found = problems(
        check="polygons.gap",
        severity="warning",
        subject_role=role,
        subject_id=names[rows],
        message_key="checking.polygons.gap",
        remedy_key="checking.remedy.gap",
        message_values={"m2": real["m2"].round(1).to_list(), "mu": m2_to_mu(real["m2"]).round(3).to_list()},
        n_subjects=len(names),
        n_not_checked=int((~usable & ~np.isin(np.arange(len(names)), rows)).sum()),
        why_key="checking.why.no_polygon" if (~usable).any() else "",
        row=rows + 1,
        geometry=real["piece"].to_numpy(dtype=object),
        crs=crs,
    )
    slivers = _slivers("polygons.gap", role, "checking.polygons.gap_slivers", table[thin])
    return Problems(pd.concat([found.rows, slivers.rows], ignore_index=True), found.counts)


def thickness_m(shapes: np.ndarray, area_m2: np.ndarray, crs: CRS) -> np.ndarray:
    """Area ÷ perimeter of polygons in metres; about half the width of a strip, a quarter of the side of a square."""
    if not len(shapes):
        return np.empty(0)
    box = shapely.bounds(shapes)
    metric = Surface.of(crs).metric((box[:, :2] + box[:, 2:]) / 2)
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    of = owner[part[ring]]
    step = np.einsum("nij,nj->ni", metric[of[1:]], np.diff(xy, axis=0))
    length = np.where(ring[1:] == ring[:-1], np.hypot(*step.T), 0.0)
    perimeter = np.bincount(of[1:], length, minlength=len(shapes))
    return area_m2 / np.maximum(perimeter, 1e-9)


def _pairs(given: Given, role: str, shapes: np.ndarray) -> pd.DataFrame:
    """Rows that share more than an edge and may not, each pair once; of equal polygons only neighbours."""
    rows = np.flatnonzero(~shapely.is_missing(shapes))
    alike = pd.factorize(shapely.to_wkb(shapely.normalize(shapes[rows])))[0]
    first_of = np.unique(alike, return_index=True)[1]
    repeated = np.ones(len(rows), dtype=bool)
    repeated[first_of] = False
    single = rows[~repeated]
    left, right = shapely.STRtree(shapes[single]).query(shapes[single], predicate="intersects")
    keep = left < right
    left, right = single[left[keep]], single[right[keep]]
    touching = shapely.touches(shapes[left], shapes[right]) if len(left) else np.empty(0, bool)
    copies, originals = rows[repeated], rows[first_of[alike[repeated]]]
    first, second = np.r_[left[~touching], originals], np.r_[right[~touching], copies]
    table = pd.DataFrame({"first": first.astype("int64"), "second": second.astype("int64")})
    return table[_compete(given, role, table)].reset_index(drop=True)


def _compete(given: Given, role: str, pairs: pd.DataFrame) -> np.ndarray:
    """Pairs that may not share land: in force at one time, of one level, kind or aquifer, and not one thing."""
    frame = given.frame(role)
    one = frame.iloc[pairs["first"]].reset_index(drop=True)
    two = frame.iloc[pairs["second"]].reset_index(drop=True)
    keep = np.ones(len(pairs), dtype=bool)
    if "valid_from" in frame:
        first_end = one["valid_to"] if "valid_to" in frame else pd.Series(pd.NaT, index=one.index)
        second_end = two["valid_to"] if "valid_to" in frame else pd.Series(pd.NaT, index=two.index)
        keep &= ~((first_end < two["valid_from"]) | (second_end < one["valid_from"])).to_numpy()
    if schema_of(role).editions:
        key = schema_of(role).key[0]
        keep &= ~(one[key].notna() & (one[key] == two[key])).to_numpy()
    for name in ("level", "kind", "legal_state"):
        if name in frame:
            keep &= (one[name].fillna("") == two[name].fillna("")).to_numpy()
    if "aquifer" in frame:
        keep &= (
            one["aquifer"].isna() | two["aquifer"].isna() | (one["aquifer"] == two["aquifer"])
        ).to_numpy()
    return keep


def _weight(given: Given, role: str, pairs: pd.DataFrame) -> tuple[object, object]:
    """Zones of different strictness may lie over one another (the stricter counts): that is only noted."""
    if role != "zones":
        return "warning", "checking.polygons.overlap"
    grade = given.frame(role)[["severity", "control"]].fillna("").agg("/".join, axis=1).to_numpy()
    same = grade[pairs["first"]] == grade[pairs["second"]]
    return (
        np.where(same, "warning", "note"),
        np.where(same, "checking.polygons.overlap", "checking.polygons.overlap_zones"),
    )


def _left_over(
    given: Given, shapes: np.ndarray, usable: np.ndarray, level: np.ndarray, between: np.ndarray
) -> list[tuple[int, shapely.Geometry]]:
    """For each unit with units of a tiling level below it: what they leave; and the holes of the others."""
    frame = given.frame("units")
    parent = frame["parent_id"].to_numpy(dtype=object)
    row_of = {key: row for row, key in enumerate(given.keys("units")) if usable[row]}
    table = pd.DataFrame({"row": np.arange(len(frame)), "level": level, "parent": parent})[usable]
    table = table[table["level"].isin(TILING)]
    found = []
    has_parent = table["parent"].isin(list(row_of))
    for (_, above), group in table[has_parent].groupby(["level", "parent"]):
        covered = shapely.union_all([*shapes[group["row"]], *between])
        found.append((row_of[above], shapely.difference(shapes[row_of[above]], covered)))
    for _, group in table[~has_parent].groupby("level"):
        whole = shapely.get_parts(shapely.union_all([*shapes[group["row"]], *between]))
        holes = shapely.get_parts(shapely.union_all(shapely.polygons(shapely.get_exterior_ring(whole))))
        found.append(
            (
                int(group["row"].iloc[0]),
                shapely.difference(shapely.union_all(holes), shapely.union_all(whole)),
            )
        )
    return found


def _parts(shape: shapely.Geometry) -> np.ndarray:
    parts = shapely.get_parts(polygons_only(np.array([shape], dtype=object)))
    return parts[~shapely.is_missing(parts)]


def _slivers(check: str, role: str, message_key: str, pieces: pd.DataFrame) -> Problems:
    """Thin pieces of a layer as one note."""
    if pieces.empty:
        return counted(check, role)
    return problems(
        check=check,
        severity="note",
        subject_role=role,
        subject_id=[""],
        message_key=message_key,
        remedy_key="checking.remedy.sliver",
        message_values={"n": [len(pieces)], "m2": [round(float(pieces["m2"].sum()), 1)]},
    )
