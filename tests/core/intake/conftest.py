"""A raw wells layer of three rows to vary."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely


@pytest.fixture
def raw_wells():
    """`raw_wells(depth_m=[…])`: wells in order but for the columns given, at (0, 0), (1, 1) …"""

    def make(points=None, crs="EPSG:4326", **columns) -> gpd.GeoDataFrame:
        size = len(next(iter(columns.values()))) if columns else 3
        full = {
            "well_id": [f"W{n}" for n in range(1, size + 1)],
            "use": ["irrigation"] * size,
            "status": ["active"] * size,
            **columns,
        }
        points = points if points is not None else [(n, n) for n in range(size)]
        return gpd.GeoDataFrame(full, geometry=shapely.points(points), crs=crs)

    return make


@pytest.fixture
def said():
    """`said(verdicts)`: {(rule, subject): message values} of every finding."""

    def of(verdicts) -> dict:
        rows = verdicts.rows
        keys = zip(rows["rule"], rows["subject_id"], strict=True)
        return dict(zip(keys, map(json.loads, rows["message_values"]), strict=True))

    return of
