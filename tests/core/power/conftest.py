"""Registers from rows written as dicts."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from overdraft.core.intake import build_register

WELL = {"use": "irrigation", "status": "active", "aquifer": "shallow", "county": "高昌区"}


@pytest.fixture
def register():
    """Call with rows of wells (all at one place) and of tables."""

    def build(wells: list[dict], **tables: list[dict]):
        frame = gpd.GeoDataFrame(
            [{**WELL, **well} for well in wells], geometry=[Point(89.2, 42.9)] * len(wells), crs="EPSG:4326"
        )
        return build_register({"wells": frame, **{role: pd.DataFrame(rows) for role, rows in tables.items()}})

    return build


@pytest.fixture
def reading():
    """One row of readings: well, year, month, water, energy."""

    def row(well, year=2024, month=None, water=None, energy=None, **more):
        own = {"well_id": well, "year": year, "month": month, "volume_m3": water, "energy_kwh": energy}
        return {**own, **more}

    return row


@pytest.fixture
def coefficient():
    """One row of indices that gives a coefficient."""

    def row(role, subject, value, year=2024, **more):
        own = {"subject_role": role, "subject_id": subject, "year": year, "value": value, "unit": "m3/kWh"}
        return {**own, "measure": "kwh_coefficient", **more}

    return row
