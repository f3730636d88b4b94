"""Water users, their wells and plans: village associations, industry, and users of the public network."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .cast import Cast
from .frame import random_numbers
from .jurisdiction import COUNTIES
from .meterbook import FIRST_YEAR, LAST_YEAR

WELLS_EACH, VILLAGES = 5, 6
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)


def build_users(cast: Cast) -> dict[str, pd.DataFrame]:
    """Roles ``users``, ``well_users``, ``permit_wells``, ``account_wells``, and ``plans``: rows for ``indices``.

    Each association and company has wells of its own; its plan is the sum of what its wells were given. Planted: one
    took more than its plan, the wells of one were given more than it has, one takes water without a plan.
    """
    users, links, plans = [], [], []
    for county, name in COUNTIES.items():
        for number in range(1, VILLAGES + 1):
            user = {"user_id": f"YH-{county}-{number:02d}", "kind": "farmer", "sector": "agriculture"}
            users.append(user | {"county": name})
            links += _wells_of(cast, user["user_id"], county, "irrigation", WELLS_EACH)
        company = {"user_id": f"YH-{county}-91", "kind": "enterprise", "sector": "industry", "county": name}
        users.append(company)
        links += _wells_of(cast, company["user_id"], county, "industry", 1)
    links = pd.DataFrame(links)
    given = cast.sound.set_index("well_id")["plan_m3"]
    for year in YEARS:
        for user, part in links.groupby("user_id"):
            plans += _plans(cast, user, year, given[part["well_id"]])
    _without_plan(cast, plans)
    users += _network_users(cast)
    papers = cast.sound.set_index("well_id").loc[links["well_id"]].reset_index()
    return {
        "users": pd.DataFrame(users),
        "well_users": links.assign(share_ratio=1.0),
        "permit_wells": papers[["permit_no", "well_id", "depth_m"]].assign(volume_m3=papers["permit_m3"]),
        "account_wells": papers[["account_no", "well_id"]].assign(share_ratio=1.0),
        "plans": pd.DataFrame(plans),
    }


def _wells_of(cast: Cast, user: str, county: str, use: str, number: int) -> list[dict]:
    wells = cast.wells
    mine = (wells["use"] == use) & (wells["status"] == "active") & (wells["origin"] == "original")
    mine &= (wells["county_id"] == county) & cast.sound["plan_m3"].notna() & (wells["aquifer"] == "shallow")
    left = wells.index[(mine & cast.free & ~wells["reached"]).to_numpy()]
    rank = random_numbers(f"user/{user}", len(wells))
    chosen = left[np.argsort(rank[left], kind="stable")[:number]]
    cast.free[chosen] = False
    return [{"well_id": cast.id(index), "user_id": user} for index in chosen]


def _plans(cast: Cast, user: str, year: int, given: pd.Series) -> list[dict]:
    """The plan of a user and of each of its wells; two users of 2025 are spoiled."""
    given = given.copy()
    last = year == LAST_YEAR
    if last and user == "YH-650421-02":
        given = 100.0 * np.floor(given * 0.5 / 100.0)
        for clause in ("3.4d", "5.5"):
            cast.planted.find("over_plan", f"{clause} quota.user_plan", f"users {user}", period=year)
    total = float(given.sum())
    if last and user == "YH-650402-03":
        given.iloc[0] += 5_000.0
        cast.planted.find("wells_above_user", "3.1a quota.allocation.well", f"users {user}", period=year)
    rows = [_plan("users", user, year, total)]
    return rows + [_plan("wells", well, year, value) for well, value in given.items()]


def _plan(role: str, subject: str, year: int, value: float) -> dict:
    row = {"subject_role": role, "subject_id": subject, "year": year, "measure": "plan", "value": value}
    return row | {"unit": "m3", "issuer": "县水利局（虚构）"}


def _without_plan(cast: Cast, plans: list[dict]) -> None:
    """Plan and well plans of one company were never issued."""
    user = "YH-650422-91"
    wells = {row["subject_id"] for row in plans if row["subject_role"] == "wells"}
    own = {row["subject_id"] for row in plans if row["subject_id"] == user}
    mine = [row for row in plans if row["subject_id"] in own]
    totals = {(row["year"], row["value"]) for row in mine}
    gone = [row for row in plans if row["subject_id"] in wells and (row["year"], row["value"]) in totals]
    for row in [*mine, *gone]:
        if row in plans:
            plans.remove(row)
    cast.planted.find("no_plan", "3.4a users.plan", f"users {user}", period=LAST_YEAR)
    # the plan recorded on its well is part of nothing
    cast.planted.find("no_plan", "3.1a quota.allocation.well", f"users {user}", "not_evaluated", LAST_YEAR)
    for year in YEARS:
        for clause in ("3.4d", "5.5"):
            cast.planted.find("no_plan", f"{clause} quota.user_plan", f"users {user}", "not_evaluated", year)


def _network_users(cast: Cast) -> list[dict]:
    """Two users of the public network: the text gives no threshold for large ones."""
    found = []
    for number, (kind, sector, volume) in enumerate(
        [("school", "service", 32_000.0), ("enterprise", "industry", 210_000.0)], start=1
    ):
        user = f"YH-650402-W{number}"
        row = {"user_id": user, "kind": kind, "sector": sector, "county": "高昌区", "network_id": "GW-01"}
        found.append(row | {"annual_m3": volume, "floor_m2": 12_000.0})
        check = "3.4a users.plan"
        cast.planted.find("size_open", check, f"users {user}", "not_evaluated", LAST_YEAR)
    return found
