"""Seven Chinese counties, and wells near their edges."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

COUNTIES = Path(__file__).resolve().parents[2] / "data" / "china" / "seed_counties.geojson"
NAMES = ("杭锦旗", "高昌区", "鄯善县", "托克逊县", "英吉沙县", "托里县", "昆玉市")


@pytest.fixture(scope="session")
def counties():
    """Name to boundary, WGS 84."""
    frame = gpd.read_file(COUNTIES, engine="pyogrio")
    return dict(zip(frame["name"], frame.geometry, strict=True))


@pytest.fixture(scope="session")
def wells_at_edge():
    """`wells_at_edge(county, n, reach)`: `n` places (n, 2) inside, at most about `reach` degrees from the edge."""

    def make(county, n, reach=0.01, seed=7):
        random = np.random.default_rng(seed)
        edge = county.boundary
        places = shapely.line_interpolate_point(edge, random.uniform(0, edge.length, 6 * n))
        xy = shapely.get_coordinates(places) + random.uniform(-reach, reach, (6 * n, 2))
        inside = xy[shapely.contains_xy(county, xy[:, 0], xy[:, 1])]
        return inside[:n]

    return make
