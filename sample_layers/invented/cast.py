"""The tools the stories are told with: pick a well, seal it, renew it, pledge it, apply for it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .frame import random_numbers
from .planted import Planted

_FIRST, _LAST = pd.Timestamp("2022-07-01"), pd.Timestamp("2025-08-31")


@dataclass
class Cast:
    """The wells with their parts, and the tables that tell what happened to them.

    Attributes:
        wells: role ``wells``; ``zone`` names the strictest over-extraction zone of a shallow well in the edition in
            force, ``old_zone`` the zone that has shrunk away from it.
        free: wells without a part in any story.
        sound: the wells as they are, before slips of the pen: what meters, permits and accounts were made from.
    """

    wells: pd.DataFrame
    planted: Planted
    free: pd.Series
    pairs: list[dict] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)
    unproven: set[str] = field(default_factory=set)
    idle: set[str] = field(default_factory=set)
    applications: list[dict] = field(default_factory=list)
    sound: pd.DataFrame = field(default_factory=pd.DataFrame)

    def record(self, index: int, **values: object) -> None:
        """What is true of a well, in the register and in every table beside it."""
        for name, value in values.items():
            self.wells.at[index, name] = value
            self.sound.at[index, name] = value

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
