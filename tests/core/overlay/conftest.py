"""Frames by hand, and an overlay without any index to compare with: every point asked of every polygon."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

AS_OF = date(2025, 6, 30)
STRICTNESS = {"banned": 4, "severe": 3, "general": 2, "restricted": 1}


def _wells(xy, crs="EPSG:4326", **columns):
    shapes = [None if place is None else shapely.Point(*place) for place in xy]
    frame = pd.DataFrame({"well_id": [f"W{n}" for n in range(len(shapes))], **columns})
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)


def _zones(shapes, crs="EPSG:4326", **columns):
    columns.setdefault("zone_id", [f"Z{n}" for n in range(len(shapes))])
    columns.setdefault("severity", ["general"] * len(shapes))
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=list(shapes), crs=crs)


def _units(shapes, crs="EPSG:4326", **columns):
    columns.setdefault("unit_id", [f"U{n}" for n in range(len(shapes))])
    columns.setdefault("name", [f"unit {n}" for n in range(len(shapes))])
    columns.setdefault("level", ["county"] * len(shapes))
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=list(shapes), crs=crs)


def _polygonal(shape):
    """Area of a shape, each part made valid on its own and all united."""
    pieces = []
    for part in shapely.get_parts(shape):
        for piece in shapely.get_parts(shapely.make_valid(part)):
            pieces += [one for one in shapely.get_parts(piece) if one.geom_type == "Polygon"]
    return shapely.union_all(pieces)


def _aquifers_match(well, zone):
    if not well or not zone or well == zone:
        return True
    return "mixed" in (well, zone) and "fissure_karst" not in (well, zone)


def _zone_state(xy, aquifer, shapes, zone_ids, severity, control, zone_aquifer):
    """The four zone columns of each point (n, 2), NaN rows not placed; pure Python, no index."""
    areas = [None if s is None or s.is_empty else _polygonal(s) for s in shapes]
    rows = []
    for (x, y), water in zip(xy, aquifer, strict=True):
        if not np.isfinite([x, y]).all():
            rows.append((None, None, None, None))
            continue
        place, held = shapely.Point(x, y), {}
        for n, area in enumerate(areas):
            if area is not None and _aquifers_match(water, zone_aquifer[n]) and area.covers(place):
                bare = not severity[n] and (control[n] or "none") == "none"
                held[zone_ids[n]] = ("general" if bare else severity[n], control[n])
        if not held:
            rows.append(("", None, None, None))
            continue
        rank = {z: max(STRICTNESS.get(word, 0) for word in words) for z, words in held.items()}
        strictest = min(held, key=lambda z: (-rank[z], z))
        severities = [w for w in ("severe", "general") if w in {s for s, _ in held.values()}]
        controls = [w for w in ("banned", "restricted", "none") if w in {c for _, c in held.values()}]
        first = (severities or [None])[0], (controls or [None])[0]
        rows.append((";".join(sorted(held)), strictest, *first))
    return pd.DataFrame(rows, columns=["zone_ids", "zone_id", "zone_severity", "zone_control"], dtype=object)


@pytest.fixture(scope="session")
def make():
    """Builders of canonical frames: ``make.wells``, ``make.zones``, ``make.units``; ``make.day`` is a day."""
    return SimpleNamespace(wells=_wells, zones=_zones, units=_units, day=AS_OF)


@pytest.fixture(scope="session")
def brute_force():
    """The zone columns by asking every polygon about every point."""
    return _zone_state
