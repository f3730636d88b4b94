"""A small plane world in which areas can be counted by hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import CRS
from shapely import box

from overdraft.core.intake import build_register
from overdraft.core.policy import load_policy
from overdraft.core.retirement import retirement_balance

PLANE = CRS.from_wkt('LOCAL_CS["plane",UNIT["metre",1]]')
COUNTIES = {"650402": "高昌区", "650421": "鄯善县", "650422": "托克逊县"}
AREA_FIELDS = ("status", "retired_on", "restored_on", "area_mu", "county", "valid_from", "valid_to")
AFTER = date(2026, 1, 1)


def areas(*rows: dict, crs=PLANE) -> gpd.GeoDataFrame:
    """Irrigation areas: ``area_id``, ``box`` (xmin, ymin, xmax, ymax) or ``geometry``, and any field."""
    table = [{"status": "irrigated", **dict.fromkeys(AREA_FIELDS[1:]), **row} for row in rows]
    shapes = [row.get("geometry", box(*row["box"]) if "box" in row else None) for row in table]
    plain = [{k: v for k, v in row.items() if k not in ("box", "geometry")} for row in table]
    return gpd.GeoDataFrame(pd.DataFrame(plain), geometry=shapes, crs=crs)


def counties(crs=PLANE, **boxes: tuple) -> gpd.GeoDataFrame:
    """Counties by code (``c650402=(xmin, ymin, xmax, ymax)``)."""
    codes = [name.removeprefix("c") for name in boxes]
    frame = {"unit_id": codes, "name": [COUNTIES.get(code, code) for code in codes], "level": "county"}
    return gpd.GeoDataFrame(frame, geometry=[box(*edges) for edges in boxes.values()], crs=crs)


def events(*rows: tuple) -> pd.DataFrame:
    """Events: (subject, kind, day) or (subject, kind, day, area_mu)."""
    table = [
        {
            "event_id": f"e{number}",
            "subject_role": "irrigation",
            "subject_id": row[0],
            "kind": row[1],
            "effective_on": row[2],
            "area_mu": row[3] if len(row) > 3 else None,
        }
        for number, row in enumerate(rows)
    ]
    return pd.DataFrame(table)


@pytest.fixture(scope="session")
def policy():
    return load_policy("turpan-2021")


@pytest.fixture(scope="session")
def run(policy):
    """Balance of raw frames by role: ``run(irrigation=…, units=…, as_of=…, area_basis=…)``."""

    def call(as_of: date = AFTER, baseline=None, area_basis=None, parent_sum_only=None, **frames):
        register = build_register(frames)
        return retirement_balance(
            register,
            policy,
            as_of,
            baseline=baseline,
            area_basis=area_basis,
            parent_sum_only=parent_sum_only,
        )

    return call


@pytest.fixture(scope="session")
def world():
    """The helpers of this file."""
    return SimpleNamespace(areas=areas, counties=counties, events=events, plane=PLANE)


@pytest.fixture(scope="session")
def row_of():
    """One row of a balance as a dict."""

    def call(result, unit_id: str, year: int = 2025) -> dict:
        balance = result.balance
        picked = balance[(balance["unit_id"] == unit_id) & (balance["target_year"] == year)]
        assert len(picked) == 1
        return picked.iloc[0].to_dict()

    return call


@pytest.fixture(scope="session")
def spoken():
    """Subjects of the findings of one rule."""

    def call(result, rule: str) -> list[str]:
        rows = result.verdicts.rows
        return sorted(rows.loc[rows["rule"] == rule, "subject_id"])

    return call
