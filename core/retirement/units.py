"""The units of a balance: where each of them lies, and which is part of which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..overlay.areas import SLIVER_M2, drawn_area_m2, polygons_only, repaired_polygons
from ..overlay.editions import Editions, row_ids
from ..overlay.points import crs_of
from ..policy import Policy
from ..register import Register

UNASSIGNED = "unassigned"
LEVELS = (
    "region",
    "prefecture",
    "division",
    "county",
    "regiment",
    "township",
    "village",
    "basin",
    "management_unit",
)
_ACROSS = ("basin", "management_unit")
"""Levels that do not divide up the unit above them."""


@dataclass(frozen=True)
class Units:
    """Units that a balance speaks of, aligned arrays in the order of the balance.

    Attributes:
        table: ``unit_id``, ``name``, ``level``, ``parent_id`` (nearest unit above it in the table, "" at the top),
            ``located`` (bool: it has a place, of its own or of its parts), ``complete`` (bool: also no unit with a
            target is missing from the parts).
        shapes: the polygon of each; None where not located, and where there is no layer of units at all.
        crs: of the shapes; None without a layer.
        derived: ids of units whose place is the union of their children.
    """

    table: pd.DataFrame
    shapes: np.ndarray
    crs: CRS | None
    derived: frozenset[str]

    @property
    def parent(self) -> dict[str, str]:
        """Parent id by unit id."""
        return dict(zip(self.table["unit_id"], self.table["parent_id"], strict=True))

    def ancestors(self, unit_id: str) -> list[str]:
        """The units that contain a unit, nearest first."""
        parent, line = self.parent, [unit_id]
        while parent.get(line[-1]) and parent[line[-1]] not in line:
            line.append(parent[line[-1]])
        return line[1:]


def units_on(register: Register, policy: Policy, targeted: Iterable[str], day: pd.Timestamp) -> Units:
    """Units in force on ``day`` for a balance: those with a target, and all others of the same levels.

    A unit of the layer is the policy's when it has its id, or its level and its code, name or alias. Where two units
    of one level overlap, the land belongs to the smaller id. A unit without a polygon is the union of its children.

    Args:
        targeted: ids of units that have a target.
    """
    targeted = list(targeted)
    known = {unit.id: (unit.name, unit.level, unit.parent_id) for unit in policy.units}
    drawn, crs = _drawn(register, policy, day)
    for unit_id, (name, level, parent_id, _) in drawn.items():
        old = known.get(unit_id, (name, level, ""))
        known[unit_id] = (old[0] or name, old[1] or level, parent_id or old[2])
    for unit_id in targeted:
        known.setdefault(unit_id, (unit_id, "", ""))
    shapes = {unit_id: shape for unit_id, (*_, shape) in drawn.items() if shape is not None}
    derived = _derive(known, shapes)
    levels = {known[unit_id][1] for unit_id in targeted} or {"county"}
    shown = [unit_id for unit_id in known if unit_id in set(targeted) or known[unit_id][1] in levels]
    in_policy = {unit.id: place for place, unit in enumerate(policy.units)}
    shown.sort(key=lambda u: (in_policy.get(u, len(in_policy)), depth_of(known[u][1]), u))
    table = pd.DataFrame(
        [(u, known[u][0], known[u][1], _nearest(u, known, set(shown))) for u in shown],
        columns=["unit_id", "name", "level", "parent_id"],
    )
    table["located"] = [unit_id in shapes or crs is None for unit_id in shown]
    missing = [unit_id for unit_id in targeted if unit_id not in shapes and crs is not None]
    gaps = {above for unit_id in missing for above in _above(unit_id, known)}
    table["complete"] = table["located"] & ~table["unit_id"].isin(gaps & derived)
    array = np.full(len(shown), None, dtype=object)
    array[:] = [shapes.get(unit_id) for unit_id in shown]
    if crs is not None:
        array = _disjoint(array, table, crs)
    return Units(table=table, shapes=array, crs=crs, derived=frozenset(derived))


def _drawn(register: Register, policy: Policy, day: pd.Timestamp) -> tuple[dict[str, tuple], CRS | None]:
    """Units of the layer by id: name, level, parent id, polygon; several rows of one edition are united."""
    layer = register.get("units")
    if layer is None or len(layer) == 0:
        return {}, None
    ids = row_ids(layer, "unit_id")
    rows = np.flatnonzero(Editions(layer, ids).on(np.datetime64(day.date())))
    shapes = repaired_polygons(layer, "units")[0]
    canonical = _policy_ids(layer, ids, rows, policy)
    found: dict[str, tuple] = {}
    for row in rows:
        unit_id = canonical[ids[row]]
        name, level, parent = (layer[column].iloc[row] or "" for column in ("name", "level", "parent_id"))
        parent_id = canonical.get(parent) or (policy.resolve_unit(parent) if parent else "") or parent
        shape = shapes[row]
        if unit_id in found and found[unit_id][3] is not None:
            shape = found[unit_id][3] if shape is None else shapely.union(found[unit_id][3], shape)
        found[unit_id] = (name, level, "" if parent_id == unit_id else parent_id, shape)
    return found, crs_of(layer, "units")


def _policy_ids(layer: pd.DataFrame, ids: np.ndarray, rows: np.ndarray, policy: Policy) -> dict[str, str]:
    """For each id of the layer the policy's id of the same unit, or itself."""
    levels = {unit.id: unit.level for unit in policy.units}
    canonical = {unit_id: unit_id for unit_id in ids[rows]}
    taken = set(canonical) & set(levels)
    for row in rows:
        if ids[row] in taken:
            continue
        for text in (ids[row], layer["name"].iloc[row]):
            meant = policy.resolve_unit(text)
            if meant and meant not in taken and levels[meant] == layer["level"].iloc[row]:
                canonical[ids[row]] = meant
                break
    return canonical


