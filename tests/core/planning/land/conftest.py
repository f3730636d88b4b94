"""A plane world of three counties in which plans can be made by hand: a box of 1000 m × 2 m is 3 mu."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import CRS
from shapely import box

from overdraft.core.intake import build_register
from overdraft.core.planning.land import LandPlanner, LandSettings, land_settings
from overdraft.core.policy import load_policy
from overdraft.core.rules.scene import Scene

PLANE = CRS.from_wkt('LOCAL_CS["plane",UNIT["metre",1]]')
METRES_A_MU = 10_000 / 15 / 1000
"""Width of one mu in a strip of 1000 m."""
FIELDS = (
    *("status", "retired_on", "restored_on", "area_mu", "county", "township", "source", "quota_m3_per_mu"),
    *("cost", "lock", "well_ids", "valid_from", "valid_to"),
)
NAMES = {"650402": "高昌区", "650421": "鄯善县", "650422": "托克逊县"}
WEST = {"650402": 0, "650421": 100_000, "650422": 200_000}
"""Each county is 100 km wide and 1000 km high; they stand side by side."""


def strip(mu: float, west: float = 0.0, south: float = 0.0):
    """A strip of so many mu, 1000 m high."""
    return box(west, south, west + mu * METRES_A_MU, south + 1000)


def areas(**rows: dict) -> gpd.GeoDataFrame:
    """Irrigation areas by id: ``mu`` (or ``geometry``), ``at`` (county, by default 650402), and any field.

    Each stands in a row of its own, 2 km above the one before.
    """
    table, shapes = [], []
    for place, (name, row) in enumerate(rows.items()):
        west = WEST[row.get("at", "650402")]
        default = strip(row["mu"], west, 2000 * place) if "mu" in row else None
        shapes.append(row.get("geometry", default))
        plain = {key: value for key, value in row.items() if key not in ("mu", "at", "geometry")}
        table.append({"area_id": name, "status": "irrigated", **dict.fromkeys(FIELDS[1:]), **plain})
    return gpd.GeoDataFrame(pd.DataFrame(table), geometry=shapes, crs=PLANE)


def counties() -> gpd.GeoDataFrame:
    frame = {"unit_id": list(NAMES), "name": list(NAMES.values()), "level": "county", "parent_id": "6504"}
    shapes = [box(west, 0, west + 100_000, 1_000_000) for west in WEST.values()]
    return gpd.GeoDataFrame(pd.DataFrame(frame), geometry=shapes, crs=PLANE)


def targets(year: int = 2025, volume: dict | None = None, **mu: float) -> pd.DataFrame:
    """Targets of all units, ``c650402=45``; the city has the sum."""
    goal = {unit: mu.get(f"c{unit}", 0.0) for unit in NAMES}
    goal["6504"] = mu.get("c6504", sum(goal.values()))
    water = [(volume or {}).get(unit) for unit in goal]
    return pd.DataFrame(
        {"unit_id": list(goal), "year": year, "area_mu": list(goal.values()), "volume_m3": water}
    )


def wells(**rows: dict) -> gpd.GeoDataFrame:
    """Irrigation wells in use by id: ``xy`` and any field."""
    table = [
        {"well_id": name, "use": "irrigation", "status": "active", "permit_no": "P", **row}
        for name, row in rows.items()
    ]
    shapes = [gpd.points_from_xy([row["xy"][0]], [row["xy"][1]])[0] for row in rows.values()]
    return gpd.GeoDataFrame(pd.DataFrame(table).drop(columns="xy"), geometry=shapes, crs=PLANE)


def links(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["well_id", "area_id"])


def events(*rows: tuple) -> pd.DataFrame:
    """Events on areas: (area, kind, day[, mu])."""
    table = [(f"e{n}", "irrigation", *row, *([None] * (4 - len(row)))) for n, row in enumerate(rows)]
    names = ["event_id", "subject_role", "subject_id", "kind", "effective_on", "area_mu"]
    return pd.DataFrame(table, columns=names)


@pytest.fixture(scope="session")
def policy():
    return load_policy("turpan-2021")


@pytest.fixture(scope="session")
def planner(policy):
    """``planner(irrigation=…, as_of=…, baseline=…, …)``: a planner over raw frames; counties are there by default."""

    def make(as_of=date(2025, 6, 30), area_basis=None, parent_sum_only=None, policy=policy, **frames):
        frames = {"units": counties(), **frames}
        register = build_register({role: frame for role, frame in frames.items() if frame is not None})
        scene = Scene.of(register, policy, as_of)
        return LandPlanner.of(scene, area_basis=area_basis, parent_sum_only=parent_sum_only)

    return make


@pytest.fixture(scope="session")
def plan(planner):
    """``plan({"TOWNSHIP_CAP": "0.2"}, irrigation=…)``: a solved plan."""

    def make(settings=None, **given):
        one = planner(**given)
        return one.solve(one.ask(land_settings(settings or {}, LandSettings())))

    return make


@pytest.fixture(scope="session")
def world():
    """The helpers of this file."""
    return SimpleNamespace(
        areas=areas,
        counties=counties,
        targets=targets,
        wells=wells,
        links=links,
        events=events,
        strip=strip,
        names=NAMES,
        west=WEST,
        mu=METRES_A_MU,
        plane=PLANE,
    )


@pytest.fixture(scope="session")
def unit():
    """``unit(table, "650402", "area_mu")``: one row as a dict."""

    def pick(table, unit_id, measure="area_mu", year=2025, within_year=False):
        rows = table[(table["unit_id"] == unit_id) & (table["measure"] == measure)]
        rows = rows[(rows["year"] == year) & (rows["within_year"] == within_year)]
        assert len(rows) == 1
        return rows.iloc[0].to_dict()

    return pick
