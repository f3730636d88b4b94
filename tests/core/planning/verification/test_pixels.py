"""Counts and means inside polygons: by hand, by brute force, and however the raster is cut."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from rasterio.io import MemoryFile

from overdraft.core.errors import Cancelled
from overdraft.core.planning.verification import pixels
from overdraft.core.planning.verification.pixels import measure
from overdraft.core.planning.verification.rasters import Raster, open_raster

KANSAS = Path(__file__).parents[3] / "data/kansas"


def crossings_inside(shape, x, y):
    """Even-odd rule over all edges of all rings: independent of GEOS and of GDAL."""
    inside = np.zeros(len(x), dtype=bool)
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            points = np.asarray(ring.coords)
            for (x0, y0), (x1, y1) in pairwise(points):
                if y0 == y1:
                    continue
                spans = (y0 > y) != (y1 > y)
                inside ^= spans & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside


def all_centres(path):
    with rasterio.open(path) as file:
        rows, columns = np.indices(file.shape)
        turn = file.transform
        x, y = turn.c + (columns.ravel() + 0.5) * turn.a, turn.f + (rows.ravel() + 0.5) * turn.e
        return x, y, file.read(1).ravel(), file.nodata


def test_counts_by_hand(write, made):
    values = np.array(
        [
            [0.1, 0.2, 0.3, 0.4],
            [0.5, 0.6, 0.7, 0.8],
            [-1.0, 0.9, 0.2, 0.1],
        ],
        dtype="float64",
    )
    raster = open_raster(write(values, nodata=-1), "r", None)
    shapes = np.array([made.pixel_box(0, 0, 2, 3), made.pixel_box(1, 1, 4, 2), None], dtype=object)
    found = measure(raster, shapes, 0.5)
    # six pixels, one without a value; 0.5, 0.6 and 0.9 reach 0.5
    assert found.loc[0, ["n_pixels", "n_valid", "n_reaching"]].tolist() == [6, 5, 3]
    assert found.loc[0, "mean"] == pytest.approx((0.1 + 0.2 + 0.5 + 0.6 + 0.9) / 5, rel=1e-12)
    assert found.loc[1, ["n_pixels", "n_valid", "n_reaching"]].tolist() == [3, 3, 3]
    assert found.loc[2, ["n_pixels", "n_valid", "n_reaching", "touches"]].tolist() == [0, 0, 0, False]
    assert np.isnan(found.loc[2, "mean"])


def test_land_beyond_the_raster_counts_as_pixels_without_a_value(write, made):
    raster = open_raster(write(np.full((4, 4), 0.5)), "r", None)
    shapes = np.array([made.pixel_box(2, 1, 7, 3), made.pixel_box(9, 9, 12, 12)], dtype=object)
    found = measure(raster, shapes, 0.5)
    # two of five columns lie on the raster
    assert found.loc[0, ["n_pixels", "n_valid", "touches"]].tolist() == [10, 4, True]
    assert found.loc[1, ["n_pixels", "n_valid", "touches"]].tolist() == [9, 0, False]


def test_no_centre_is_counted_twice_or_left_out_between_two_parcels(write, made):
    raster = open_raster(write(np.ones((20, 20))), "r", None)
    whole = made.pixel_box(0, 0, 20, 20)
    cut = shapely.LineString([(500_003, 4_699_790), (500_207, 4_700_013)])
    parts = np.array(list(shapely.ops.split(whole, cut).geoms), dtype=object)
    assert measure(raster, parts)["n_pixels"].sum() == 400


def test_a_raster_that_begins_in_the_south_is_read_upside_down(write, made):
    values = np.arange(12, dtype="float64").reshape(3, 4)
    upright = open_raster(write(values, "up.tif"), "r", None)
    south = Affine(10, 0, 500_000, 0, 10, 4_700_000 - 30)
    flipped = open_raster(write(values[::-1], "down.tif", transform=south), "r", None)
    shapes = np.array([made.pixel_box(0, 0, 2, 2), made.pixel_box(1, 1, 4, 3)], dtype=object)
    assert measure(upright, shapes, 5).equals(measure(flipped, shapes, 5))
    assert measure(upright, shapes, 5)["mean"].tolist() == [2.5, 8.0]


def test_scale_and_offset_of_the_file_are_applied(write, made):
    raster = open_raster(write(np.full((3, 3), 4000, dtype="int16"), scale=(0.0001, 0.1)), "r", None)
    found = measure(raster, np.array([made.pixel_box(0, 0, 3, 3)], dtype=object), 0.5)
    assert found.loc[0, "mean"] == pytest.approx(0.5)
    assert found.loc[0, "n_reaching"] == 9


def test_a_mask_and_an_alpha_band_hide_pixels(write, made):
    colour = np.array([[[5, 5], [5, 5]], [[255, 0], [255, 255]]], dtype="uint8")
    path = write(colour, photometric="MINISBLACK", alpha="YES")
    found = measure(open_raster(path, "r", None), np.array([made.pixel_box(0, 0, 2, 2)], dtype=object), 5)
    assert found.loc[0, ["n_pixels", "n_valid", "n_reaching"]].tolist() == [4, 3, 3]


def kansas_parcels(n=96):
    """Circles, squares with a hole and slanted strips around real wells, in the system of the raster."""
    raster = open_raster(str(KANSAS / "irrigation_frequency.tif"), "k", None)
    wells = gpd.read_file(KANSAS / "lema.gpkg", layer="wells").to_crs(raster.crs).geometry
    wells = wells[wells.within(raster.bounds)].to_numpy()
    assert len(wells) == n
    circle = shapely.buffer(wells[::3], 390.0, quad_segs=5)
    square = shapely.difference(
        shapely.buffer(wells[1::3], 350.0, cap_style="square"), shapely.buffer(wells[1::3], 90.0)
    )
    strip = shapely.buffer(
        shapely.linestrings([[(p.x - 700, p.y - 333), (p.x + 650, p.y + 555)] for p in wells[2::3]]), 61.7
    )
    return raster, np.r_[circle, square, strip]


def test_kansas_against_points_in_polygons():
    """Counts, years and means of all parcels equal those over the centres of every pixel of the extract."""
    raster, shapes = kansas_parcels()
    x, y, values, nodata = all_centres(KANSAS / "irrigation_frequency.tif")
    found = measure(raster, shapes, 3)
    n_beyond = 0
    for place, shape in enumerate(shapes):
        inside = crossings_inside(
            shapely.multipolygons([shape]) if shape.geom_type == "Polygon" else shape, x, y
        )
        told = values[inside][values[inside] != nodata].astype("float64")
        beyond = shapely.area(shapely.difference(shape, raster.bounds)) / 900.0
        n_beyond += beyond > 1
        row = found.loc[place]
        assert row["n_pixels"] == inside.sum() + round(beyond)
        assert row["n_valid"] == len(told)
        assert row["n_reaching"] == (told >= 3).sum()
        assert row["mean"] == pytest.approx(told.mean(), rel=1e-12)
    assert found["n_valid"].sum() > 20_000
    assert n_beyond > 0


@pytest.mark.parametrize(("tile", "at_once"), [(7, 1 << 20), (64, 1000), (1024, 50)])
def test_windows_equal_the_whole_raster(monkeypatch, tile, at_once):
    raster, shapes = kansas_parcels()
    shapes = shapes[::6]
    whole = measure(raster, shapes, 3)
    monkeypatch.setattr(pixels, "TILE", tile)
    monkeypatch.setattr(pixels, "_AT_ONCE", at_once)
    found = measure(raster, shapes, 3)
    assert found.drop(columns="mean").equals(whole.drop(columns="mean"))
    np.testing.assert_allclose(found["mean"], whole["mean"], rtol=1e-12)


def test_only_windows_around_the_polygons_are_read(monkeypatch, write, made):
    """Two small parcels at opposite ends of a raster of four million pixels."""
    path = write(np.ones((2000, 2000), dtype="uint8"), compress="deflate")
    read, sizes = pixels.Reader.read, []

    def note(self, top, left, bottom, right):
        sizes.append((bottom - top) * (right - left))
        return read(self, top, left, bottom, right)

    monkeypatch.setattr(pixels.Reader, "read", note)
    shapes = np.array([made.pixel_box(2, 2, 8, 8), made.pixel_box(1900, 1950, 1910, 1960)], dtype=object)
    assert measure(open_raster(path, "r", None), shapes)["n_valid"].tolist() == [36, 100]
    assert sorted(sizes) == [36, 100]
    sizes.clear()
    everything = np.array([made.pixel_box(0, 0, 2000, 2000)], dtype=object)
    assert measure(open_raster(path, "r", None), everything)["n_valid"].tolist() == [4_000_000]
    assert max(sizes) == pixels.TILE**2


def test_a_run_can_be_cancelled_between_tiles(write, made):
    raster = open_raster(write(np.ones((2100, 1100), dtype="uint8")), "r", None)
    told = []

    def tell(share):
        told.append(share)
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        measure(raster, np.array([made.pixel_box(0, 0, 1100, 2100)], dtype=object), None, tell)
    assert told == sorted(told)
    assert 0.3 < told[-1] < 0.5


corner = st.tuples(st.floats(-30, 130), st.floats(-30, 130))


def check_polygon(points, size):
    """One polygon over a raster of 100 × 100 units against the even-odd rule on every centre."""
    shape = shapely.make_valid(shapely.Polygon(points))
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    shape = shapely.union_all(parts) if parts else shapely.Polygon()
    count = int(np.ceil(100 / size))
    values = np.arange(count * count).reshape(count, count) % 11
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            height=count,
            width=count,
            count=1,
            dtype="uint8",
            crs="EPSG:32645",
            transform=Affine(size, 0, 0, 0, -size, 100),
        ) as file:
            file.write(values.astype("uint8"), 1)
        raster = Raster(
            memory.name, "m", None, CRS.from_epsg(32645), (0.0, 100.0), (size, -size), (count, count)
        )
        found = measure(raster, np.array([shape], dtype=object), 4).loc[0]
    rows, columns = np.indices(values.shape)
    x, y = (columns.ravel() + 0.5) * size, 100 - (rows.ravel() + 0.5) * size
    near = shapely.distance(shapely.boundary(shape), shapely.points(x, y)) < 1e-9
    inside = crossings_inside(shape, x, y)
    sure, perhaps = inside & ~near, inside | near
    assert sure.sum() <= found["n_valid"] <= perhaps.sum()
    if not near.any():
        assert found["n_reaching"] == (values.ravel()[inside] >= 4).sum()


@settings(max_examples=40, deadline=None)
@given(points=st.lists(corner, min_size=3, max_size=9, unique=True), size=st.sampled_from([3.0, 7.0, 10.0]))
def test_any_polygon_against_the_even_odd_rule(points, size):
    check_polygon(points, size)


@pytest.mark.long
@settings(max_examples=3000, deadline=None)
@given(points=st.lists(corner, min_size=3, max_size=12, unique=True), size=st.floats(1.5, 40.0))
def test_many_polygons_against_the_even_odd_rule(points, size):
    check_polygon(points, size)
