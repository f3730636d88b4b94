"""Water of counties by year: use, indices and quotas, in 10⁸ m³ as the documents write them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from .planted import Planted

COUNTIES = ("650402", "650421", "650422")
CITY = "6504"
TOTAL = {
    2020: (4.20, 4.05, 4.11), 2021: (4.12, 3.98, 4.04), 2022: (4.03, 3.91, 3.96), 2023: (3.95, 3.83, 3.87),
    2024: (3.86, 3.75, 3.78), 2025: (3.78, 3.66, 3.68),
}  # fmt: skip
"""All water: 12.36 in 2020, as the document says; in 2025 鄯善县 is above its 3.60, the city (11.12) within 11.2."""

GROUNDWATER = {
    2020: (2.28, 2.34, 1.57), 2021: (2.21, 2.26, 1.49), 2022: (2.13, 2.16, 1.39), 2023: (2.05, 2.06, 1.28),
    2024: (1.97, 1.95, 1.18), 2025: (1.90, 1.85, 1.09),
}  # fmt: skip
"""6.19 in 2020; in 2025 托克逊县 is above its 1.06, the city (4.84) within 4.92."""

FARM_GROUNDWATER = {
    2021: (1.90, 1.94, 1.25), 2022: (1.82, 1.85, 1.16), 2023: (1.74, 1.76, 1.06), 2024: (1.66, 1.78, 0.97),
    2025: (1.60, 1.60, 0.90),
}  # fmt: skip
"""鄯善县 rises in 2024."""

DEEP = {
    2021: (0.031, 0.018, 0.014), 2022: (0.029, 0.016, 0.013), 2023: (0.027, 0.016, 0.012),
    2024: (0.025, 0.014, 0.011), 2025: (0.023, 0.012, 0.010),
}  # fmt: skip
"""鄯善县 stays as it is in 2023."""

FARM_TOTAL_2025 = (3.20, 3.05, 3.12)
"""9.37 of 11.12: 84.3 %, the text allows 85 %."""

REUSED_2025, TREATED_2025 = (0.05, 0.03, 0.03), (0.09, 0.06, 0.05)
"""0.11 of 0.20: 55 %, the text asks for 60 %."""

DOMESTIC, ECOLOGY = ((0.12, 0.13), (0.09, 0.10), (0.08, 0.08)), ((0.15, 0.16), (0.12, 0.12), (0.10, 0.08))
"""Minimum and what was given in 2025; ecology of 托克逊县 gets less than its minimum."""

FARM_SHARE = (1.2, 0.9, 1.2)
"""Index of agriculture ÷ what the irrigated land needs by its quotas; 鄯善县 has more land than water."""


def indices_table(areas: gpd.GeoDataFrame, plans: pd.DataFrame, planted: Planted) -> pd.DataFrame:
    """Role ``indices``: figures of the counties, plans of users and wells, water used on some parcels."""
    rows = [
        *_uses(),
        *_given(areas),
        *_parcels(areas, planted),
    ]
    _plant(planted)
    return pd.concat([pd.DataFrame(rows), plans], ignore_index=True)


def targets_table() -> pd.DataFrame:
    """Role ``targets``: volumes that retired land is to give back by 2025, m³; none is set for 鄯善县.

    67,150 mu in 高昌区 and 48,420 in 托克逊县 at some 490 m³ give 32.8 and 23.7 million.
    """
    volumes = {"650402": 32_000_000.0, "650422": 25_000_000.0}
    return pd.DataFrame([{"unit_id": unit, "year": 2025, "volume_m3": m3} for unit, m3 in volumes.items()])


def _row(unit_id: str, year: int, measure: str, value: float, source: str | None, sector: str | None) -> dict:
    row = {"subject_role": "units", "subject_id": unit_id, "year": year, "measure": measure, "value": value}
    row |= {"unit": "亿m3", "source": source, "sector": sector, "issuer": "市水利局（虚构）"}
    return row | {"parent_id": CITY if measure == "index" else None}


def _uses() -> list[dict]:
    rows = []
    for figures, source, sector in (
        (TOTAL, "total", None),
        (GROUNDWATER, "groundwater", None),
        (FARM_GROUNDWATER, "groundwater", "agriculture"),
        (DEEP, "deep_confined", None),
        ({2025: FARM_TOTAL_2025}, "total", "agriculture"),
    ):
        for year, values in figures.items():
            rows += [
                _row(unit, year, "use", value, source, sector)
                for unit, value in zip(COUNTIES, values, strict=True)
            ]
    for unit, reused, treated in zip(COUNTIES, REUSED_2025, TREATED_2025, strict=True):
        rows.append(_row(unit, 2025, "reclaimed", reused, "reclaimed", None))
        rows.append(_row(unit, 2025, "wastewater_treated", treated, None, None))
    return rows


def _given(areas: gpd.GeoDataFrame) -> list[dict]:
    """Indices of 2022 to 2024 (that of 2025 stands in the document), of agriculture, and protected minima."""
    rows = []
    land = areas[(areas["status"] == "irrigated") & (areas["block"] >= 0)]
    need = (land["mu"] * land["quota_m3_per_mu"]).groupby(land["county_id"]).sum() / 1e8
    for place, unit in enumerate(COUNTIES):
        for year in (2022, 2023, 2024):
            rows.append(_row(unit, year, "index", round(TOTAL[year][place] + 0.02, 2), "total", None))
        farms = float(np.round(need[unit] * FARM_SHARE[place], 2))
        for year in (2022, 2023, 2024, 2025):
            rows.append(_row(unit, year, "index", farms, "total", "agriculture"))
        for sector, figures in (("domestic", DOMESTIC), ("ecology", ECOLOGY)):
            least, given = figures[place]
            rows.append(_row(unit, 2025, "quota", least, "total", sector))
            rows.append(_row(unit, 2025, "index", given, "total", sector))
    return rows


def _parcels(areas: gpd.GeoDataFrame, planted: Planted) -> list[dict]:
    """What was used on five parcels in 2025; the last one took a fifth more than its quota."""
    land = areas[
        (areas["status"] == "irrigated") & (areas["role"] == "block") & (areas["mu"] == areas["area_mu"])
    ]
    rows = []
    for place, area in enumerate(land.iloc[100:600:100].itertuples()):
        share = 1.2 if place == 4 else 0.9
        row = {"subject_role": "irrigation", "subject_id": area.area_id, "year": 2025, "measure": "use"}
        rows.append(row | {"value": round(area.mu * area.quota_m3_per_mu * share), "unit": "m3"})
    planted.find("above_quota", "3.4b quota.per_mu", f"irrigation {rows[-1]['subject_id']}", period=2025)
    return rows


def _plant(planted: Planted) -> None:
    find = planted.find
    find("total_above", "1.2h quota.cap", "units 650421", period=2025)
    find("groundwater_above", "1.2i quota.cap", "units 650422", period=2025)
    for number, outcome in (("1.2k", "review"), ("4.2a", "fail")):
        find("groundwater_above", f"{number} levels.control.volume", "units 650422", outcome, 2025)
    find("permits_above", "3.2a permits.within_cap.groundwater", "units 650422", period=2025)
    find("reuse_low", "1.2j shares.limit", f"units {CITY}", period=2025)
    find("ecology_short", "3.1c quota.protected_minima.ecology", "units 650422", period=2025)
    for number in ("2.4", "4.4b"):
        find("farms_above", f"{number} quota.supportable_area", "units 650421")
    find("farm_water_rose", "4.4a trend.yearly", "units 650421", period=2024)
    find("deep_flat", "4.2b trend.yearly", "units 650421", "review", 2023)
    open_ = "not_evaluated"
    find("not_due", "1.2m shares.limit", f"units {CITY}", open_, 2035, year=2035)
    for unit in (*COUNTIES, CITY):
        for source in ("", ".groundwater"):
            find("index_open", f"3.2a permits.within_cap{source}", f"units {unit}", open_, 2026)
        find("not_due", "1.2n quota.cap", f"units {unit}", open_, 2035, year=2035)
        find("not_due", "1.2o quota.cap", f"units {unit}", open_, 2035, year=2035)
    for unit in COUNTIES:
        find("not_due", "1.2p shares.balance", f"units {unit}", open_, "2031/2035", year=2035)
        find("not_due", "4.2a levels.control.volume", f"units {unit}", open_, 2035, year=2035)
    find("returned_shown", "5.1 irrigation.water_returned", "units 650421", open_)
    find("returned_short", "5.1 irrigation.water_returned", "units 650422", period=2025)
