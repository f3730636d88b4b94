"""Documents of the counties and prices of water."""

from __future__ import annotations

import pandas as pd

from .jurisdiction import COUNTIES
from .planted import Planted


def documents_table(planted: Planted) -> pd.DataFrame:
    """Role ``documents``: plans, reports of every quarter and year, and the opinion of the 12th Division."""
    rows = [row for county in COUNTIES for row in (*_plans(county), *_reports(county))]
    opinion = {"kind": "opinion", "subject_role": "applications", "subject_id": "SQ-2026-106"}
    rows.append(opinion | {"issued_on": pd.Timestamp("2026-03-02"), "title": "征求意见复函（虚构）"})
    table = pd.DataFrame(rows)
    table.insert(0, "document_id", [f"WJ-{number:04d}" for number in range(1, len(table) + 1)])
    _plant(planted)
    return table


def _plans(county: str) -> list[dict]:
    east, west = county == "650421", county == "650422"
    about = {"subject_role": "units", "subject_id": county}
    issued = about | {"issued_on": pd.Timestamp("2022-06-30")}
    plan = about | {
        "kind": "groundwater_plan",
        "title": f"{COUNTIES[county]}地下水保护规划（虚构）",
        "drafted_on": pd.Timestamp("2022-01-20" if east else "2021-12-20"),
        "approved_on": pd.Timestamp("2022-03-15" if east else "2022-02-20"),
        "filed_on": pd.NaT if west else pd.Timestamp("2022-04-01"),
    }
    rows = [plan, issued | {"kind": "comprehensive_plan"}]
    rows += [] if west else [issued | {"kind": "work_plan"}]
    return rows + ([] if east else [issued | {"kind": "special_plan"}])


def _reports(county: str) -> list[dict]:
    rows = []
    for year in range(2022, 2026):
        about = {"subject_role": "units", "subject_id": county, "year": year}
        for quarter in range(1, 5):
            if (county, year, quarter) == ("650421", 2023, 3):
                continue
            day = pd.Timestamp(year, 3 * quarter, 28) + pd.Timedelta(days=25)
            rows.append(about | {"kind": "quarterly_report", "issued_on": day})
        if (county, year) != ("650422", 2024):
            rows.append(about | {"kind": "annual_report", "issued_on": pd.Timestamp(year + 1, 2, 20)})
    return rows


def _plant(planted: Planted) -> None:
    find = planted.find
    find("no_work_plan", "1.2q duties.document", "units 650422")
    find("no_special_plan", "3.1d duties.document", "units 650421")
    find("draft_late", "4.1 duties.document", "units 650421")
    find("approved_late", "4.1 duties.document.approved", "units 650421")
    find("not_filed", "4.1 duties.document.filed", "units 650422")
    for county in COUNTIES:
        find("revision_open", "4.1 duties.document.revised", f"units {county}", "not_evaluated")
    find("quarters_short", "4.5a duties.document.quarterly", "units 650421", period=2023)
    find("annual_lacking", "4.5a duties.document.yearly", "units 650422", period=2024)


def prices_table(planted: Planted) -> pd.DataFrame:
    """Role ``prices``: farm water against the operating cost of 2015, and the water-resource fee."""
    rows = []
    for county in COUNTIES:
        low, off = county == "650422", county == "650402"
        figures = [
            ("price", 2025, 0.12 if low else 0.16),
            ("operating_cost", 2015, 0.15),
            ("full_cost", 2015, 0.21),
        ]
        rows += [
            {"unit_id": county, "sector": "agriculture", "kind": kind, "year": year, "value": value}
            for kind, year, value in figures
        ]
        figures = [("fee_standard", 0.15), ("fee_applied", 0.12 if off else 0.15)]
        rows += [
            {"unit_id": county, "sector": "industry", "kind": kind, "year": 2025, "value": value}
            for kind, value in figures
        ]
    table = pd.DataFrame(rows).assign(unit="元/m3")
    table.insert(0, "price_id", [f"JG-{number:03d}" for number in range(1, len(table) + 1)])
    planted.find("price_low", "5.2b fees.price_floor", "units 650422", period=2025)
    planted.find("fee_differs", "5.2c fees.standard", "units 650402", period=2025)
    return table
