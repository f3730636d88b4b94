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

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .frame import random_numbers
from .planted import Planted

BASELINE = pd.Timestamp("2021-11-12")
_FIRST, _LAST = pd.Timestamp("2022-07-01"), pd.Timestamp("2025-08-31")


@dataclass
class Cast:
    """The wells with their parts, and the tables that tell what happened to them.

    Attributes:
        wells: role ``wells``; ``zone`` names the strictest over-extraction zone of a shallow well in the edition in
            force, ``old_zone`` the zone that has shrunk away from it.
        free: wells without a part in any story.
        via_events: whether a county records seals as events (otherwise its register shows the last state only).
    """

    wells: pd.DataFrame
    planted: Planted
    free: pd.Series
    pairs: list[dict] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)
    unproven: set[str] = field(default_factory=set)
    idle: set[str] = field(default_factory=set)
    applications: list[dict] = field(default_factory=list)

    def take(self, wanted: pd.Series, topic: str) -> int:
        """One free well among the wanted ones, always the same."""
        left = self.wells.index[(wanted & self.free).to_numpy()]
        rank = random_numbers(f"cast/{topic}", len(self.wells))
        index = left[np.argmin(rank[left])]
        self.free[index] = False
        return int(index)

    def near(self, index: int, wanted: pd.Series, low_m: float, high_m: float) -> int:
        """The free wanted well nearest to another one, between two distances."""
        left = self.wells[wanted & self.free]
        away = np.hypot(left["x"] - self.wells.at[index, "x"], left["y"] - self.wells.at[index, "y"])
        away = away[(away >= low_m) & (away <= high_m)]
        found = int(away.index[np.argmin(away.to_numpy())])
        self.free[found] = False
        return found

    def id(self, index: int) -> str:
        """The id of a well."""
        return self.wells.at[index, "well_id"]


def eligible(cast: Cast, county: str, *zones: str) -> pd.Series:
    """Irrigation wells in use, inside an over-extraction zone of a county."""
    wells = cast.wells
    inside = wells["zone"].isin(zones) if zones else wells["zone"].notna()
    sound = (
        (wells["use"] == "irrigation") & (wells["status"] == "active") & (wells["built_on"] < "2017-01-01")
    )
    sound &= wells["origin"] != "renewal"
    return inside & sound & (wells["county_id"] == county)


def seal(
    cast: Cast, index: int, day: pd.Timestamp | None, state: str = "sealed", *, proven: bool = True
) -> None:
    """A well is sealed on a day (None: nobody wrote the day down)."""
    wells = cast.wells
    wells.loc[index, "status"] = state
    wells.loc[index, "status_on"] = day if day is not None else pd.NaT
    wells.loc[index, "stopped_on"] = day - pd.Timedelta(days=12) if day is not None else pd.NaT
    cast.free[index] = False
    if not proven:
        cast.unproven.add(cast.id(index))
    if wells.at[index, "county_id"] == "650422" and day is not None:
        cast.events.append(well_event(cast, index, "sealed", day))


def well_event(cast: Cast, index: int, kind: str, day: pd.Timestamp) -> dict:
    """One row of ``events`` about a well."""
    return {
        "subject_role": "wells",
        "subject_id": cast.id(index),
        "kind": kind,
        "effective_on": day,
        "area_mu": None,
        "doc_no": f"虚构封填〔{day.year}〕{3 + day.month}号",
    }


def renew(cast: Cast, index: int, day: pd.Timestamp, replaced: int | None, permit_m3: float) -> str:
    """A well becomes the renewal of another one; returns its approval number."""
    wells = cast.wells
    wells.loc[index, ["origin", "status"]] = ["renewal", "active"]
    wells.loc[index, "built_on"] = day - pd.Timedelta(days=16)
    wells.loc[index, ["commissioned_on", "status_on"]] = day
    wells.loc[index, "replaces"] = cast.id(replaced) if replaced is not None else None
    wells.loc[index, "permit_m3"] = permit_m3
    wells.loc[index, "plan_m3"] = 100 * round(permit_m3 * 0.95 / 100)
    cast.free[index] = False
    return f"虚构更新〔{day.year}〕{cast.id(index)[-4:]}号"


