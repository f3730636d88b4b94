"""A small world in metres: two counties side by side, one over-extraction zone in each, one well per word."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from overdraft.core.intake import build_register
from overdraft.core.overlay import PlacementOptions, place
from overdraft.core.policy import load_policy
from overdraft.core.replacement import replacement_ledger

CRS = "EPSG:32645"
X0, Y0 = 600_000, 4_750_000
GAOCHANG, SHANSHAN = "650402", "650421"
AT = {GAOCHANG: 2_000, SHANSHAN: 12_000}


class World:
    """Builds a register row by row and keeps the ledger of it."""

    def __init__(self) -> None:
        self.rows: list[dict] = []
        self.tables: dict[str, list[dict]] = {}
        self.unit_ids: dict[str, str] = {}
        """Ids that the units layer gives to counties in place of their codes."""
        self.zones = [
            {
                "zone_id": "Z1",
                "severity": "general",
                "geometry": box(X0 + 500, Y0 + 500, X0 + 9_500, Y0 + 9_500),
            },
            {
                "zone_id": "Z2",
                "severity": "severe",
                "geometry": box(X0 + 10_500, Y0 + 500, X0 + 19_500, Y0 + 9_500),
            },
        ]

    @staticmethod
    def square(x: float, y: float, side: float):
        """A square in metres from the world's corner."""
        return box(X0 + x, Y0 + y, X0 + x + side, Y0 + y + side)

    def well(self, well_id: str, county: str = GAOCHANG, *, outside: bool = False, **fields) -> None:
        """An irrigation well with a permit of 100,000 m³, well inside the zone of its county."""
        x, y = (
            (X0 + AT[county] - 1_900, Y0 + 100)
            if outside
            else (X0 + AT[county], Y0 + 5_000 + 10 * len(self.rows))
        )
        row = {"well_id": well_id, "use": "irrigation", "status": "active", "permit_no": f"P-{well_id}"}
        self.rows.append({**row, "permit_m3": 100_000.0, **fields, "geometry": Point(x, y)})

    def sealed(self, well_id: str, day: str = "2022-06-01", county: str = GAOCHANG, **fields) -> None:
        self.well(well_id, county, **{"status": "sealed", "status_on": day, **fields})

    def renewed(self, well_id: str, day: str | None = "2024-03-01", county: str = GAOCHANG, **fields) -> None:
        self.well(well_id, county, **{"origin": "renewal", "commissioned_on": day, **fields})

    def add(self, role: str, **fields) -> None:
        self.tables.setdefault(role, []).append(fields)

    def application(self, application_id: str, county: str = GAOCHANG, **fields) -> None:
        point = Point(X0 + AT[county], Y0 + 3_000 + 10 * len(self.tables.get("applications", [])))
        base = {
            "application_id": application_id,
            "kind": "renewal",
            "use": "irrigation",
            "applied_on": "2024-01-10",
        }
        self.add("applications", **{**base, **fields, "geometry": point})

    def register(self, *, with_zones: bool = True):
        frames = {"wells": gpd.GeoDataFrame(self.rows, crs=CRS)}
        units = [
            {
                "unit_id": self.unit_ids.get(GAOCHANG, GAOCHANG),
                "name": "高昌区",
                "level": "county",
                "geometry": box(X0, Y0, X0 + 10_000, Y0 + 10_000),
            },
            {
                "unit_id": self.unit_ids.get(SHANSHAN, SHANSHAN),
                "name": "鄯善县",
                "level": "county",
                "geometry": box(X0 + 10_000, Y0, X0 + 20_000, Y0 + 10_000),
            },
        ]
        frames["units"] = gpd.GeoDataFrame(units, crs=CRS)
        if with_zones:
            frames["zones"] = gpd.GeoDataFrame(self.zones, crs=CRS)
        for role, rows in self.tables.items():
            spatial = role == "applications"
            frames[role] = gpd.GeoDataFrame(rows, crs=CRS) if spatial else pd.DataFrame(rows)
        return build_register(frames)

    def ledger(self, as_of: str = "2025-12-31", *, with_zones: bool = True, **settings):
        register = self.register(with_zones=with_zones)
        policy = load_policy("turpan-2021")
        day = date.fromisoformat(as_of)
        placement = place(
            register["wells"],
            zones=register.get("zones"),
            units=register["units"],
            policy=policy,
            as_of=day,
            options=PlacementOptions(),
        )
        return replacement_ledger(register, placement, policy, day, **settings)

    def balance(self, pool_id: str = GAOCHANG, as_of: str = "2025-12-31", **settings) -> dict:
        table = self.ledger(as_of, **settings).balance.set_index("pool_id")
        return {name: (None if pd.isna(value) else value) for name, value in table.loc[pool_id].items()}


@pytest.fixture
def world() -> World:
    return World()
