"""Caps and use side by side, one row per unit and year.

    margin = cap − use        used percent = 100 · use ÷ cap

An open year is never a pass, and a year whose cap and use speak of different scopes carries no verdict; its figures
are shown all the same. The straight-line figures are information only: irrigation is seasonal.

    day share = day of the year ÷ days of the year
    pace      = cap · day share                 projected = use ÷ day share
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ..findings import Verdicts, judge
from ..policy import RESERVE
from ..rules.facts.allotments import UNIT_CHILDREN, allotments, parents_of
from ..rules.facts.permit_facts import groundwater_share, in_force, permit_counties, permit_links
from ..rules.facts.yearbook import CITY, exceeds, plain_scope, unit_names, units_of, year_table
from ..rules.families.quota_units import CAP_KEYS, figures_of
from ..rules.scene import Scene

BALANCE_COLUMNS = (
    "unit_id",
    "name",
    "level",
    "year",
    "source",
    "cap_m3",
    "cap_origin",
    "use_m3",
    "use_origin",
    "margin_m3",
    "used_percent",
    "period_state",
    "as_of",
    "day_share_ratio",
    "pace_m3",
    "projected_m3",
    "allocated_m3",
    "unallocated_m3",
    "permitted_m3",
    "n_wells",
    "n_without_reading",
    "scope",
    "issuer",
    "scope_changed",
    "outcome",
)


@dataclass(frozen=True)
class QuotaBalance:
    """The balance of units by year.

    Attributes:
        balance: columns ``BALANCE_COLUMNS``, sorted by unit and year; volumes in m³, unrounded.
            ``period_state``: closed, open, not_due, or not_comparable (cap and use of the year differ in scope).
            ``scope_changed``: scope or issuer differ from the unit's row before, so the two years are not compared.
            ``allocated_m3``: given to users, else to the units below, else to wells. ``permitted_m3``: permits in
            force on the day of judgement.
        verdicts: one per unit and year (rule ``quota.balance``).
    """

    balance: pd.DataFrame
    verdicts: Verdicts


def quota_balance(
    scene: Scene, *, level: str = "county", source: str = "groundwater", years: Iterable[int] | None = None
) -> QuotaBalance:
    """Draw up the balance of the units of one level, and of the policy's own unit where it has a cap.

    Args:
        level: of the units, or ``city``.
        source: ``groundwater`` or ``total``.
        years: years to show; empty: every year with a cap and, from the first of them on, every full year with use,
            else with use, else the last full year.
    """
    wanted = tuple(years or ())
    table = year_table(scene, level=level, source=source, years=wanted)
    if level != CITY and scene.city not in set(units_of(scene, level)):
        top = year_table(scene, level=CITY, source=source, years=wanted or table["year"].unique())
        top = top[top["cap_m3"].notna().to_numpy()]
        table = pd.concat([part for part in (table, top) if len(part)] or [table], ignore_index=True)
    inside = scene.unit_subjects(table["unit_id"].to_numpy(dtype=object)).in_scope
    table = table[inside].sort_values(["unit_id", "year"], kind="stable").reset_index(drop=True)
    changed = _scope_changes(scene, table)
    verdicts = _verdicts(scene, table, level, int((~inside).sum()))
    balance = _with_reserve(scene, _balance(scene, table, source, changed), source, table["year"].unique())
    return QuotaBalance(balance, verdicts)


def _balance(scene: Scene, table: pd.DataFrame, source: str, changed: np.ndarray) -> pd.DataFrame:
    cap, use = table["cap_m3"].to_numpy("float64"), table["use_m3"].to_numpy("float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = np.where(cap > 0, 100 * use / cap, np.nan)
    share = _day_share(scene, table)
    allocated = _allocated(scene, table, source)
    frame = pd.DataFrame(
        {
            "unit_id": table["unit_id"],
            "name": unit_names(scene, table["unit_id"]),
            "level": _levels(scene, table),
            "year": table["year"],
            "source": source,
            "cap_m3": cap,
            "cap_origin": table["cap_origin"],
            "use_m3": use,
            "use_origin": table["use_origin"],
            "margin_m3": cap - use,
            "used_percent": percent,
            "period_state": table["period_state"].to_numpy(dtype=object),
            "as_of": pd.to_datetime(table["as_of"]),
            "day_share_ratio": share,
            "pace_m3": cap * share,
            "projected_m3": use / np.where(share > 0, share, np.nan),
            "allocated_m3": allocated,
            "unallocated_m3": cap - allocated,
            "permitted_m3": _permitted(scene, table, source),
            "n_wells": table["n_wells"],
            "n_without_reading": table["n_without_reading"],
            "scope": table["cap_scope"].where(table["cap_scope"] != "", table["use_scope"]),
            "issuer": table["cap_issuer"],
            "scope_changed": changed,
            "outcome": table["outcome"],
        }
    )
    return frame[list(BALANCE_COLUMNS)]


def _levels(scene: Scene, table: pd.DataFrame) -> np.ndarray:
    known = scene.unit_table.drop_duplicates("unit_id").set_index("unit_id")["level"]
    found = table["unit_id"].map(known)
    return found.where(found.notna() & (found != ""), table["level"]).to_numpy(dtype=object)


def _day_share(scene: Scene, table: pd.DataFrame) -> np.ndarray:
    """How much of the year the figures cover, by days: 1 for a closed year, 0 for one that has not begun."""
    year = table["year"].to_numpy("int64")
    begin = np.array([np.datetime64(date(int(one), 1, 1)) for one in year], dtype="datetime64[D]")
    size = np.array([366 if isleap(int(one)) else 365 for one in year])
    told = pd.to_datetime(table["as_of"]).to_numpy().astype("datetime64[D]")
    until = np.where(np.isnat(told), scene.today, np.minimum(told, scene.today))
    days = (until.astype("datetime64[D]") - begin).astype("int64") + 1
    return np.where(
        table["period_state"] == "open", np.clip(days / size, 0.0, 1.0), (days > 0).astype("float64")
    )


def _scope_changes(scene: Scene, table: pd.DataFrame) -> np.ndarray:
    """Rows whose cap has another scope or issuer, or whose use another scope, than the unit's row before."""
    columns = [plain_scope(table[name], table["unit_id"], scene) for name in ("cap_scope", "use_scope")]
    columns.append(table["cap_issuer"].to_numpy(dtype=object))
    known = table[["cap_m3", "use_m3"]].notna().all(axis=1).to_numpy()
    changed = np.zeros(len(table), dtype=bool)
    same_unit = (
        (table["unit_id"].to_numpy(object)[1:] == table["unit_id"].to_numpy(object)[:-1])
        if len(table)
        else []
    )
    for column in columns:
        changed[1:] |= np.asarray(column[1:] != column[:-1], dtype=bool)
    if len(table):
        changed[1:] &= same_unit & known[1:] & known[:-1]
    return changed


