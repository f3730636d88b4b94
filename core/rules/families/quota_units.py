"""Caps of units by year: kept, comparable between years, near the warning line, by class of load."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ..binding import Binding
from ..facts.yearbook import (
    CITY,
    OUTCOME_OF,
    latest_state,
    plain_scope,
    reaches,
    unit_names,
    units_of,
    year_table,
)
from ..registry import Parameter, Rule, words
from ..scene import Scene

LEVELS = (CITY, "county", "township", "village", "division", "regiment", "basin", "management_unit")
SOURCES = ("groundwater", "total")

CAP_KEYS = {
    "no_cap": "quota.cap.no_cap",
    "no_use": "quota.cap.no_use",
    "not_due": "quota.cap.not_due",
    "not_comparable": "quota.cap.not_comparable",
    "over": "quota.cap.over",
    "open": "quota.cap.open",
    "incomplete": "quota.cap.incomplete",
    "within": "quota.cap.within",
}

CAP_ACTIONS = {"over": "limit", "no_cap": "supply_data", "no_use": "supply_data", "incomplete": "supply_data"}


def whole_numbers(values: Iterable | None) -> tuple[int, ...]:
    """Years from a parameter of numbers."""
    return tuple(int(value) for value in values or ())


def years_of(scene: Scene, binding: Binding) -> pd.DataFrame:
    """The years that a binding asks about, of its level and, where the city has a figure of its own, of the city."""
    wanted = whole_numbers(binding.value("years"))
    if not wanted and binding.rule.parameter("from_year") is not None:
        ends = binding.value("from_year"), binding.value("to_year")
        wanted = whole_numbers(ends) if None not in ends else ()
    level, source = str(binding.value("level") or "county"), str(binding.value("source") or "total")
    asked: dict[str, Any] = {
        "source": source,
        "years": wanted,
        "clause": binding.clause.id,
        "item": str(binding.value("item") or ""),
        "members": str(binding.value("members") or ""),
    }
    table = year_table(scene, level=level, **asked)
    if level == CITY or scene.city in set(units_of(scene, level)):
        return table
    top = year_table(scene, level=CITY, **asked)
    top = top[top["cap_m3"].notna() & top["year"].isin(table["year"])]
    parts = [part for part in (table, top) if len(part)]
    if not parts:
        return table
    return pd.concat(parts, ignore_index=True).drop_duplicates(["unit_id", "year"], ignore_index=True)


def figures_of(scene: Scene, table: pd.DataFrame) -> dict[str, object]:
    """Message values of a table of years: names and figures, rounded for reading (percent to 2 decimals)."""
    cap, use = table["cap_m3"], table["use_m3"]
    percent = 100 * use / cap.where(cap != 0)
    return {
        "unit": unit_names(scene, table["unit_id"]),
        "year": table["year"].to_numpy(),
        "cap": cap.round(2),
        "use": use.round(2),
        "margin": (cap - use).round(2),
        "excess": (use - cap).round(2),
        "percent": percent.round(2),
        "as_of": days_text(table["as_of"]),
        "n_wells": table["n_wells"].to_numpy(),
        "n_without_reading": table["n_without_reading"].to_numpy(),
        "cap_scope": table["cap_scope"].to_numpy(),
        "use_scope": table["use_scope"].to_numpy(),
    }


def days_text(days: pd.Series) -> np.ndarray:
    """Days as ISO text, None where empty."""
    days = pd.to_datetime(days)
    return days.dt.strftime("%Y-%m-%d").astype(object).where(days.notna(), None).to_numpy(dtype=object)


def _evidence(table: pd.DataFrame) -> dict[str, object]:
    names = ("cap_origin", "cap_issuer", "cap_scope", "use_origin", "use_scope")
    given = {name: table[name].where(table[name] != "", None).to_numpy(dtype=object) for name in names}
    return {**given, "as_of": days_text(table["as_of"])}


def cap(scene: Scene, binding: Binding) -> Verdicts:
    """Use of a unit's year is not above its cap: ``use ≤ cap``, an equal figure included (TLF-1.2h, KYS-3).

    Units of the bound level, and the city where it has a figure of its own. Above the cap: fail, in an open year as
    well. Within the cap in an open year, or with readings missing: not evaluated. Cap and use of different scopes:
    not comparable, the figures are shown. ``within``: level of units to which the index of a year may have been given
    instead; such a unit is judged in place of the one above it that has none. ``members``: see ``year_table``.
    """
    table = years_of(scene, binding)
    if binding.value("within"):
        table = _given_within(scene, binding, table)
    state = table["state"]
    return binding.say(
        scene.unit_subjects(table["unit_id"].to_numpy(dtype=object)),
        outcome=table["outcome"].to_numpy(dtype=object),
        key=state.map(CAP_KEYS).to_numpy(dtype=object),
        values=figures_of(scene, table),
        evidence=_evidence(table),
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=table["period_state"].to_numpy(dtype=object),
        action=state.map(CAP_ACTIONS).fillna("none").to_numpy(dtype=object),
        measured=table["use_m3"].to_numpy(),
        threshold=table["cap_m3"].to_numpy(),
        measure_unit="m3",
    )


def _given_within(scene: Scene, binding: Binding, table: pd.DataFrame) -> pd.DataFrame:
    """Years of units of the level ``within`` that have a cap, in place of those of the units above that have none."""
    inner = year_table(
        scene,
        level=str(binding.value("within")),
        source=str(binding.value("source") or "total"),
        years=whole_numbers(binding.value("years")),
        members=str(binding.value("members") or ""),
    )
    inner = inner[inner["cap_m3"].notna().to_numpy()]
    capped = set(zip(table["unit_id"], table["year"].where(table["cap_m3"].notna()), strict=True))
    above = [scene.book.ancestors(unit)[1:] for unit in inner["unit_id"]]
    stands = [
        not any((unit, year) in capped for unit in units)
        for units, year in zip(above, inner["year"], strict=True)
    ]
    served = {(unit, year) for units, year in zip(above, inner["year"], strict=True) for unit in units}
    bare = [
        (unit, year) in served and (unit, year) not in capped
        for unit, year in zip(table["unit_id"], table["year"], strict=True)
    ]
    parts = [table[~np.array(bare, dtype=bool)], inner[np.array(stands, dtype=bool)]]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def comparable(scene: Scene, binding: Binding) -> Verdicts:
    """Two years of a unit compared: cap and use of the later year less those of the earlier (KYS-R5e).

    Years whose caps differ in issuer or scope, or whose uses differ in scope, are not comparable; the differences are
    shown all the same. A cap that falls while use rises is for the unit to explain (review). ``from_issuer`` and
    ``to_issuer``: who issued the document's own figures of the two years.
    """
    table = _with_successors(scene, binding, years_of(scene, binding))
    for end in ("from", "to"):
        year, issuer = binding.value(f"{end}_year"), binding.value(f"{end}_issuer")
        own = (table["year"] == year) & (table["cap_origin"] == "policy") & (table["cap_issuer"] == "")
        table["cap_issuer"] = table["cap_issuer"].mask(own.to_numpy(bool), issuer or "")
    pair = _pairs(scene, binding, table)
    pair["unit_name"] = unit_names(scene, pair["unit_id"])
    state = np.select(
        [
            pair[["cap_m3", "use_m3", "cap_m3_before", "use_m3_before"]].isna().any(axis=1),
            _scope_changed(scene, pair),
            (pair["period_state"] != "closed") | (pair["period_state_before"] != "closed"),
            (pair["cap_m3"] < pair["cap_m3_before"]) & (pair["use_m3"] > pair["use_m3_before"]),
        ],
        ["missing", "changed", "open", "opposed"],
        default="alike",
    ).astype(object)
    shift_cap, shift_use = pair["cap_m3"] - pair["cap_m3_before"], pair["use_m3"] - pair["use_m3_before"]
    opposed = (shift_cap < 0) & (shift_use > 0)
    outcome = {"opposed": "review", "alike": "pass"}
    states = {
        "missing": "",
        "changed": "not_comparable",
        "open": "open",
        "opposed": "closed",
        "alike": "closed",
    }
    return binding.say(
        scene.unit_subjects(pair["unit_id"].to_numpy(dtype=object)),
        outcome=pd.Series(state).map(outcome).fillna("not_evaluated").to_numpy(dtype=object),
        key=np.array([f"quota.comparable.{one}" for one in state], dtype=object),
        values={
            "unit": unit_names(scene, pair["unit_id"]),
            "year": pair["year"].to_numpy(),
            "before": pair["year_before"].to_numpy(),
            "cap_change": shift_cap.round(2),
            "cap_percent": (100 * shift_cap / pair["cap_m3_before"].where(pair["cap_m3_before"] != 0)).round(
                2
            ),
            "use_change": shift_use.round(2),
            "use_percent": (100 * shift_use / pair["use_m3_before"].where(pair["use_m3_before"] != 0)).round(
                2
            ),
            "scope": _said(pair, "cap_scope", "cap_issuer"),
            "scope_before": _said(pair, "cap_scope_before", "cap_issuer_before"),
        },
        evidence={
            "cap_m3": pair["cap_m3"],
            "cap_m3_before": pair["cap_m3_before"],
            "use_m3": pair["use_m3"],
            "use_m3_before": pair["use_m3_before"],
        },
        period=(pair["year_before"].astype(str) + "/" + pair["year"].astype(str)).to_numpy(dtype=object),
        period_state=pd.Series(state).map(states).to_numpy(dtype=object),
        action=np.where(opposed & (state != "open"), "explain", "none").astype(object),
        measured=shift_use.to_numpy(),
        threshold=shift_cap.to_numpy(),
        measure_unit="m3",
    )


def _pairs(scene: Scene, binding: Binding, table: pd.DataFrame) -> pd.DataFrame:
    """Each year of a unit beside the earlier one; the two years bound, or each with the year before it."""
    first, last = binding.value("from_year"), binding.value("to_year")
    first, last = (None if year is None else int(year) for year in (first, last))
    before = table.copy()
    before["joins"] = before["year"] + 1 if first is None or last is None else last
    if first is not None and last is not None:
        before, table = before[before["year"] == first], table[table["year"] == last]
    elif first is not None or last is not None:
        table = table[
            (table["year"] > (first if first is not None else 0))
            & (table["year"] <= (last if last is not None else scene.as_of.year))
        ]
    before = before.rename(
        columns={name: f"{name}_before" for name in before if name not in ("unit_id", "joins")}
    )
    joined = table.merge(before, how="inner", left_on=["unit_id", "year"], right_on=["unit_id", "joins"])
    return joined.reset_index(drop=True)


def _with_successors(scene: Scene, binding: Binding, table: pd.DataFrame) -> pd.DataFrame:
    """Where the cap of a year was given to one unit within instead of the unit itself, that unit's figures stand in its
    place, with its name as their scope: the years are shown side by side, and are not comparable."""
    bare = table["cap_m3"].isna().to_numpy() & (table["state"] != "not_due").to_numpy()
    if not bare.any():
        return table
    years, source = tuple(table.loc[bare, "year"].unique()), str(binding.value("source") or "total")
    levels = [level for level in LEVELS if level != CITY and len(units_of(scene, level))]
    members = str(binding.value("members") or "")
    inner = [year_table(scene, level=level, source=source, years=years, members=members) for level in levels]
    inner = pd.concat([part for part in inner if len(part)] or [table.head(0)], ignore_index=True)
    inner = inner[inner[["cap_m3", "use_m3"]].notna().all(axis=1).to_numpy()]
    above = inner["unit_id"].map(lambda unit: next(iter(scene.book.ancestors(unit)[1:]), ""))
    inner = inner.assign(cap_scope=unit_names(scene, inner["unit_id"]), unit_id=above)
    inner["use_scope"] = inner["cap_scope"]
    alone = ~inner.duplicated(["unit_id", "year"], keep=False)
    keys = pd.MultiIndex.from_frame(table.loc[bare, ["unit_id", "year"]])
    inner = inner[alone.to_numpy() & pd.MultiIndex.from_frame(inner[["unit_id", "year"]]).isin(keys)]
    served = bare & pd.MultiIndex.from_frame(table[["unit_id", "year"]]).isin(
        pd.MultiIndex.from_frame(inner[["unit_id", "year"]])
    )
    parts = [part for part in (table[~served], inner) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else table


def _scope_changed(scene: Scene, pair: pd.DataFrame) -> np.ndarray:
    changed = np.zeros(len(pair), dtype=bool)
    for name in ("cap_scope", "use_scope"):
        now, then = (plain_scope(pair[column], pair["unit_id"], scene) for column in (name, f"{name}_before"))
        changed |= now != then
    return changed | (pair["cap_issuer"] != pair["cap_issuer_before"]).to_numpy()


def _said(pair: pd.DataFrame, scope: str, issuer: str) -> np.ndarray:
    """Scope, the unit itself where none is stated, and issuer as one text."""
    of = pair[scope].where(pair[scope] != "", pair["unit_name"]).astype(str)
    text = of + np.where(pair[issuer] != "", " (" + pair[issuer].astype(str) + ")", "")
    return text.to_numpy(dtype=object)


def warning(scene: Scene, binding: Binding) -> Verdicts:
    """A warning is due where use reaches the warning line: ``use ≥ ratio · cap``, equality included (TLF-2.3)."""
    table = years_of(scene, binding)
    line = table["cap_m3"] * float(str(binding.value("ratio")))
    # A warning is no judgement of the year: it is due as soon as the line is reached, and never before the figures
    # are comparable.
    known = ~table["state"].isin(["no_cap", "no_use", "not_due", "not_comparable"]).to_numpy()
    reached = known & reaches(table["use_m3"], line)
    calm = table["state"].isin(["within", "over"]).to_numpy() & ~reached
    state = table["state"].to_numpy(dtype=object)
    key = np.select(
        [reached, calm],
        ["quota.warning.reached", "quota.warning.below"],
        default=[CAP_KEYS[s] for s in state],
    )
    return binding.say(
        scene.unit_subjects(table["unit_id"].to_numpy(dtype=object)),
        outcome=np.select([reached, calm], ["review", "pass"], default="not_evaluated").astype(object),
        key=key.astype(object),
        values={**figures_of(scene, table), "line": line.round(2)},
        evidence=_evidence(table),
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=table["period_state"].to_numpy(dtype=object),
        action=np.where(reached, "list", "none").astype(object),
        measured=table["use_m3"].to_numpy(),
        threshold=line.to_numpy(),
        measure_unit="m3",
    )


def capacity_class(scene: Scene, binding: Binding) -> Verdicts:
    """Class of a unit by ``use ÷ cap`` in its last full year: the number of breaks that it reaches (TLF-3.1b).

    A break belongs to the class above it. Class 0 passes; a higher class is for the measures that the authority sets
    for it (review).
    """
    breaks = np.sort(np.asarray(binding.value("breaks"), dtype="float64"))
    table = years_of(scene, binding)
    row = latest_state(table)
    silent = table[~table["unit_id"].isin(row["unit_id"])].sort_values(["unit_id", "year"], kind="stable")
    silent = silent.drop_duplicates("unit_id", keep="last")
    row = pd.concat([part for part in (row, silent) if len(part)] or [row], ignore_index=True)
    load = (row["use_m3"] / row["cap_m3"].where(row["cap_m3"] > 0)).to_numpy(dtype="float64")
    known = row["state"].isin(["over", "within"]).to_numpy() & ~np.isnan(load)
    rank = np.where(known, np.searchsorted(breaks * (1 - 1e-9), np.nan_to_num(load), side="right"), -1)
    outcome = np.select([rank < 0, rank == 0], ["not_evaluated", "pass"], default="review").astype(object)
    unknown = [CAP_KEYS[s] if OUTCOME_OF[s] == "not_evaluated" else CAP_KEYS["no_cap"] for s in row["state"]]
    return binding.say(
        scene.unit_subjects(row["unit_id"].to_numpy(dtype=object)),
        outcome=outcome,
        key=np.where(rank < 0, np.array(unknown, dtype=object), "quota.capacity_class.class"),
        values={**figures_of(scene, row), "rank": rank, "n_classes": len(breaks) + 1},
        evidence={"class": np.where(rank < 0, None, rank), **_evidence(row)},
        period=row["year"].astype(str).to_numpy(dtype=object),
        period_state=row["period_state"].to_numpy(dtype=object),
        action=np.where(rank > 0, "list", "none").astype(object),
        measured=load,
        threshold=float(breaks[0]) if len(breaks) else np.nan,
        measure_unit="ratio",
    )


def unit_parameters(*more: Parameter) -> tuple[Parameter, ...]:
    """Parameters of every rule that reads the table of years."""
    return (
        Parameter("level", "text", default="county", one_of=LEVELS),
        Parameter("source", "text", default="total", one_of=SOURCES),
        Parameter("years", "numbers"),
        Parameter("item", "text"),
        Parameter("members", "text", one_of=words("unit_flags")),
        *more,
    )


RULES = (
    Rule(
        "quota.cap",
        cap,
        subjects=("units",),
        parameters=unit_parameters(Parameter("within", "text", one_of=LEVELS)),
    ),
    Rule(
        "quota.comparable",
        comparable,
        subjects=("units",),
        parameters=unit_parameters(
            Parameter("from_year", "integer"),
            Parameter("to_year", "integer"),
            Parameter("from_issuer", "text"),
            Parameter("to_issuer", "text"),
        ),
    ),
    Rule(
        "quota.warning",
        warning,
        subjects=("units",),
        parameters=unit_parameters(Parameter("ratio", "number", required=True)),
    ),
    Rule(
        "quota.capacity_class",
        capacity_class,
        subjects=("units",),
        parameters=unit_parameters(Parameter("breaks", "numbers", required=True)),
    ),
)
