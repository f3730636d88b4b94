"""A small invented register, judged by the shipped policy: hostile names, every outcome, all sections filled."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.intake import build_register
from overdraft.core.policy import load_policy

GROUND = "EPSG:4539"
HOSTILE = '<script>alert("x")</script>'
AS_OF = date(2026, 3, 31)


def _wells():
    """Two counties side by side (10 km squares), a zone over the lower halves."""
    rows = []

    def add(well_id, x, y, **more):
        base = {"use": "irrigation", "status": "active", "permit_no": f"P-{well_id}", "origin": "original"}
        base |= {
            "well_id": well_id,
            "county": "高昌区" if x < 10_000 else "鄯善县",
            "geometry": shapely.Point(x, y),
        }
        rows.append(base | more)

    for n in range(4):
        add(f"S{n}", 1000 + 100 * n, 2000, status="sealed", status_on=f"2023-0{n + 1}-15")
    add("OLD", 1500, 2500, status="sealed", status_on="2020-05-01")
    add("UNDATED", 1600, 2500, status="sealed")
    add("R1", 1700, 2500, origin="renewal", commissioned_on="2024-01-10")
    add("R2", 11_700, 2500, origin="renewal", commissioned_on="2024-02-10")
    add(HOSTILE, 3000, 3000, name="<img src=x onerror=alert(1)>")
    add("FAR", 12_000, 8000, county="高昌区")
    add("BAD", 12_500, 8000, depth_m="abc & <b>def</b>")
    add("EDGE", 4000, 4998)
    for n in range(30):
        add(f"W{n:02d}", 5000 + 10 * n, 8000, county="托克逊县")
    frame = pd.DataFrame(rows)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=GROUND)


def _frames():
    square = shapely.box
    units = gpd.GeoDataFrame(
        {
            "unit_id": ["650402", "650421"],
            "name": ["高昌区", "鄯善县"],
            "level": ["county", "county"],
            "parent_id": ["6504", "6504"],
        },
        geometry=[square(0, 0, 10_000, 10_000), square(10_000, 0, 20_000, 10_000)],
        crs=GROUND,
    )
    zones = gpd.GeoDataFrame(
        {
            "zone_id": ["Z1", "Z2"],
            "name": [HOSTILE, "禁采区"],
            "severity": ["general", None],
            "control": [None, "banned"],
        },
        geometry=[square(0, 0, 20_000, 5000), square(0, 0, 900, 900)],
        crs=GROUND,
    )
    areas = gpd.GeoDataFrame(
        {
            "area_id": ["A1", "A2", "A3", "A4"],
            "status": ["retired", "retired", "irrigated", "retired"],
            "retired_on": ["2022-05-01", "2023-05-01", None, None],
            "area_mu": [6000.0, 7000.0, 1500.0, 10.0],
        },
        geometry=[
            square(0, 6000, 2000, 8000),
            square(11_000, 6000, 13_000, 8333),
            square(3000, 6000, 4000, 7000),
            square(8000, 6000, 8100, 6100),
        ],
        crs=GROUND,
    )
    pairs = pd.DataFrame(
        {
            "renewal_id": ["R1", "R1", "R2", "R2"],
            "retired_id": ["S0", "S1", "S1", "OLD"],
            "role": ["replaced", "reduced", "replaced", "reduced"],
            "state": ["used"] * 4,
            "pledged_on": ["2023-06-01", "2023-06-01", "2024-01-01", "2024-01-01"],
        }
    )
    evidence = pd.DataFrame(
        {
            "event_id": [f"wells:S{n}:sealed:2023-0{n + 1}-15" for n in range(3)],
            "kind": ["photo"] * 3,
            "taken_on": ["2023-06-01"] * 3,
        }
    )
    return {
        "wells": _wells(),
        "units": units,
        "zones": zones,
        "irrigation": areas,
        "pairs": pairs,
        "evidence": evidence,
    }


@pytest.fixture(scope="session")
def result():
    """A run on the small register, said to be invented."""
    settings = EnforceSettings(invented=True, sources={"wells": "C:/数据/wells <1>.shp"})
    return enforce(build_register(_frames()), load_policy("turpan-2021"), AS_OF, settings)


@pytest.fixture(scope="session")
def bare_result():
    """A run on wells alone: nothing else was supplied."""
    frames = {"wells": _wells()}
    return enforce(build_register(frames), load_policy("turpan-2021"), AS_OF, EnforceSettings())
