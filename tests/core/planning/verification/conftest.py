"""Small rasters and registers whose pixels can be counted by hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import from_origin
from shapely import box

from overdraft.core.intake import build_register

PLANE = "EPSG:32645"
WEST, NORTH = 500_000.0, 4_700_000.0


def pixel_box(left, top, right, bottom, size=10.0):
    """The polygon of columns left … right − 1 and rows top … bottom − 1 of a raster at ``WEST``, ``NORTH``."""
    return box(WEST + left * size, NORTH - bottom * size, WEST + right * size, NORTH - top * size)


def areas(*rows, crs=PLANE):
    """Irrigation areas: (id, status, retired_on, polygon, {other fields})."""
    table = [
        {"area_id": row[0], "status": row[1], "retired_on": row[2], **(row[4] if len(row) > 4 else {})}
        for row in rows
    ]
    return gpd.GeoDataFrame(pd.DataFrame(table), geometry=[row[3] for row in rows], crs=crs)


@pytest.fixture
def made():
    """``made.areas``, ``made.pixel_box``, ``made.register(areas, **tables)`` and ``made.day``."""
    return SimpleNamespace(
        areas=areas,
        pixel_box=pixel_box,
        register=lambda layer, **tables: build_register({"irrigation": layer, **tables}),
        day=date(2025, 12, 31),
    )


@pytest.fixture
def write(tmp_path):
    """``write(values, name, …)``: a GeoTIFF with pixels of 10 m; returns its path."""

    def make(values, name="index.tif", crs=PLANE, transform=None, nodata=None, scale=None, **more):
        values = np.asarray(values)
        bands = values[None] if values.ndim == 2 else values
        path = tmp_path / name
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            height=bands.shape[1],
            width=bands.shape[2],
            count=len(bands),
            dtype=bands.dtype,
            crs=crs,
            transform=from_origin(WEST, NORTH, 10, 10) if transform is None else transform,
            nodata=nodata,
            **more,
        ) as file:
            file.write(bands)
            if scale:
                file.scales, file.offsets = [scale[0]], [scale[1]]
        return str(path)

    return make
