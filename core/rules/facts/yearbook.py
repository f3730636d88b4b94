"""Units by year: what each may use, what it used, and whether the two can be compared.

The table behind every rule on quotas and caps and behind the quota balance. Volumes are m³, unrounded.

A year is compared in these steps, the first that holds: no cap, no use (nothing can be said); not due (the year has
not begun on ``as_of``); not comparable (cap and use speak of different scopes); over (use > cap, a failure in an
open year as well); open (the year or its data are not complete: never a pass); incomplete (use summed from readings
while wells lack theirs); within.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .flags import flagged
from .work import wells_at_work, wells_read

if TYPE_CHECKING:
    from ..scene import Scene

RELATIVE_TOLERANCE = 1e-9
"""Every ≤ and ≥ of two volumes forgives this share, which is below any figure that a text prints."""

CITY = "city"
"""Level that means the policy's own top unit, whatever the level of that unit is."""

MEMBERS = "regiment"
"""Level of the units that a flag gathers into one."""

WHOLE_UNIT = frozenset({"全市", "全县", "全旗", "全师", "全团", "师市", "全域", "whole", "all"})
"""Words for a scope that is the unit itself."""

STATES = ("over", "not_comparable", "no_use", "incomplete", "open", "not_due", "no_cap", "within")
"""What can be said of a unit's year; where several caps bind, the first of these."""

OUTCOME_OF = {state: {"over": "fail", "within": "pass"}.get(state, "not_evaluated") for state in STATES}
"""Outcome by state of a unit's year."""

COLUMNS = (
    "unit_id",
    "level",
    "year",
    "cap_m3",
    "cap_origin",
    "cap_issuer",
    "cap_scope",
    "use_m3",
    "use_origin",
    "use_scope",
    "as_of",
    "period_state",
    "n_wells",
    "n_without_reading",
    "state",
    "outcome",
)


def exceeds(value, limit) -> np.ndarray:
    """Elementwise value > limit beyond rounding; False where either is empty."""
    value, limit = np.asarray(value, dtype="float64"), np.asarray(limit, dtype="float64")
    with np.errstate(invalid="ignore"):
        return value > limit + RELATIVE_TOLERANCE * np.abs(limit)


def reaches(value, limit) -> np.ndarray:
    """Elementwise value ≥ limit but for rounding; False where either is empty."""
    value, limit = np.asarray(value, dtype="float64"), np.asarray(limit, dtype="float64")
    with np.errstate(invalid="ignore"):
        return value >= limit - RELATIVE_TOLERANCE * np.abs(limit)


def plain_scope(scope: pd.Series, unit_ids: pd.Series, scene: Scene) -> np.ndarray:
    """Scopes to compare: empty where they mean the unit itself, by its name or a word for the whole."""
    text = scope.astype(object).where(scope.notna(), "").map(lambda item: str(item).strip())
    same = np.asarray(scene.unit_key(text), dtype=object) == unit_ids.to_numpy(dtype=object)
    return np.where(same | text.isin(WHOLE_UNIT).to_numpy(), "", text.to_numpy(dtype=object))


def units_of(scene: Scene, level: str) -> np.ndarray:
    """Canonical ids of the units of a level, sorted; ``city`` is the policy's own top unit."""
    if level == CITY:
        return np.array([scene.city], dtype=object)
    table = scene.unit_table
    return np.sort(table.loc[table["level"] == level, "unit_id"].unique().astype(object))


def unit_names(scene: Scene, unit_ids: Iterable[str]) -> np.ndarray:
    """Names of units, the id where a unit has none."""
    names = scene.unit_table.drop_duplicates("unit_id").set_index("unit_id")["name"]
    ids = pd.Series(np.asarray(unit_ids, dtype=object))
    return ids.map(names).where(lambda found: found.notna() & (found != ""), ids).to_numpy(dtype=object)


def caps_of(scene: Scene, level: str, source: str, clause: str = "", item: str = "") -> pd.DataFrame:
    """What units of a level may use: ``unit_id``, ``year``, ``value``, ``origin``, ``issuer``, ``scope``.

    A clause that sets figures of its own is judged by these alone; otherwise the caps of policy and register hold.
    """
    own = _own_targets(scene, level, clause, item)
    if own is not None:
        return own
    caps = scene.amounts.caps(level, source)
    return caps[["unit_id", "year", "value", "origin", "issuer", "scope"]].reset_index(drop=True)


