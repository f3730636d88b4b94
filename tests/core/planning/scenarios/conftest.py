"""A plane world of three counties in which plans can be added up by hand: a strip of 1000 m × 2/3 m is one mu."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import CRS
from shapely import box

from overdraft.core.intake import build_register
from overdraft.core.planning.land import LandPlanner
from overdraft.core.planning.scenarios import Scenario, board_of
from overdraft.core.policy import load_policy
from overdraft.core.rules.scene import Scene

PLANE = CRS.from_wkt('LOCAL_CS["plane",UNIT["metre",1]]')
METRES_A_MU = 10_000 / 15 / 1000
NAMES = {"650402": "高昌区", "650421": "鄯善县", "650422": "托克逊县"}
WEST = {"650402": 0, "650421": 100_000, "650422": 200_000}
FIELDS = ("status", "retired_on", "restored_on", "area_mu", "county", "township", "source", "cost", "lock")


def strip(mu: float, west: float, south: float):
    """A strip of so many mu, 1000 m high."""
    return box(west, south, west + mu * METRES_A_MU, south + 1000)


@pytest.fixture(scope="session")
def policy():
    return load_policy("turpan-2021")


@pytest.fixture(scope="session")
def world(policy):
    """``world({"a": {"mu": 30}, …}, as_of=…, units=…)``: register, planner and board; each area in a row of its own.

    ``goals`` are targets by unit and year.
    An area is ``mu`` wide from the west of its county (``at``), or from ``west``; it may have any field.
    """

    def make(areas, as_of=date(2025, 6, 30), goals=None, **frames):
        table, shapes = [], []
        for place, (name, row) in enumerate(areas.items()):
            west = row.get("west", WEST[row.get("at", "650402")])
            shapes.append(strip(row["mu"], west, row.get("south", 2000 * place)))
            plain = {key: value for key, value in row.items() if key not in ("mu", "at", "west", "south")}
            table.append({"area_id": name, **dict.fromkeys(FIELDS), "status": "irrigated", **plain})
        units = {"unit_id": list(NAMES), "name": list(NAMES.values()), "level": "county", "parent_id": "6504"}
        land = [box(west, 0, west + 100_000, 1_000_000) for west in WEST.values()]
        given = {
            "irrigation": gpd.GeoDataFrame(pd.DataFrame(table), geometry=shapes, crs=PLANE),
            "units": gpd.GeoDataFrame(pd.DataFrame(units), geometry=land, crs=PLANE),
            **frames,
        }
        if goals is not None:
            # the document has targets of 2025 for every unit: those that are not given are 0
            every = {**{(unit, 2025): 0.0 for unit in (*NAMES, "6504")}, **goals}
            rows = [(unit, year, mu) for (unit, year), mu in every.items()]
            given["targets"] = pd.DataFrame(rows, columns=["unit_id", "year", "area_mu"]).assign(
                volume_m3=None
            )
        register = build_register(given)
        planner = LandPlanner.of(Scene.of(register, policy, as_of))
        return register, planner, board_of(planner)

    return make


@pytest.fixture
def plan():
    """``plan(board, a=2026, b=2025)``: a scenario in which areas are retired."""

    def make(board, **years):
        scenario = Scenario.base(board, "base").duplicate("plan")
        for name, year in years.items():
            row = int(np.flatnonzero(board.parcels["area_id"] == name)[0])
            scenario.assign(board, np.array([row]), year)
        return scenario

    return make


@pytest.fixture
def of():
    """``of(board, values, unit, year)``: one figure."""

    def find(board, values, unit, year):
        return float(values[list(board.units["unit_id"]).index(unit), board.columns.index(year)])

    return find
