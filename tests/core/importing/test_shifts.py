"""A layer from a GCJ-02 map is found out by the units that its rows name, or by the boundary alone; never moved."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from pyproj import CRS

from overdraft.core.coordinates.offsets import converted
from overdraft.core.importing.run import Wishes, import_source

DEGREES = CRS.from_epsg(4490)


@pytest.fixture
def near_the_edge():
    """600 places within 400 m inside the border of 高昌区 of the test units, seeded."""
    rng = np.random.default_rng(11)
    ring = shapely.box(89, 42, 90, 43).buffer(-0.002).exterior
    places = [ring.interpolate(share, normalized=True) for share in rng.uniform(0, 1, 600)]
    return np.array([p.x for p in places]), np.array([p.y for p in places])


def told(made):
    rows = made.problems.rows
    return rows[rows["check"] == "import.shift"].to_dict("records")


def texts(values):
    return [f"{value:.7f}" for value in values]


@pytest.mark.parametrize("named", [True, False], ids=["county named", "boundary alone"])
def test_a_shifted_layer_is_told_with_its_vector(wells, units, near_the_edge, named):
    lon, lat = converted(*near_the_edge, "wgs84", "gcj02")
    source = wells(经度=texts(lon), 纬度=texts(lat), 县=["高昌区" if named else None] * len(lon))
    made = import_source("wells", source, Wishes(crs=DEGREES), units.iloc[:1])
    (row,) = told(made)
    assert (row["severity"], row["message_key"]) == ("error", "coordinates.shift.gcj02")
    said = json.loads(row["message_values"])
    # One degree of longitude at 42.5° N is 82 190 m, one of latitude 111 073 m (GRS 80)
    east, north = (lon - near_the_edge[0]).mean() * 82_190, (lat - near_the_edge[1]).mean() * 111_073
    assert [said["east_m"], said["north_m"]] == pytest.approx([east, north], abs=60)
    # Nothing was moved
    assert made.frame.geometry.x.to_numpy() == pytest.approx(np.round(lon, 7), abs=1e-12)


def test_the_repair_that_is_asked_for_takes_it_away(wells, units, near_the_edge):
    lon, lat = converted(*near_the_edge, "wgs84", "gcj02")
    source = wells(经度=texts(lon), 纬度=texts(lat), 县=["高昌区"] * len(lon))
    made = import_source("wells", source, Wishes(crs=DEGREES, repairs=("gcj02",)), units)
    assert told(made) == []
    # Within a metre: 1e-5 degrees, rounding of the texts included
    assert made.frame.geometry.x.to_numpy() == pytest.approx(near_the_edge[0], abs=1e-6)
    assert made.frame.geometry.y.to_numpy() == pytest.approx(near_the_edge[1], abs=1e-6)
    moved = made.changes[made.changes["field"] == "geometry"]
    assert len(moved) == 600
    assert set(moved["reason_key"]) == {"importing.kind.gcj02"}


def test_a_layer_in_its_place_says_nothing(wells, units, near_the_edge):
    source = wells(经度=texts(near_the_edge[0]), 纬度=texts(near_the_edge[1]), 县=["高昌区"] * 600)
    assert told(import_source("wells", source, Wishes(crs=DEGREES), units)) == []
