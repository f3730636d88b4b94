"""Which rows have a place: geometry types, coordinates, and the margin around the units."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from overdraft.core.overlay import PLACE_NOTES, PlacementOptions, place

METRIC = "EPSG:4539"


def _frame(shapes, crs=METRIC):
    return gpd.GeoDataFrame({"well_id": [f"W{n}" for n in range(len(shapes))]}, geometry=shapes, crs=crs)


def test_geometries_of_every_kind(make):
    shapes = [
        shapely.Point(1, 1),
        shapely.Point(1, 1, 50),
        shapely.from_wkt("POINT Z (1 1 NaN)"),
        shapely.MultiPoint([(1, 1)]),
        shapely.from_wkt("MULTIPOINT Z ((1 1 3))"),
        shapely.GeometryCollection([shapely.Point(1, 1)]),
        None,
        shapely.Point(),
        shapely.MultiPoint(),
        shapely.MultiPoint([(1, 1), (2, 2)]),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.Point(np.nan, 1),
        shapely.Point(np.inf, 1),
        shapely.Point(1, -np.inf),
        shapely.MultiPoint([(np.inf, 1)]),
    ]
    placement = place(_frame(shapes), zones=make.zones([shapely.box(0, 0, 9, 9)], METRIC), as_of=make.day)
    frame = placement.frame
    notes = [None] * 6 + ["no_geometry"] * 3 + ["several_parts"] * 2 + ["bad_coordinates"] * 4
    # A point of NaN alone is an empty point to GEOS.
    notes[11] = frame["place_note"].iloc[11]
    assert notes[11] in ("no_geometry", "bad_coordinates")
    assert frame["place_note"].tolist() == notes
    assert frame["placed"].tolist() == [note is None for note in notes]
    assert frame["zone_ids"].tolist()[:6] == ["Z0"] * 6
    not_placed = frame[~frame["placed"]].drop(columns=["placed", "place_note"])
    assert not_placed.isna().all(axis=None), "never outside: empty"
    assert set(notes) - {None} <= set(PLACE_NOTES)


def test_a_latitude_beyond_the_pole_is_no_place(make):
    wells = make.wells([(89.0, 43.0), (43.0, 89.0), (43.0, 90.0), (43.0, 91.0), (43.0, 120.0)], "EPSG:4326")
    notes = place(wells, as_of=make.day).frame["place_note"].tolist()
    assert notes == [None, None, None, "bad_coordinates", "bad_coordinates"]


def test_a_place_that_a_layer_cannot_express_is_not_outside_of_it(make):
    """A transverse Mercator grid has no coordinates for a place 90 degrees off its meridian."""
    wells = make.wells([(89.5, 43.0), (-0.5, 0.0)], "EPSG:4326")
    zones = make.zones([shapely.box(450_000, 4_700_000, 550_000, 4_800_000)], METRIC)
    frame = place(wells, zones=zones, as_of=make.day).frame
    assert frame["zone_ids"].tolist() == ["Z0", None]
    assert frame["place_note"].tolist() == [None, "bad_coordinates"]


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4539", "EPSG:32645"])
def test_farther_than_fifty_kilometres_from_the_units_is_not_placed(make, crs):
    """Points on the geodesic due west of a unit's western edge, 49.9 and 50.1 km away."""
    units = make.units([shapely.box(89.0, 42.0, 90.0, 43.0)], "EPSG:4490", unit_id=["650402"]).to_crs(crs)
    units["geometry"] = units.geometry.segmentize(0.01 if crs == "EPSG:4490" else 1000.0)
    geod = Geod(ellps="GRS80")
    places = [
        geod.fwd(89.0, 42.5, 270.0, metres)[:2] for metres in (10.0, 40_000.0, 49_900.0, 50_100.0, 90_000.0)
    ]
    corner = [geod.fwd(89.0, 42.0, 225.0, metres)[:2] for metres in (49_900.0, 50_100.0)]
    wells = make.wells([(89.5, 42.5), *places, *corner, (42.5, 89.5)], "EPSG:4490")
    zones = make.zones([shapely.box(80, 30, 95, 50)], "EPSG:4490")
    frame = place(wells, units=units, zones=zones, as_of=make.day).frame
    near = [True, True, True, True, False, False, True, False, False]
    assert frame["placed"].tolist() == near
    assert frame["place_note"].tolist() == [None if one else "outside_units" for one in near]
    assert frame["zone_ids"].notna().tolist() == near, "a place is either known or empty"
    assert frame["county_id"].tolist() == ["650402"] + [None] * 8


def test_every_row_once_and_in_order_whatever_the_index(make):
    wells = make.wells([(n, n) for n in range(5)], METRIC)
    wells.index = [7, 7, 3, 1, 0]
    zones = make.zones([shapely.box(0, 0, 2, 2)], METRIC)
    zones.index = [5]
    placement = place(wells, zones=zones, as_of=make.day)
    assert placement.frame["zone_ids"].tolist() == ["Z0", "Z0", "Z0", "", ""]
    assert placement.frame.index.equals(pd.RangeIndex(5))
    assert placement.zone_hits["zone"].tolist() == [0, 0, 0]


def test_no_wells_at_all(make):
    zones = make.zones([shapely.box(0, 0, 2, 2)], METRIC)
    units = make.units([shapely.box(0, 0, 2, 2)], METRIC)
    frame = place(make.wells([], METRIC), zones=zones, units=units, as_of=make.day).frame
    assert len(frame) == 0
    nowhere = place(make.wells([None, None], None), zones=zones, units=units, as_of=make.day).frame
    assert nowhere["placed"].tolist() == [False, False]


def test_progress_goes_from_zero_to_one_and_may_cancel(make):
    class StopError(Exception):
        pass

    told = []
    zones = make.zones([shapely.box(0, 0, 2, 2)], METRIC)
    wells = make.wells([(1, 1)], METRIC)
    place(wells, zones=zones, as_of=make.day, options=PlacementOptions(), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0

    def cancel(share):
        raise StopError

    with pytest.raises(StopError):
        place(wells, zones=zones, as_of=make.day, progress=cancel)