def _derive(known: dict[str, tuple], shapes: dict[str, shapely.Geometry]) -> set[str]:
    """Give every unit without a polygon the union of its children, lowest first; returns the ids."""
    children: dict[str, list[str]] = {}
    for unit_id, (_, _, parent_id) in known.items():
        children.setdefault(parent_id, []).append(unit_id)
    derived: set[str] = set()

    def place(unit_id: str, trail: tuple[str, ...]) -> None:
        if unit_id in shapes or unit_id in trail:
            return
        for child in children.get(unit_id, ()):
            place(child, (*trail, unit_id))
        parts = [child for child in children.get(unit_id, ()) if child in shapes]
        dividing = [child for child in parts if known[child][1] not in _ACROSS]
        if parts:
            shapes[unit_id] = shapely.union_all([shapes[child] for child in dividing or parts])
            derived.add(unit_id)

    for unit_id in known:
        place(unit_id, ())
    return derived


def _disjoint(shapes: np.ndarray, table: pd.DataFrame, crs: CRS) -> np.ndarray:
    """Units of one level without overlaps: the smaller id keeps the land."""
    left = shapes.copy()
    for _, level in table.groupby("level", sort=False):
        rows = level.sort_values("unit_id").index.to_numpy()
        tree = shapely.STRtree(shapes[rows])
        first, second = tree.query(shapes[rows], predicate="intersects")
        pairs = first < second
        first, second = rows[first[pairs]], rows[second[pairs]]
        common = polygons_only(shapely.intersection(shapes[first], shapes[second]))
        real = np.nan_to_num(drawn_area_m2(common, crs)) >= SLIVER_M2
        for keeps, loses in zip(first[real], second[real], strict=True):
            left[loses] = polygons_only(
                np.array([shapely.difference(left[loses], shapes[keeps])], dtype=object)
            )[0]
    return left


def _above(unit_id: str, known: dict[str, tuple]) -> list[str]:
    """The units above a unit, nearest first."""
    line = [unit_id]
    while known.get(line[-1], ("", "", ""))[2] not in ("", *line):
        line.append(known[line[-1]][2])
    return line[1:]


def _nearest(unit_id: str, known: dict[str, tuple], shown: set[str]) -> str:
    return next((above for above in _above(unit_id, known) if above in shown), "")


def depth_of(level: str) -> int:
    """Place of a level from the top down."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)
