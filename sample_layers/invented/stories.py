"""What happened under 减二更一: seals, renewals, pledges and approvals, clean ones and planted ones.

The balances to come out (reading R1: two seals for one renewal; pool: county; baseline 2021-11-12), by hand:

=========  ======  =======  ========  ========  =======  =======  ==========
county     sealed  renewed  reserved  required  deficit  further  net_change
=========  ======  =======  ========  ========  =======  =======  ==========
高昌区     46      18       2         36        0        3        -28
鄯善县     33      18       0         36        3        0        -15
托克逊县   27      12       0         24        0        1        -15
=========  ======  =======  ========  ========  =======  =======  ==========

高昌区: further = ⌊46 / 2⌋ - 18 - 2 = 3. 鄯善县: deficit = 2 · 18 - 33 = 3. 托克逊县: ⌊27 / 2⌋ - 12 = 1.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from .cast import Cast, application, clean_case, eligible, free_seals, pledge, renew, seal, well_event


def gaochang(cast: Cast, edge: BaseGeometry) -> int:
    """46 sealed, 18 renewed, 2 approved; returns a free seal near ``edge``, an outline inside CQ-01."""
    zones = ["CQ-01"] * 6 + ["CQ-02"] * 4 + ["CQ-03"] * 6
    for number, zone in enumerate(zones):
        clean_case(cast, f"gaochang/{number}", "650402", zone)
    larger = clean_case(cast, "gaochang/larger", "650402", "CQ-03")
    freed = cast.wells.loc[[larger["replaced"], larger["reduced"]], "permit_m3"].sum()
    cast.wells.loc[larger["renewal"], "permit_m3"] = freed + 35_000.0
    cast.planted.plant("size_larger", cast.id(larger["renewal"]), more=35_000)
    cast.planted.plant("permission_size", cast.id(larger["renewal"]))

    idle = clean_case(cast, "gaochang/idle", "650402", "CQ-01", day=pd.Timestamp("2024-05-20"))
    cast.idle.add(cast.id(idle["reduced"]))
    cast.planted.plant("idle", cast.id(idle["reduced"]))
    cast.planted.plant("permission_idle", cast.id(idle["renewal"]), retired=cast.id(idle["reduced"]))

    for number in range(2):
        _approved_application(cast, f"gaochang/approved/{number}", "650402", "CQ-03")
    _other_applications(cast)
    _uncounted(cast)
    free_seals(cast, "gaochang/free", "650402", 4, "CQ-01", "CQ-02", "CQ-03")
    away = shapely.distance(shapely.points(cast.wells[["x", "y"]].to_numpy(dtype=float)), edge)
    index = cast.take(eligible(cast, "650402", "CQ-01", "CQ-02") & (away < 250.0), "gaochang/edge")
    seal(cast, index, pd.Timestamp("2024-11-17"))
    return index


def _approved_application(cast: Cast, topic: str, county: str, zone: str) -> None:
    """Approved, the two seals reserved, the drilling still to come."""
    first, second = free_seals(cast, topic, county, 2, zone)
    number = f"SQ-2025-{len(cast.applications) + 1:03d}"
    approval = f"虚构更新〔2025〕预{len(cast.applications) + 1}号"
    freed = cast.wells.loc[[first, second], "permit_m3"].sum()
    application(
        cast,
        number,
        first,
        permit_m3=500.0 * np.floor(freed * 0.6 / 500.0),
        approval_no=approval,
        decision="approved",
    )
    for index, role in ((first, "replaced"), (second, "reduced")):
        pledge(cast, number, index, role, pd.Timestamp("2025-10-20"), approval, "reserved")


def _other_applications(cast: Cast) -> None:
    """One still open, one withdrawn, and an application that is no renewal."""
    here = eligible(cast, "650402", "CQ-01")
    for decision, kind in (("pending", "renewal"), ("withdrawn", "renewal"), ("pending", "extend")):
        number = f"SQ-2026-{len(cast.applications) + 1:03d}"
        application(cast, number, cast.take(here, number), permit_m3=60_000.0, decision=decision, kind=kind)
    _unknown_well(cast, cast.applications[-3]["application_id"])
    withdrawn = cast.applications[-2]["application_id"]
    released = free_seals(cast, "gaochang/released", "650402", 1, "CQ-01")[0]
    pledge(cast, withdrawn, released, "replaced", pd.Timestamp("2025-09-20"), None, "released")
    cast.pairs[-1]["released_on"] = pd.Timestamp("2025-10-28")


def _unknown_well(cast: Cast, number: str) -> None:
    """An open application pledges a well that the register does not know."""
    unknown = "650402-9999"
    on, approval = pd.Timestamp("2026-01-12"), None
    cast.pairs.append(
        {
            "renewal_id": number,
            "retired_id": unknown,
            "role": "replaced",
            "state": "reserved",
            "pledged_on": on,
        }
        | {"released_on": pd.NaT, "approval_no": approval}
    )
    cast.planted.plant("pair_unknown", f"{number}/{unknown}", retired=unknown)
    cast.planted.plant("permission_application", number, retired=unknown)
    cast.planted.plant("size_unknown", number)


def _uncounted(cast: Cast) -> None:
    """Seals in Gaochang that earn no credit: too early, without a permit, without a day."""
    here = eligible(cast, "650402", "CQ-01", "CQ-02")
    early = cast.take(here, "gaochang/early")
    seal(cast, early, pd.Timestamp("2020-10-01"))
    cast.planted.plant("credit_before_baseline", cast.id(early), day="2020-10-01")
    papers = cast.take(here, "gaochang/no permit")
    seal(cast, papers, pd.Timestamp("2023-06-18"))
    cast.wells.loc[papers, ["permit_no", "permit_to"]] = None
    cast.wells.loc[papers, ["permit_m3", "plan_m3"]] = np.nan
    cast.planted.plant("credit_no_permit", cast.id(papers))
    undated = cast.take(here, "gaochang/undated")
    seal(cast, undated, None)
    cast.planted.plant("credit_undated", cast.id(undated))


def shanshan(cast: Cast) -> None:
    """33 sealed, 18 renewed: three seals short."""
    zones = ["CQ-05"] * 3 + ["CQ-06"] * 5 + ["CQ-07"] * 4
    cases = [clean_case(cast, f"shanshan/{number}", "650421", zone) for number, zone in enumerate(zones)]
    _shrunken_zone(cast)

    early = clean_case(cast, "shanshan/early", "650421", "CQ-06", day=pd.Timestamp("2024-04-02"))
    late = early["day"] + pd.Timedelta(days=75)
    seal(cast, early["reduced"], late)
    cast.planted.plant("permission_sealed_late", cast.id(early["renewal"]), retired=cast.id(early["reduced"]))

    victim = max(cases[:3], key=lambda case: -case["day"].value)
    loser = _lone_renewal(cast, "shanshan/double", "CQ-05", pd.Timestamp("2025-09-10"))
    _sealed_for(cast, loser, "replaced")
    pledge(
        cast, cast.id(loser["renewal"]), victim["reduced"], "reduced", loser["pledged_on"], loser["approval"]
    )
    cast.planted.plant(
        "permission_double",
        cast.id(loser["renewal"]),
        retired=cast.id(victim["reduced"]),
        first=cast.id(victim["renewal"]),
    )

    weak = _lone_renewal(cast, "shanshan/ineligible", "CQ-07", pd.Timestamp("2024-08-14"))
    _sealed_for(cast, weak, "replaced")
    old = cast.near(weak["renewal"], eligible(cast, "650421", "CQ-07"), 1_200.0, 5_000.0)
    seal(cast, old, pd.Timestamp("2021-06-30"))
    pledge(cast, cast.id(weak["renewal"]), old, "reduced", weak["pledged_on"], weak["approval"])
    cast.planted.plant("credit_before_baseline", cast.id(old), day="2021-06-30")
    cast.planted.plant("permission_before_baseline", cast.id(weak["renewal"]), retired=cast.id(old))

    half = _lone_renewal(cast, "shanshan/half", "CQ-06", pd.Timestamp("2025-03-25"))
    _sealed_for(cast, half, "replaced")
    cast.planted.plant("permission_incomplete", cast.id(half["renewal"]))
    _lone_renewal(cast, "shanshan/alone", "CQ-06", pd.Timestamp("2025-05-16"))
    cast.planted.plant("balance_deficit", "650421")

    outside = cast.take(_irrigation_outside(cast, "650421"), "shanshan/outside")
    seal(cast, outside, pd.Timestamp("2023-09-12"))
    cast.planted.plant("credit_outside_zone", cast.id(outside))
    free_seals(cast, "shanshan/free", "650421", 2, "CQ-06")


def _shrunken_zone(cast: Cast) -> None:
    """A clean case of 2023 in land that the zone's edition of 2024 has given up: it stays as it was judged."""
    wells = cast.wells
    known = wells["zone"].copy()
    wells["zone"] = wells["old_zone"]
    clean_case(cast, "shanshan/old edition", "650421", "CQ-05", day=pd.Timestamp("2023-07-20"))
    wells["zone"] = known


