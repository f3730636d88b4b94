"""Units that a policy names as over-extraction zones, where no zones layer was supplied."""

from __future__ import annotations

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from ..policy import Policy
from ..register.identity import ROW_ID
from .points import geometries
from .units import Units

FIELDS = (
    "zone_id",
    "name",
    "severity",
    "control",
    "aquifer",
    "valid_from",
    "valid_to",
    "legal_state",
    "doc_no",
)


def policy_zones(policy: Policy, units: GeoDataFrame | None, gazetteer: Units) -> GeoDataFrame | None:
    """A zones layer from the units that the policy names as zones, with ``from_policy`` True on each row.

    A unit takes the polygons of ``units`` that carry its code, name or alias; without any it has no geometry and takes
    the points whose county or township it is.

    Returns:
        Canonical zones, ``zone_id`` being the policy's unit id; None when the policy names none.
    """
    if not policy.zone_units:
        return None
    meant = _meant(policy, gazetteer)
    shapes = geometries(units) if units is not None else np.array([], dtype=object)
    rows, geometry = [], []
    for named in policy.zone_units:
        drawn = np.flatnonzero(meant == named.unit_id)
        for place in drawn if len(drawn) else (None,):
            rows.append(_row(policy, named, units, place))
            geometry.append(None if place is None else shapes[place])
    frame = pd.DataFrame(rows, columns=[*FIELDS])
    frame["from_policy"] = True
    frame[ROW_ID] = _unique(frame["zone_id"])
    return GeoDataFrame(frame, geometry=geometry, crs=None if units is None else units.crs)


def recorded_hits(
    zones: GeoDataFrame, frame: pd.DataFrame, policy: Policy | None, hits: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Add the points that lie in a zone without polygons by their county or township, whichever it is."""
    bare = np.flatnonzero(zones.geometry.isna().to_numpy())
    if not len(bare) or policy is None:
        return hits
    points, rows = [hits[0]], [hits[1]]
    for column in ("county_id", "township_id"):
        ids = frame[column].astype(object)
        unit = ids.map({one: policy.resolve_unit(one) for one in ids.dropna().unique()})
        for row in bare:
            within = np.flatnonzero(unit == zones["zone_id"].iloc[row])
            points.append(within)
            rows.append(np.full(len(within), row))
    pair = np.unique(np.column_stack([np.concatenate(points), np.concatenate(rows)]), axis=0)
    return pair[:, 0], pair[:, 1]


def _meant(policy: Policy, gazetteer: Units) -> np.ndarray:
    """The policy's unit that each row of the units layer is, by code or name; None for others."""
    meant = []
    for unit, level in zip(gazetteer.ids, gazetteer.level, strict=True):
        found = policy.resolve_unit(unit) or policy.resolve_unit(gazetteer.names.get(unit))
        meant.append(found if found is not None and policy.unit(found).level == level else None)
    return np.array(meant, dtype=object)


def _row(policy: Policy, named, units: GeoDataFrame | None, place: int | None) -> tuple:
    dates = [
        units[name].iloc[place] if units is not None and place is not None and name in units else pd.NaT
        for name in ("valid_from", "valid_to")
    ]
    stated = (named.severity or None, named.control or None, named.aquifer or None)
    return (named.unit_id, policy.unit_name(named.unit_id), *stated, *dates, "in_force", policy.number)


def _unique(ids: pd.Series) -> pd.Series:
    nth = ids.groupby(ids).cumcount()
    return ids.where(nth == 0, ids + "#" + (nth + 1).astype(str))
