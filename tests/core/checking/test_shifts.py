"""Wells whose coordinates come from a GCJ-02 map: found out by the counties that their rows name."""

from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely

from overdraft.core.checking import check_register
from overdraft.core.coordinates.offsets import converted

COUNTY = shapely.box(89.0, 42.0, 89.4, 42.3)


@pytest.fixture
def checked():
    """``checked(lon, lat)``: counts and problems of the shift among wells of 高昌区 there."""

    def check(lon, lat):
        wells = gpd.GeoDataFrame(
            {
                "well_id": [f"W{n}" for n in range(len(lon))],
                "use": "irrigation",
                "status": "active",
                "county": "高昌区",
            },
            geometry=shapely.points(lon, lat),
            crs="EPSG:4490",
        )
        units = gpd.GeoDataFrame(
            {"unit_id": ["650402"], "name": ["高昌区"], "level": ["county"]},
            geometry=[COUNTY],
            crs="EPSG:4490",
        )
        found = check_register({"wells": wells, "units": units}, date(2025, 12, 31))
        counts = found.counts[found.counts["check"] == "positions.shift"]
        return counts.to_dict("records"), found.rows[found.rows["check"] == "positions.shift"]

    return check


def near_the_edge():
    """400 places within 300 m inside the county's border."""
    rng = np.random.default_rng(5)
    ring = COUNTY.buffer(-0.0005).exterior
    places = [ring.interpolate(share, normalized=True) for share in rng.uniform(0, 1, 400)]
    return np.array([p.x for p in places]), np.array([p.y for p in places])


def test_wells_where_they_belong_are_in_order(checked):
    counts, rows = checked(*near_the_edge())
    assert [(row["subject_role"], row["n_ok"], row["n_problem"]) for row in counts] == [("wells", 400, 0)]
    assert len(rows) == 0


def test_wells_from_a_gcj02_map_are_found_out(checked):
    lon, lat = near_the_edge()
    counts, rows = checked(*converted(lon, lat, "wgs84", "gcj02"))
    assert counts[0]["n_problem"] == 400
    (row,) = rows.to_dict("records")
    assert row["message_key"] == "coordinates.shift.gcj02"
    said = json.loads(row["message_values"])
    # At 89.2° E, 42.15° N the datum moves a map by some hundred metres; told to within 60 m of the mean offset
    east, north = converted(lon, lat, "wgs84", "gcj02")
    metres = np.array([(east - lon).mean() * 82_700, (north - lat).mean() * 111_070])
    assert [said["east_m"], said["north_m"]] == pytest.approx(metres, abs=60)


def test_wells_that_name_no_county_are_not_checked(checked, monkeypatch):
    monkeypatch.setattr("overdraft.core.checking.shifts.LEVELS", ())
    counts, rows = checked(*near_the_edge())
    assert counts[0]["n_not_checked"] == 400
    assert len(rows) == 0