def _lone_renewal(cast: Cast, topic: str, zone: str, day: pd.Timestamp) -> dict:
    renewal = cast.take(eligible(cast, "650421", zone), topic)
    approval = renew(cast, renewal, day, None, 40_000.0)
    return {
        "renewal": renewal,
        "day": day,
        "approval": approval,
        "pledged_on": day - pd.Timedelta(days=5),
        "zone": zone,
    }


def _sealed_for(cast: Cast, case: dict, role: str) -> int:
    """Seal the neighbour of a lone renewal and pledge it."""
    index = cast.near(case["renewal"], eligible(cast, "650421", case["zone"]), 60.0, 1_500.0)
    seal(cast, index, case["day"] - pd.Timedelta(days=30))
    permit_m3 = 500.0 * np.floor(0.6 * cast.wells.at[index, "permit_m3"] / 500.0)
    cast.wells.loc[case["renewal"], ["replaces", "permit_m3"]] = [cast.id(index), permit_m3]
    cast.wells.loc[case["renewal"], "plan_m3"] = 100 * np.floor(0.95 * permit_m3 / 100)
    pledge(cast, cast.id(case["renewal"]), index, role, case["pledged_on"], case["approval"])
    return index


def _irrigation_outside(cast: Cast, county: str) -> pd.Series:
    wells = cast.wells
    plain = (
        (wells["use"] == "irrigation") & (wells["status"] == "active") & (wells["built_on"] < "2017-01-01")
    )
    return plain & wells["zone"].isna() & wells["old_zone"].isna() & (wells["county_id"] == county)