def _allocated(scene: Scene, table: pd.DataFrame, source: str) -> np.ndarray:
    """What users were given in each unit and year, else the units below, else wells; NaN where nobody was."""
    found = np.full(len(table), np.nan)
    for level in table["level"].unique():
        here = (table["level"] == level).to_numpy()
        keys = pd.MultiIndex.from_frame(table.loc[here, ["unit_id", "year"]])
        for child in ("user", *_below(scene, level), "well"):
            if not np.isnan(found[here]).any():
                break
            given = allotments(scene, child, source)
            links = parents_of(scene, given, child, level) if len(given) else pd.DataFrame({"parent_id": []})
            sums = given["value"].groupby([links["parent_id"].to_numpy(), given["year"]]).sum()
            values = sums.reindex(keys).to_numpy("float64") if len(sums) else np.full(len(keys), np.nan)
            found[here] = np.where(np.isnan(found[here]), values, found[here])
    return found


def _below(scene: Scene, level: str) -> list[str]:
    """Levels of units that lie under those of a level, as far as the register has any."""
    tops = units_of(scene, level)
    present = set(scene.unit_table["level"])
    lower = [one for one in UNIT_CHILDREN if one in present and one != level]
    return [one for one in lower if any(scene.children(top, one) for top in tops)]


def _permitted(scene: Scene, table: pd.DataFrame, source: str) -> np.ndarray:
    """Volume of the permits in force on the day of judgement, m³; NaN where none has a volume."""
    found = np.full(len(table), np.nan)
    for level in table["level"].unique():
        here = (table["level"] == level).to_numpy()
        sums = _permits_at(scene, level, source)
        found[here] = table.loc[here, "unit_id"].map(sums).astype("float64")
    return found


