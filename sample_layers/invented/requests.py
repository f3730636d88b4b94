"""Applications beyond the ledger, projects, and places where other water is at hand or water is protected."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry import box

from .cast import Cast, application
from .slips import plain

REACH_M = 260.0
"""Half the side of the area that the reclaimed-water main reaches."""


def plant_applications(cast: Cast) -> None:
    """New wells in and outside zones, and permits to extend in Regiment 221."""
    wells, find = cast.wells, cast.planted.find
    general = plain(cast) & (wells["zone"] == "CQ-01")
    outside = plain(cast) & wells["zone"].isna() & wells["old_zone"].isna() & (wells["county_id"] == "650422")
    regiment = plain(cast) & (wells["management"] == "regiment")

    def ask(number: str, where: pd.Series, **values: object) -> str:
        beside = cast.take(where, f"application/{number}")
        given = {"kind": "new", "decision": "pending", "permit_m3": 20_000.0, "replaces": None}
        application(cast, number, beside, **given | {"applied_on": pd.Timestamp("2026-02-10")} | values)
        return f"applications {number}"

    ask("SQ-2026-101", general, use="rural_drinking", approval_no="虚构饮水〔2026〕7号")
    waiting = ask("SQ-2026-102", general, use="rural_drinking")
    find("no_approval", "4.3d bans.zone_new", waiting, "review")
    denied = ask("SQ-2026-103", general, use="industry")
    find("new_in_zone", "4.3d bans.zone_new", denied)
    deep = ask("SQ-2026-104", outside, aquifer="deep_confined")
    find("deep_applied", "4.2c aquifer.deep_confined", deep)
    unheard = ask("SQ-2026-105", regiment, kind="extend")
    find("not_consulted", "3.2d authority.consult", unheard, "review")
    ask("SQ-2026-106", regiment, kind="extend")
    for row in [row for row in cast.planted.rows if row["case"] == "permission_application"]:
        find("renewal_open", "4.3d bans.zone_new", f"applications {row['subject_id']}", "review")


def projects_table(cast: Cast) -> pd.DataFrame:
    """Role ``projects`` (local x and y)."""
    stories = [
        ("XM-01", "650402", 50_000.0, 0.0, "passed", "passed", None, ""),
        ("XM-02", "650402", 40_000.0, 0.0, "missing", "passed", "no_assessment", "3.3a projects.assessment"),
        (
            "XM-03",
            "650422",
            60_000.0,
            0.0,
            "passed",
            "failed",
            "saving_failed",
            "3.3b projects.saving_review",
        ),
        (
            "XM-04",
            "650402",
            30_000.0,
            0.0,
            "passed",
            "pending",
            "saving_pending",
            "3.3b projects.saving_review",
        ),
        ("XM-05", "650421", 100_000.0, 0.0, "passed", "passed", "no_offset", "3.3c quota.offset"),
        ("XM-06", "650421", 80_000.0, 80_000.0, "passed", "passed", None, ""),
    ]
    rows = []
    for name, county, demand, traded, assessed, saving, case, check in stories:
        where = cast.wells["use"].eq("livestock") & cast.wells["county_id"].eq(county)
        well = cast.wells.loc[cast.take(where & cast.wells["status"].eq("active"), f"project/{name}")]
        row = {"project_id": name, "industry": "other", "build_kind": "new", "source": "groundwater"}
        row |= {"demand_m3": demand, "traded_m3": traded, "assessment": assessed, "saving_review": saving}
        rows.append(row | {"x": well["x"] + 120.0, "y": well["y"] + 60.0})
        if case:
            outcome = "review" if case in ("saving_pending", "no_offset") else "fail"
            cast.planted.find(case, check, f"projects {name}", outcome)
    return pd.DataFrame(rows)


def reclaimed_area(cast: Cast) -> gpd.GeoDataFrame:
    """Role ``alternatives`` (local): reclaimed water reaches an industrial well; marks the wells as ``reached``."""
    wells = cast.wells
    trade = wells["use"].isin(["industry", "landscape"])
    index = cast.take(trade & wells["status"].eq("active") & wells["county_id"].eq("650402"), "reclaimed")
    x, y = wells.loc[index, ["x", "y"]]
    shape = box(x - REACH_M, y - REACH_M, x + REACH_M, y + REACH_M)
    inside = shapely.covers(shape, shapely.points(wells[["x", "y"]].to_numpy(dtype=float)))
    wells["reached"] = inside
    for well in wells.loc[
        inside & trade & ~wells["status"].isin(["sealed", "dismantled", "shut"]), "well_id"
    ]:
        cast.planted.find("substitute", "4.3e source.replace", f"wells {well}", "review")
    row = {"alternative_id": "ZS-01", "kind": "reclaimed", "valid_from": pd.Timestamp("2022-06-01")}
    return gpd.GeoDataFrame([row | {"geometry": shape}], geometry="geometry")


def protection_area(land) -> gpd.GeoDataFrame:
    """Role ``protection`` (local): a drinking-water source north of a town."""
    town = land.towns.iloc[0]
    shape = box(town.x - 700.0, town.y + 1_500.0, town.x + 700.0, town.y + 2_600.0)
    row = {"protection_id": "BH-01", "kind": "drinking_1", "name": "清泉水源地一级保护区（虚构）"}
    return gpd.GeoDataFrame([row | {"geometry": shape}], geometry="geometry")
