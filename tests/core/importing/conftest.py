"""Sources of a few rows, and two counties to measure positions against."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from overdraft.core.importing.source import Source
from overdraft.core.intake import build_register


@pytest.fixture
def sheet():
    """``sheet(机井编号=[…], …)``: a source of text cells, rows counted from 2 as below one heading."""

    def make(geometry=None, crs=None, cut_names=False, set_aside=(), **columns):
        frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
        return Source(
            frame,
            np.arange(2, len(frame) + 2),
            None if geometry is None else np.array(geometry, dtype=object),
            crs,
            "sheet.csv",
            "ab" * 32,
            "utf-8",
            1.0,
            cut_names,
            set_aside,
        )

    return make


@pytest.fixture
def wells(sheet):
    """``wells(经度=…, 纬度=…)``: three wells of 高昌区 with the columns given added or exchanged."""

    def make(**columns):
        size = len(next(iter(columns.values()))) if columns else 3
        return sheet(
            **{
                "机井编号": [f"W{n}" for n in range(1, size + 1)],
                "用途": ["农业灌溉"] * size,
                "使用状态": ["在用"] * size,
                "县": ["高昌区"] * size,
                **columns,
            }
        )

    return make


@pytest.fixture
def units():
    """高昌区 from 89° to 90° E and 鄯善县 from 90° to 91° E, both from 42° to 43° N, canonical."""
    frame = gpd.GeoDataFrame(
        {
            "unit_id": ["650402", "650421"],
            "name": ["高昌区", "鄯善县"],
            "level": ["county", "county"],
        },
        geometry=[shapely.box(89, 42, 90, 43), shapely.box(90, 42, 91, 43)],
        crs="EPSG:4490",
    )
    return build_register({"units": frame})["units"]