def toksun(cast: Cast) -> None:
    """27 sealed, 12 renewed, two credits not proven; seals stand in ``events``."""
    zones = ["CQ-08"] * 8 + ["CQ-09"] * 4
    cases = [clean_case(cast, f"toksun/{number}", "650422", zone) for number, zone in enumerate(zones)]
    later = cases[0]["reduced"]
    day = cast.wells.at[later, "status_on"] + pd.Timedelta(days=290)
    cast.wells.loc[later, ["status", "status_on"]] = ["dismantled", day]
    cast.events.append(well_event(cast, later, "dismantled", day))
    _undated_renewal(cast, cases[-1])
    for index in free_seals(cast, "toksun/unproven", "650422", 2, "CQ-08", proven=False):
        cast.planted.plant("evidence_incomplete", cast.id(index))

    wells = cast.wells
    trade = (
        (wells["use"] == "industry")
        & (wells["zone"].isin(["CQ-08", "CQ-09"]))
        & (wells["aquifer"] == "shallow")
    )
    index = cast.take(trade & (wells["status"] == "active"), "toksun/industry")
    seal(cast, index, pd.Timestamp("2023-11-08"))
    cast.planted.plant("credit_use", cast.id(index))
    expired = cast.take(eligible(cast, "650422", "CQ-08"), "toksun/expired")
    seal(cast, expired, pd.Timestamp("2024-06-12"))
    cast.wells.loc[expired, "permit_to"] = "2022-12-31"
    cast.planted.plant("permit_expired", cast.id(expired))


def _undated_renewal(cast: Cast, case: dict) -> None:
    """Nobody wrote down when a renewed well was built or went into use: it counts, and somebody must ask."""
    cast.wells.loc[case["renewal"], ["built_on", "commissioned_on", "status_on"]] = pd.NaT
    cast.planted.plant("renewal_undated", cast.id(case["renewal"]))
    cast.planted.plant("permission_order_unknown", cast.id(case["renewal"]))