def used_by(scene: Scene, level: str, source: str) -> pd.DataFrame:
    """What units of a level used: ``unit_id``, ``year``, ``value``, ``origin``, ``state``, ``as_of``, ``scope``.

    One row per unit, year and scope: of several records the one that reaches furthest, then the larger. The city's
    use is the recorded one, else that of all its counties together.
    """
    used = _one_per_scope(scene.amounts.used(level, source))
    if level != CITY:
        return used
    recorded = used[(used["origin"] == "recorded").to_numpy()]
    counties = _sum_of_counties(scene, source)
    counties = counties[~counties["year"].isin(recorded["year"]).to_numpy()]
    rest = used[~used["year"].isin([*recorded["year"], *counties["year"]]).to_numpy()]
    parts = [part for part in (recorded, counties, rest) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else used


def _one_per_scope(used: pd.DataFrame) -> pd.DataFrame:
    columns = ["unit_id", "year", "value", "origin", "state", "as_of", "scope"]
    reach = pd.to_datetime(used["as_of"]).fillna(pd.Timestamp.max)
    used = used[columns].assign(reach=reach, year=used["year"].astype("int64"))
    used = used.sort_values(["unit_id", "year", "scope", "reach", "value"], kind="stable")
    return used.drop_duplicates(["unit_id", "year", "scope"], keep="last")[columns].reset_index(drop=True)


def _sum_of_members(scene: Scene, level: str, source: str, flag: str) -> pd.DataFrame:
    """Use of the one unit of a level that stands for the regiments with a flag (the old ones): their sum, in years in
    which each of them has a use. Columns of ``used_by``, and ``n_wells``, ``n_without_reading`` where readings add up.
    """
    whole = [unit for unit in scene.policy.units if unit.level == level]
    table = scene.unit_table
    members = table[(table["level"] == MEMBERS).to_numpy() & flagged(table["flags"], flag)]["unit_id"]
    if len(whole) != 1 or not len(members):
        return pd.DataFrame(columns=["unit_id", "year"])
    used = used_by(scene, MEMBERS, source)
    used = used[used["unit_id"].isin(members).to_numpy() & used["value"].notna().to_numpy()]
    used = used[plain_scope(used["scope"], used["unit_id"], scene) == ""].reset_index(drop=True)
    used["year"] = used["year"].astype("int64")
    used = pd.concat([used, _coverage(scene, MEMBERS, used, source)], axis=1)
    used.loc[(used["origin"] == "recorded").to_numpy(), ["n_wells", "n_without_reading"]] = 0
    grouped = used.groupby("year")
    sums = grouped.agg(
        value=("value", "sum"),
        n=("unit_id", "nunique"),
        origin=("origin", "min"),  # "readings" sorts before "recorded"
        state=("state", "max"),  # "open" sorts after "closed"
        as_of=("as_of", "min"),
        n_wells=("n_wells", "sum"),
        n_without_reading=("n_without_reading", "sum"),
    ).reset_index()
    sums = sums[(sums["n"] == len(members)).to_numpy()].drop(columns="n")
    return sums.assign(unit_id=whole[0].id, scope="")


def _sum_of_counties(scene: Scene, source: str) -> pd.DataFrame:
    """Years in which every county of the policy has a recorded use, added up."""
    counties = [unit.id for unit in scene.policy.units if unit.level == "county" and unit.id != scene.city]
    used = _one_per_scope(scene.amounts.used("county", source))
    told = (used["origin"] == "recorded") & (plain_scope(used["scope"], used["unit_id"], scene) == "")
    used = used[told.to_numpy() & used["unit_id"].isin(counties).to_numpy()].drop_duplicates(
        ["unit_id", "year"]
    )
    grouped = used.groupby("year")
    sums = pd.DataFrame(
        {
            "value": grouped["value"].sum(),
            "n": grouped.size(),
            "state": grouped["state"].max(),  # "open" sorts after "closed"
            "as_of": grouped["as_of"].min(),
        }
    ).reset_index()
    sums = sums[(sums["n"] == len(counties)) & (len(counties) > 0)].drop(columns="n")
    return sums.assign(unit_id=scene.city, origin="recorded", scope="")


def year_table(
    scene: Scene,
    *,
    level: str,
    source: str,
    years: Iterable[int] = (),
    clause: str = "",
    item: str = "",
    members: str = "",
) -> pd.DataFrame:
    """One row per unit and year that a cap asks about; columns ``COLUMNS``, sorted by unit and year.

    Args:
        level: of the units, or ``city``.
        source: ``groundwater`` or ``total``.
        years: years to judge; empty: every year with a cap and, from the first of them on, every full year with use,
            else every year with use, else the last full year.
        clause: its own figures bind where it sets any.
        item: the policy's item, where it is not the usual one of the source.
        members: flag of the regiments whose use adds up to that of the one unit of the level that the policy names,
            where none is recorded for it.
    """
    caps, used = caps_of(scene, level, source, clause, item), used_by(scene, level, source)
    summed = _sum_of_members(scene, level, source, members) if members else None
    if summed is not None and len(summed):
        known = pd.MultiIndex.from_frame(used[["unit_id", "year"]])
        summed = summed[~pd.MultiIndex.from_frame(summed[["unit_id", "year"]]).isin(known)]
        used = pd.concat([part for part in (used, summed[used.columns]) if len(part)] or [used])
    wanted = _years(scene, years, caps, used)
    ids = np.unique(np.concatenate([units_of(scene, level), caps["unit_id"], used["unit_id"]]).astype(object))
    grid = pd.MultiIndex.from_product([ids, wanted], names=["unit_id", "year"]).to_frame(index=False)
    grid["year"] = grid["year"].astype("int64")
    caps = caps.rename(
        columns={"value": "cap_m3", "origin": "cap_origin", "issuer": "cap_issuer", "scope": "cap_scope"}
    )
    used = used.rename(columns={"value": "use_m3", "origin": "use_origin", "scope": "use_scope"})
    used = used[["unit_id", "year", "use_m3", "use_origin", "use_scope", "state", "as_of"]]
    used = used.rename(columns={"state": "use_state"})
    # a table without any figure has no numbers to tell its type by
    caps = caps.astype({"year": "int64", "cap_m3": "float64"})
    used = used.astype({"year": "int64", "use_m3": "float64"})
    table = grid.merge(caps, how="left", on=["unit_id", "year"]).merge(
        used, how="left", on=["unit_id", "year"]
    )
    table["level"] = level
    for name in ("cap_origin", "cap_issuer", "cap_scope", "use_origin", "use_scope"):
        table[name] = table[name].astype(object).where(table[name].notna(), "")
    table = pd.concat([table, _coverage(scene, level, table, source)], axis=1)
    if summed is not None and len(summed):
        counts = summed.set_index(["unit_id", "year"])[["n_wells", "n_without_reading"]]
        counts = counts.reindex(pd.MultiIndex.from_frame(table[["unit_id", "year"]]))
        for name in counts:
            table[name] = counts[name].fillna(table[name].set_axis(counts.index)).to_numpy("int64")
    _compare(scene, table)
    table = _one_per_year(table)
    return table[list(COLUMNS)].reset_index(drop=True)


def latest_state(table: pd.DataFrame) -> pd.DataFrame:
    """The year that speaks for a unit now: an open year that is over already, else its last full year with a figure.

    Rows of ``table`` (as from ``year_table``), one per unit at most. A last full year that cannot be judged stays
    what it is: an earlier year does not speak in its place.
    """
    full = (table["period_state"] != "open") & ~table["state"].isin(["open", "not_due"])
    speaks = (table["state"] == "over") | (full & table[["cap_m3", "use_m3"]].notna().any(axis=1))
    rows = table[speaks.to_numpy(bool)].sort_values(["unit_id", "year"], kind="stable")
    return rows.drop_duplicates("unit_id", keep="last").reset_index(drop=True)


JUDGED = ("over", "within")
"""States of a year that say whether its cap was kept."""


def _own_targets(scene: Scene, level: str, clause: str, item: str) -> pd.DataFrame | None:
    """The clause's own figures, None where it sets none in m³."""
    targets = [
        target
        for target in scene.policy.targets
        if clause and target.clause == clause and target.base_unit == "m3" and item in ("", target.item)
    ]
    if not targets:
        return None
    wanted = set(units_of(scene, level))
    rows = [
        (target.unit_id, target.year, target.base_value) for target in targets if target.unit_id in wanted
    ]
    frame = pd.DataFrame(rows, columns=["unit_id", "year", "value"])
    return frame.assign(origin="policy", issuer="", scope="").astype({"unit_id": object})


def _years(scene: Scene, years: Iterable[int], caps: pd.DataFrame, used: pd.DataFrame) -> list[int]:
    given = sorted({int(year) for year in years})
    if given:
        return given
    last = last_full_year(scene)
    limited, seen = ({int(year) for year in frame["year"].dropna()} for frame in (caps, used))
    if limited:
        # a year that is over and has use but no cap is not passed over in silence
        return sorted(limited | {year for year in seen if min(limited) < year <= last})
    return sorted(seen) or [last]


def last_full_year(scene: Scene) -> int:
    """The last year that is over on ``as_of``."""
    day = scene.as_of
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def _compare(scene: Scene, table: pd.DataFrame) -> None:
    """Put ``period_state``, ``state`` and ``outcome`` into the table."""
    last = last_full_year(scene)
    future = (table["year"] > scene.as_of.year).to_numpy()
    told = (table["use_origin"] == "recorded") & (table["use_state"] == "open")
    running = ((table["year"] > last) | told).to_numpy()
    cap, use = table["cap_m3"].to_numpy("float64"), table["use_m3"].to_numpy("float64")
    scopes = [plain_scope(table[name], table["unit_id"], scene) for name in ("cap_scope", "use_scope")]
    differ = scopes[0] != scopes[1]
    lacking = (table["use_origin"] == "readings").to_numpy() & (table["n_without_reading"] > 0).to_numpy()
    state = np.select(
        [
            np.isnan(cap),
            future,
            np.isnan(use),
            differ,
            exceeds(use, cap),
            running,
            lacking,
        ],
        ["no_cap", "not_due", "no_use", "not_comparable", "over", "open", "incomplete"],
        default="within",
    ).astype(object)
    table["state"] = state
    table["outcome"] = pd.Series(state).map(OUTCOME_OF).to_numpy(dtype=object)
    table["period_state"] = np.select(
        [future, state == "not_comparable", running], ["not_due", "not_comparable", "open"], "closed"
    ).astype(object)


def _one_per_year(table: pd.DataFrame) -> pd.DataFrame:
    """One row per unit and year: each cap beside the use of its own scope where there is one, then the worst."""
    order = {state: place for place, state in enumerate(STATES)}
    differ = table["state"] == "not_comparable"
    table = table.assign(differ=differ, rank=table["state"].map(order))
    keys = ["unit_id", "year", "cap_scope"]
    best = table.sort_values([*keys, "differ", "rank", "use_m3", "use_scope"], kind="stable").drop_duplicates(
        keys
    )
    worst = best.sort_values(["unit_id", "year", "rank", "cap_m3", "cap_scope"], kind="stable")
    return worst.drop_duplicates(["unit_id", "year"]).reset_index(drop=True)


def _coverage(scene: Scene, level: str, table: pd.DataFrame, source: str) -> pd.DataFrame:
    """Wells at work in each unit and year, and how many of them have no complete reading."""
    none = pd.DataFrame({"n_wells": 0, "n_without_reading": 0}, index=table.index, dtype="int64")
    if source == "total" or not len(scene.frame("wells")) or not len(table):
        return none
    years = np.sort(table["year"].unique())
    counts = scene.once(("wells counted", level, tuple(years)), lambda: _counts(scene, level, years))
    row = pd.Index(counts["unit_id"]).get_indexer(table["unit_id"])
    column = np.searchsorted(years, table["year"].to_numpy())
    for name in ("n_wells", "n_without_reading"):
        begun = (row >= 0) & (table["year"] <= scene.as_of.year).to_numpy()
        none[name] = np.where(begun, counts[name][column, row], 0)
    return none


def _counts(scene: Scene, level: str, years: np.ndarray) -> dict[str, np.ndarray]:
    """``unit_id`` (units,), ``n_wells`` and ``n_without_reading`` (years, units)."""
    at_work = wells_at_work(scene, years)
    codes, ids = pd.factorize(np.asarray(scene.unit_at("wells", level), dtype=object))
    found = {"unit_id": ids}
    for name, matrix in (("n_wells", at_work), ("n_without_reading", at_work & ~wells_read(scene, years))):
        found[name] = np.stack(
            [np.bincount(codes[matrix[:, slot]], minlength=len(ids)) for slot in range(len(years))]
        )
    return found
