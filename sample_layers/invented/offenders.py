"""Wells that break a clause on permits, meters, power or aquifers, one thing each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .cast import Cast
from .meterbook import FIRST_YEAR, LAST_YEAR
from .slips import plain

YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
CITY = "6504"


def prepare(cast: Cast) -> None:
    """Columns of what is true of the wells, before anything is written down wrongly."""
    dismantled = (cast.wells["status"] == "dismantled").to_numpy()
    cast.wells = cast.wells.assign(standard=True, transmits=True, paper=False, dismantled_later=dismantled)
    closed = cast.wells["status"].isin(["sealed", "dismantled"])
    cast.wells.loc[closed, "account_no"] = None
    cast.sound = cast.wells.copy()


def plant_wells(cast: Cast) -> list[dict]:
    """All of them; returns rows of ``violations``."""
    _unmetered(cast)
    _poor_meters(cast)
    _unpermitted(cast)
    _deep(cast)
    _unlinked(cast)
    index = _take(cast, "paper", "650402")
    cast.record(index, paper=True)
    for unit in ("650402", CITY):
        cast.planted.find("not_electronic", "3.2e permits.electronic", f"units {unit}")
    accused = _take(cast, "accused", "650421")
    cast.planted.find("accused", "4.4e power.illegal", f"wells {cast.id(accused)}")
    case = {"violation_id": "WF-0001", "subject_role": "wells", "subject_id": cast.id(accused)}
    case |= {"kind": "illegal_drilling", "found_on": pd.Timestamp("2025-11-05"), "state": "open"}
    done = {
        "violation_id": "WF-0002",
        "subject_role": "wells",
        "subject_id": _id(cast, "rectified", "650402"),
    }
    done |= {"kind": "metering", "found_on": pd.Timestamp("2025-03-02"), "state": "rectified"}
    return [case, done | {"rectified_on": pd.Timestamp("2025-04-20")}]


def _take(cast: Cast, topic: str, county: str) -> int:
    known = plain(cast) & (cast.wells["county_id"] == county) & (cast.wells["origin"] == "original")
    return cast.take(known, f"offender/{topic}")


def _id(cast: Cast, topic: str, county: str) -> str:
    return cast.id(_take(cast, topic, county))


def _unmetered(cast: Cast) -> None:
    """A well without meter and electricity account: it shows in every coverage of its county and of the city."""
    index = _take(cast, "unmetered", "650422")
    cast.record(index, metered=False, account_no=None)
    well = cast.id(index)
    find = cast.planted.find
    find("unmetered", "3.5a meters.required.metered", f"wells {well}", well=well)
    find("unmetered", "4.4d power.barred", f"wells {well}", "review", well=well)
    for unit in ("650422", CITY):
        find("unmetered", "1.2a meters.coverage", f"units {unit}", period=2022, well=well)
        find("unmetered", "3.5b meters.coverage", f"units {unit}", period=2021, well=well)
        find("unmetered", "3.5c meters.coverage", f"units {unit}", well=well)


def _poor_meters(cast: Cast) -> None:
    index = _take(cast, "standard", "650402")
    cast.record(index, standard=False)
    cast.planted.find("not_standard", "3.5a meters.required.standard", f"wells {cast.id(index)}")
    index = _take(cast, "transmits", "650421")
    cast.record(index, transmits=False)
    cast.planted.find("not_transmitting", "3.5a meters.required.transmits", f"wells {cast.id(index)}")


def _unpermitted(cast: Cast) -> None:
    """Four wells without a permit: power may not reach them, whatever becomes of them."""
    stories = [
        ("not_eligible", "650421", "no", "fail"),
        ("may_get_permit", "650402", "yes", "review"),
        ("overloaded", "650422", "yes", "review"),
        ("eligibility_open", "650402", None, "review"),
    ]
    for case, county, eligible, outcome in stories:
        index = _take(cast, case, county)
        cast.record(index, permit_no=None, permit_to=None, permit_m3=np.nan, plan_m3=np.nan)
        cast.record(index, permit_eligible=eligible)
        well = f"wells {cast.id(index)}"
        cast.planted.find(case, "3.2c permits.unpermitted", well, outcome)
        cast.planted.find(case, "4.4d power.barred", well)
        cast.planted.find(case, "4.4e power.illegal", well)
        cast.planted.find(case, "5.5 permits.required", well)
        cast.planted.find("no_plan_of_well", "3.1a quota.allocation.without_index", well, "review", 2025)


def _deep(cast: Cast) -> None:
    """Deep confined water for trade; two new household wells in the restricted zone of that aquifer."""
    wells = cast.wells
    trade = (wells["use"] == "service") & (wells["status"] == "active") & (wells["aquifer"] == "shallow")
    index = cast.take(trade & wells["county_id"].eq("650402"), "offender/deep")
    cast.record(index, aquifer="deep_confined")
    cast.planted.find("deep_trade", "4.2c aquifer.deep_confined", f"wells {cast.id(index)}")
    cast.planted.find("deep_trade", "4.4e power.illegal", f"wells {cast.id(index)}")
    household = (
        wells["use"].eq("rural_drinking") & wells["aquifer"].eq("deep_confined") & wells["in_deep_zone"]
    )
    for number in range(2):
        index = cast.take(household, f"offender/new/{number}")
        day = pd.Timestamp("2023-05-20") + pd.Timedelta(days=40 * number)
        cast.record(index, built_on=day, commissioned_on=day + pd.Timedelta(days=12), origin="new")
        cast.record(index, status_on=day + pd.Timedelta(days=12))
    cast.planted.find("more_wells", "4.3a wells.zone_count", "zones CQ-04", period="2021-11-12/2026-03-31")
    allowed = wells["aquifer"].eq("deep_confined") & wells["use"].isin(["rural_drinking", "urban_supply"])
    for well in wells.loc[allowed & (wells["status"] == "active"), "well_id"]:
        cast.planted.find("deep_household", "4.2c aquifer.deep_confined", f"wells {well}", "exempt")
    for row in [row for row in cast.planted.rows if row["case"] == "aquifer_missing"]:
        well = f"wells {row['subject_id']}"
        cast.planted.find("aquifer_open", "4.2c aquifer.deep_confined", well, "review")
        cast.planted.find("aquifer_open", "4.4e power.illegal", well, "not_evaluated")


def _unlinked(cast: Cast) -> None:
    """The well without an id, and the one whose id is another's, have meters and readings that nothing leads to."""
    rows = [row for row in cast.planted.rows if row["case"] in ("id_missing", "id_repeated")]
    names = [
        row["subject_id"] for row in rows if row["subject_id"].startswith("row:") or "#" in row["subject_id"]
    ]
    for name in names:
        for check in ("meters.required.standard", "meters.required.transmits"):
            cast.planted.find("unlinked", f"3.5a {check}", f"wells {name}", "not_evaluated")
        for year in YEARS:
            cast.planted.find("unlinked", "3.5a meters.readings", f"wells {name}", "review", year)
            cast.planted.find("unlinked", "4.4g power.completeness", f"wells {name}", "review", year)
    for number, year in (("3.5c", ""), ("1.2a", 2022), ("3.5b", 2021)):
        cast.planted.find("unlinked", f"{number} meters.coverage", "units 650402", "not_evaluated", year)


