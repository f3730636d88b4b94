"""Rasters that would be misread are refused, each with its own message."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from pyproj import CRS

from overdraft.core.errors import OverdraftError
from overdraft.core.messages import render
from overdraft.core.planning.verification.pixels import measure
from overdraft.core.planning.verification.rasters import open_raster

XIAN = CRS.from_epsg(2379).to_wkt("WKT1_GDAL")


def refused(path, **more):
    with pytest.raises(OverdraftError) as caught:
        open_raster(str(path), Path(path).name, None, **more)
    for language in ("en", "zh"):
        assert "{" not in render(caught.value.key, caught.value.values, language)
    return caught.value


def test_no_file(tmp_path):
    error = refused(tmp_path / "gone.tif")
    assert error.key == "verification.raster_missing"
    assert "gone.tif" in error.text("zh")


@pytest.mark.parametrize("content", [b"", b"no raster", b"II*\x00garbage" * 20])
def test_no_raster(tmp_path, content):
    (tmp_path / "x.tif").write_bytes(content)
    assert refused(tmp_path / "x.tif").key == "verification.raster_unreadable"


def test_a_file_that_was_cut_short_stops_the_run(write, made):
    path = Path(write(np.random.default_rng(1).random((300, 300))))
    path.write_bytes(path.read_bytes()[:200_000])
    raster = open_raster(str(path), "cut.tif", None)
    with pytest.raises(OverdraftError) as caught:
        measure(raster, np.array([made.pixel_box(0, 0, 300, 300)], dtype=object))
    assert caught.value.key == "verification.raster_unreadable"


def test_no_coordinate_system_no_position_and_old_datums(write):
    values = np.ones((4, 4))
    assert refused(write(values, crs=None)).key == "verification.raster_crs"
    assert refused(write(values, transform=Affine.identity())).key == "verification.raster_crs"
    error = refused(write(values, crs=XIAN))
    assert error.key == "verification.raster_datum"


@pytest.mark.parametrize("turn", [Affine(10, 1, 0, 0, -10, 0), Affine(0, 10, 0, 10, 0, 0)])
def test_rotated(write, turn):
    assert refused(write(np.ones((4, 4)), transform=turn)).key == "verification.raster_rotated"


def test_several_bands(write):
    error = refused(write(np.ones((3, 4, 4))))
    assert (error.key, error.values["found"]) == ("verification.raster_bands", 3)


def test_complex_numbers(write):
    assert refused(write(np.ones((4, 4), dtype="complex64"))).key == "verification.raster_type"


def test_declared_nodata_that_no_pixel_can_hold_hides_nothing(write, made):
    """-9999 in a byte raster: its 255 would count as values."""
    from osgeo import gdal

    values = np.full((4, 4), 3, dtype="uint8")
    values[0, 0] = 255
    path = write(values)
    file = gdal.Open(path, gdal.GA_Update)
    file.GetRasterBand(1).SetNoDataValue(-9999)
    del file
    shape = np.array([made.pixel_box(0, 0, 4, 4)], dtype=object)
    with pytest.raises(OverdraftError) as caught:
        measure(open_raster(path, "r", None), shape)
    assert (caught.value.key, caught.value.values["found"]) == ("verification.raster_fill", 255)


@pytest.mark.parametrize(
    ("kind", "fill"),
    [
        ("uint8", 255),
        ("int16", -32768),
        ("int16", -9999),
        ("uint16", 65535),
        ("float32", -9999),
        ("float32", -3.4e38),
        ("float64", 1e38),
    ],
)
def test_a_value_that_looks_like_nothing_and_is_not_declared(write, made, kind, fill):
    """255 of a byte raster would count as 255 years of irrigation, -9999 as bare land."""
    values = np.ones((5, 5), dtype=kind)
    values[2, 2] = fill
    shape = np.array([made.pixel_box(0, 0, 5, 5)], dtype=object)
    with pytest.raises(OverdraftError) as caught:
        measure(open_raster(write(values), "r", None), shape, 1)
    assert caught.value.key == "verification.raster_fill"
    assert caught.value.values["found"] == pytest.approx(fill)
    declared = open_raster(write(values, "declared.tif", nodata=fill), "r", None)
    assert measure(declared, shape, 1).loc[0, ["n_pixels", "n_valid"]].tolist() == [25, 24]
    given = open_raster(write(values, "given.tif"), "r", None, nodata=float(np.array(fill, dtype=kind)))
    assert measure(given, shape, 1).loc[0, ["n_pixels", "n_valid"]].tolist() == [25, 24]


def test_such_a_value_outside_the_areas_stops_nobody(write, made):
    values = np.ones((5, 5), dtype="uint8")
    values[4, 4] = 255
    found = measure(
        open_raster(write(values), "r", None), np.array([made.pixel_box(0, 0, 4, 4)], dtype=object)
    )
    assert found.loc[0, "n_valid"] == 16


def test_numbers_that_are_none_count_as_no_value(write, made):
    values = np.array([[np.nan, 1.0], [np.inf, -np.inf]])
    found = measure(
        open_raster(write(values), "r", None), np.array([made.pixel_box(0, 0, 2, 2)], dtype=object), 1
    )
    assert found.loc[0, ["n_pixels", "n_valid", "n_reaching", "mean"]].tolist() == [4, 1, 1, 1.0]