def _permits_at(scene: Scene, level: str, source: str) -> pd.Series:
    if scene.has("permits") and level in ("county", CITY):
        permits, links = scene.frame("permits"), permit_links(scene)
        counties = permit_counties(scene, links)
        valid = in_force(permits, pd.Timestamp(scene.as_of), scene.as_of)
        if source == "groundwater":
            valid &= groundwater_share(permits, links) == 1.0
        unit = counties if level == "county" else _city_of(scene, counties)
        volume = permits["volume_m3"].where(valid)
    else:
        unit = np.asarray(scene.unit_at("wells", level), dtype=object)
        volume = scene.wells_now["permit_m3"].where(scene.wells_now["permit_valid"])
    return volume.groupby(unit).sum(min_count=1).drop("", errors="ignore")


def _city_of(scene: Scene, counties: np.ndarray) -> np.ndarray:
    inside = scene.unit_subjects(counties).in_scope & (counties != "")
    return np.where(inside, scene.city, "").astype(object)


def _with_reserve(scene: Scene, balance: pd.DataFrame, source: str, years: np.ndarray) -> pd.DataFrame:
    """The share of a target that belongs to no county, shown apart: it is used only by an explicit allocation."""
    caps = [
        (target.year, target.base_value)
        for target in scene.policy.targets
        if target.unit_id == RESERVE and target.item == f"{source}_use" and target.year in set(years)
    ]
    if not caps:
        return balance
    rows = pd.DataFrame(caps, columns=["year", "cap_m3"]).assign(
        unit_id=RESERVE,
        name=scene.policy.unit_name(RESERVE),
        level="",
        source=source,
        cap_origin="policy",
        period_state=lambda made: np.where(made["year"] > scene.as_of.year, "not_due", "closed"),
        outcome="not_evaluated",
        n_wells=0,
        n_without_reading=0,
        scope_changed=False,
        **dict.fromkeys(("use_origin", "scope", "issuer"), ""),
    )
    running = (rows["year"] == scene.as_of.year) & (scene.as_of < date(scene.as_of.year, 12, 31))
    rows["period_state"] = rows["period_state"].where(~running, "open")
    rows = rows.reindex(columns=list(BALANCE_COLUMNS)).astype(balance.dtypes.to_dict())
    return pd.concat([balance, rows], ignore_index=True) if len(balance) else rows


def _verdicts(scene: Scene, table: pd.DataFrame, level: str, beyond: int) -> Verdicts:
    clauses = _clauses(scene, table)
    return judge(
        rule="quota.balance",
        clause="",
        subject_role="units",
        subject_id=table["unit_id"].to_numpy(dtype=object),
        unit_id=table["unit_id"].to_numpy(dtype=object),
        period=table["year"].astype(str).to_numpy(dtype=object),
        outcome=table["outcome"].to_numpy(dtype=object),
        period_state=table["period_state"].to_numpy(dtype=object),
        action=np.where(exceeds(table["use_m3"], table["cap_m3"]), "limit", "none").astype(object),
        measured=table["use_m3"].to_numpy("float64"),
        threshold=table["cap_m3"].to_numpy("float64"),
        measure_unit="m3",
        message_key=table["state"].map(CAP_KEYS).to_numpy(dtype=object),
        message_values=figures_of(scene, table),
        evidence={"clause": clauses, "cap_origin": table["cap_origin"].to_numpy(dtype=object)},
        settings={"level": level},
        out_of_scope=beyond,
    )


def _clauses(scene: Scene, table: pd.DataFrame) -> np.ndarray:
    """The clause that sets the cap, None where an index does."""
    known = {
        (target.unit_id, target.year, target.base_value): target.clause for target in scene.policy.targets
    }
    keys = zip(table["unit_id"], table["year"], table["cap_m3"], strict=True)
    return np.array([known.get((unit, int(year), cap)) for unit, year, cap in keys], dtype=object)