def spoil_readings(cast: Cast, readings: pd.DataFrame) -> pd.DataFrame:
    """One slip in each of a few ledgers of 2025."""
    find = cast.planted.find

    def rows(topic: str, county: str, *months: int) -> tuple[str, np.ndarray]:
        well = _id(cast, topic, county)
        here = (
            (readings["well_id"] == well) & (readings["year"] == LAST_YEAR) & readings["month"].isin(months)
        )
        return f"wells {well}", np.flatnonzero(here)

    well, at = rows("voucher", "650402", 6)
    readings.loc[at, "voucher_no"] = None
    find("no_voucher", "4.4f power.voucher", well, period=2025)
    well, at = rows("power gap", "650421", 5, 6)
    readings.loc[at, "energy_kwh"] = np.nan
    find("power_gap", "4.4g power.completeness", well, "review", 2025)
    find("one_figure", "5.5 power.water_mismatch", well, "not_evaluated", 2025)
    well, at = rows("frozen", "650402", 5, 6, 7, 8)
    readings.loc[at, "volume_m3"] = 4_000.0
    find("frozen", "3.5a meters.readings", well, "review", 2025)
    well, at = rows("backward", "650421", 6)
    readings.loc[at, "volume_m3"] = -250.0
    find("backward", "3.5a meters.readings", well, "review", 2025)
    find("one_figure", "5.5 power.water_mismatch", well, "not_evaluated", 2025)
    well, at = rows("dry power", "650422", 7)
    readings.loc[at, "energy_kwh"] = 0.0
    find("dry_power", "5.5 power.water_mismatch", well, "review", 2025)
    well, at = rows("month gap", "650422", 7)
    find("month_gap", "3.5a meters.readings", well, "review", 2025)
    find("month_gap", "4.4g power.completeness", well, "review", 2025)
    return readings.drop(index=at).reset_index(drop=True)