def pledge(
    cast: Cast,
    renewal: str,
    retired: int,
    role: str,
    on: pd.Timestamp,
    approval: str | None,
    state: str = "used",
) -> None:
    """A sealed well is pledged to a renewal."""
    cast.pairs.append(
        {
            "renewal_id": renewal,
            "retired_id": cast.id(retired),
            "role": role,
            "state": state,
            "pledged_on": on,
            "released_on": pd.NaT,
            "approval_no": approval,
        }
    )


def clean_case(cast: Cast, topic: str, county: str, *zones: str, day: pd.Timestamp | None = None) -> dict:
    """One renewal as it should be: the old well beside it and one more are sealed first, then it goes into use."""
    here = eligible(cast, county, *zones)
    renewal = cast.take(here, topic)
    replaced = cast.near(renewal, here, 60.0, 900.0)
    reduced = cast.near(renewal, here, 1_600.0, 6_000.0)
    u = random_numbers(f"case/{topic}", 4)
    day = day or _FIRST + pd.Timedelta(days=int(u[0] * (_LAST - _FIRST).days))
    first, second = day - pd.Timedelta(days=14 + int(30 * u[1])), day - pd.Timedelta(days=50 + int(90 * u[2]))
    seal(cast, replaced, first)
    seal(cast, reduced, second)
    freed = float(cast.wells.loc[[replaced, reduced], "permit_m3"].sum())
    approval = renew(cast, renewal, day, replaced, 500.0 * np.floor(freed * (0.55 + 0.3 * u[3]) / 500.0))
    on = day - pd.Timedelta(days=9)
    pledge(cast, cast.id(renewal), replaced, "replaced", on, approval)
    pledge(cast, cast.id(renewal), reduced, "reduced", on, approval)
    return {"renewal": renewal, "replaced": replaced, "reduced": reduced, "day": day, "approval": approval}


def free_seals(
    cast: Cast, topic: str, county: str, count: int, *zones: str, proven: bool = True
) -> list[int]:
    """Sealed wells that nobody has pledged."""
    found = []
    for number in range(count):
        index = cast.take(eligible(cast, county, *zones), f"{topic}/{number}")
        u = random_numbers(f"seal/{topic}/{number}", 1)[0]
        seal(cast, index, _FIRST + pd.Timedelta(days=int(u * 1_100)), proven=proven)
        found.append(index)
    return found


def gaochang(cast: Cast) -> list[int]:
    """46 sealed, 18 renewed, 2 approved; returns the seals that stay free."""
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
    return free_seals(cast, "gaochang/free", "650402", 6, "CQ-01", "CQ-02", "CQ-03")


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


def application(cast: Cast, number: str, beside: int, **values: object) -> None:
    """A row of ``applications`` some 40 m beside a well."""
    well = cast.wells.loc[beside]
    kind, decision = values.get("kind", "renewal"), values["decision"]
    decided = None if decision == "pending" else pd.Timestamp("2025-10-28")
    names = [
        "name",
        "county",
        "township",
        "village",
        "use",
        "aquifer",
        "depth_m",
        "management",
        "county_id",
        "township_id",
    ]
    row = {name: well[name] for name in names}
    row |= {
        "application_id": number,
        "kind": kind,
        "applied_on": pd.Timestamp("2025-09-05"),
        "decided_on": decided,
    }
    row |= {"x": well["x"] + 28.0, "y": well["y"] + 28.0, "origin": "renewal" if kind == "renewal" else "new"}
    row |= {
        "replaces": well["well_id"] if values.get("approval_no") else None,
        "metered": True,
        "self_supply": False,
    }
    row["name"] = f"{well['village']}更新井（申请）"
    cast.applications.append(row | {"approval_no": None} | values)


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


def shanshan(cast: Cast) -> list[int]:
    """33 sealed, 18 renewed: three seals short; returns the seals that stay free."""
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
    return free_seals(cast, "shanshan/free", "650421", 2, "CQ-06")


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


def toksun(cast: Cast) -> list[int]:
    """27 sealed, 12 renewed, two credits not proven; seals stand in ``events``."""
    zones = ["CQ-08"] * 8 + ["CQ-09"] * 4
    cases = [clean_case(cast, f"toksun/{number}", "650422", zone) for number, zone in enumerate(zones)]
    later = cases[0]["reduced"]
    day = cast.wells.at[later, "status_on"] + pd.Timedelta(days=290)
    cast.wells.loc[later, ["status", "status_on"]] = ["dismantled", day]
    cast.events.append(well_event(cast, later, "dismantled", day))
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
    return free_seals(cast, "toksun/free", "650422", 1, "CQ-08")
