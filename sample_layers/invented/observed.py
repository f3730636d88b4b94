"""Stations with their levels, control sections and intakes, and the land that was given water year by year."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from .jurisdiction import Jurisdiction
from .planted import Planted

STATIONS_EACH = 4
SLOPES = {"650402": (-0.6, -0.3, 0.05), "650421": (-0.4, -0.7, -0.3), "650422": (-0.5, -0.2, 0.10)}
"""m per year: 2017 to 2019, 2020 to 2022, since then. In 鄯善县 the fall grew, and it goes on."""

ABOVE_THRESHOLD = {"650402": 1.0, "650421": -0.6, "650422": 0.8}
"""m by which the level of 2025 stands above the threshold."""

N_TOWNS = {"650402": 8, "650421": 7, "650422": 6}
TOWNS_RISING = ("650421906", "650422906")
TOWNS_READ = ("650422905",)
"""Townships all of whose wells were read in 2024 and 2025: where they took more, and where they did not."""

_SEASON = ((2, 0.2), (5, -0.1), (8, -0.3), (11, 0.2))
FIRST_LEVEL = {"650402": 14, "650421": 10, "650422": 8}
"""First-level intakes: 32, the number that the text names."""


def stations_and_levels(land: Jurisdiction, planted: Planted) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Roles ``stations`` (local x and y) and ``levels``: four stations in each county, read four times a year."""
    stations, levels = [], []
    for county, slopes in SLOPES.items():
        towns = land.towns[land.towns["county"] == county].head(STATIONS_EACH)
        for number, town in enumerate(towns.itertuples(), start=1):
            name, level = f"JC-{county}-{number}", 48.0 + 3.0 * number
            yearly = {}
            for year in range(2017, 2026):
                yearly[year] = level
                level += slopes[0] if year < 2019 else slopes[1] if year < 2022 else slopes[2]
            levels += [
                {
                    "station_id": name,
                    "date_on": pd.Timestamp(year, month, 15),
                    "level_m": round(mean + part, 2),
                }
                for year, mean in yearly.items()
                for month, part in _SEASON
            ]
            lost = county == "650402" and number == 2
            station = {"station_id": name, "aquifer": "shallow", "ground_m": 80.0}
            station |= {"x": town.x + 420.0, "y": town.y - 380.0, "flags": "national;assessed"}
            station |= {"threshold_m": round(yearly[2025] - ABOVE_THRESHOLD[county], 2)}
            stations.append(station | ({"flags": "national"} if lost else {}))
    planted.find("not_assessed", "4.5b levels.network", "stations JC-650402-2")
    planted.find("falling", "1.2c levels.trend", "units 650421", period="2020/2022")
    planted.find("level_fell", "4.5d levels.worsened.level", "units 650421", "review", "2024/2025")
    for number, outcome in (("1.2k", "review"), ("4.2a", "fail")):
        planted.find("below_level", f"{number} levels.control.level", "units 650421", outcome, 2025)
    _townships(planted)
    return pd.DataFrame(stations), pd.DataFrame(levels)


def _townships(planted: Planted) -> None:
    """What comes of the townships from 2024 to 2025: the first four of a county have a station, few have all their
    wells read."""
    years, level, volume = "2024/2025", "4.5d levels.worsened.level", "4.5d levels.worsened.volume"
    for county, n_towns in N_TOWNS.items():
        for number in range(1, n_towns + 1):
            town = f"{county}9{number:02d}"
            if number > STATIONS_EACH:
                planted.find("no_station", level, f"units {town}", "not_evaluated", years)
            elif county == "650421":
                planted.find("level_fell", level, f"units {town}", "review", years)
            if town in TOWNS_RISING:
                planted.find("town_rose", volume, f"units {town}", "review", years)
            elif town not in TOWNS_READ:
                planted.find("town_open", volume, f"units {town}", "not_evaluated", years)


def sections_table(land: Jurisdiction, planted: Planted) -> pd.DataFrame:
    """Role ``sections``: the three rivers that the text names and one more; one has no ecological flow yet."""
    rivers = [("DM-01", "白杨河", 1.2, 1.5, "650422"), ("DM-02", "阿拉沟", 0.8, 0.7, "650422")]
    rivers += [("DM-03", "柯柯亚河", None, 1.1, "650421"), ("DM-04", "二泉河", 0.5, 0.6, "650402")]
    rows = []
    for place, (name, river, eco, flow, county) in enumerate(rivers):
        town = land.towns[land.towns["county"] == county].iloc[place % 2]
        row = {"section_id": name, "river": river, "eco_flow_m3s": eco, "flow_m3s": flow}
        rows.append(row | {"x": town.x - 900.0, "y": town.y + 700.0})
    planted.find("no_eco_flow", "1.2d ecology.flow_fixed", "sections DM-03")
    return pd.DataFrame(rows)


def intakes_table(land: Jurisdiction, planted: Planted) -> pd.DataFrame:
    """Role ``intakes`` with ``online``: 32 of the first level and one of the second in each county."""
    rows = []
    for county, number in FIRST_LEVEL.items():
        towns = land.towns[land.towns["county"] == county]
        for place in range(number + 1):
            town = towns.iloc[place % len(towns)]
            row = {"intake_id": f"QS-{county}-{place + 1:02d}", "metered": True, "online": True}
            row |= {
                "level": "first" if place < number else "second",
                "kind": "headworks" if place < number else "gate",
            }
            row |= {
                "metered_on": pd.Timestamp("2021-09-20"),
                "x": town.x + 600.0,
                "y": town.y + 150.0 * (place + 1),
            }
            rows.append(row)
    table = pd.DataFrame(rows)
    offline, late = "QS-650402-05", "QS-650421-03"
    table.loc[table["intake_id"] == offline, "online"] = False
    table.loc[table["intake_id"] == late, "metered_on"] = pd.Timestamp("2023-05-08")
    for unit in ("650402", "6504"):
        planted.find(
            "intake_offline", "3.5b meters.intake_coverage", f"units {unit}", period=2021, intake=offline
        )
    planted.find("intake_late", "3.5b meters.intake_coverage", "units 650421", "review", 2021, intake=late)
    for unit in ("650421", "6504"):
        planted.find(
            "intake_late", "1.2a meters.intake_coverage", f"units {unit}", "review", 2022, intake=late
        )
    return table


def area_years_table(areas: gpd.GeoDataFrame, planted: Planted) -> pd.DataFrame:
    """Role ``area_years``: eight parcels of each county; less of them gets water each year, but one year in 鄯善县."""
    land = areas[(areas["status"] == "irrigated") & (areas["role"] == "block")]
    rows = []
    for county, part in land.groupby("county_id"):
        for area in part.iloc[10:90:10].itertuples():
            for year in range(2021, 2026):
                step = year - 2021 - (county == "650421" and year == 2024)
                row = {"area_id": area.area_id, "year": year, "irrigated_mu": area.mu}
                rows.append(row | {"allocated_mu": round(area.mu * (1 - 0.02 * step), 1)})
    planted.find("allocated_flat", "4.4c trend.yearly", "units 650421", period=2024)
    return pd.DataFrame(rows)
