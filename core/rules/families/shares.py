"""Shares and balances: one quantity against another, withdrawn over-use, abstraction against recharge."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ..binding import Binding
from ..facts.quantities import FIGURES, abstraction, figures, rate
from ..facts.yearbook import CITY, exceeds, last_full_year, reaches, unit_names, units_of
from ..registry import Parameter, Rule
from ..scene import Scene

DENOMINATORS = (
    "total_use",
    "wastewater_treated",
    "reclaimed_produced",
    "gross_diversion",
    "misc_use",
    "dewatering",
)
NUMERATORS = tuple(name for name in FIGURES if name not in ("recharge", "reclaimed_produced", "dewatering"))
BASES = ("total_use", "groundwater_use")
"""Readings of the base of over-use: the policy's item whose use is to fall."""


def limit(scene: Scene, binding: Binding) -> Verdicts:
    """numerator ÷ denominator × 100 is at most, or at least, the limit in % (TLF-1.2f, 1.2j, 1.2m, YJS-2a, 2b, 3.4.1c,
    TOL-3a, HJQ-3.5b).

    The figure itself passes, up to rounding. Quantities are those of :mod:`core.rules.facts.quantities`; the city's
    figure is the recorded one, else the sum over all its counties, so a coefficient is weighted by volume. A quantity
    of which nothing is recorded: not evaluated.

    Years: ``years``, each judged once it is over (before: not due, in the year: open); without, the last full year.
    ``short`` = review: what falls short of the limit is for a person to look at. While no limit is set the share is
    shown and not judged.
    """
    level, at = binding.value("level"), binding.value("at")
    table = rate(scene, binding.value("numerator"), binding.value("denominator"), level)
    years = sorted({int(year) for year in binding.value("years") or (last_full_year(scene),)})
    frame = _grid(units_of(scene, level), years, table, ("value", "above", "below", "complete"))
    percent = frame["value"].to_numpy("float64") * 100.0
    wanted = binding.value("limit")
    bound = np.nan if wanted is None else float(wanted)
    held = ~exceeds(percent, bound) if at == "at_most" else reaches(percent, bound)
    year = frame["year"].to_numpy()
    state = np.select(
        [
            year > scene.as_of.year,
            year > last_full_year(scene),
            np.isnan(percent),
            ~frame["complete"].to_numpy(bool),
        ],
        ["not_due", "open", "no_data", "open"],
        np.where(held, "held", "broken"),
    ).astype(object)
    if wanted is None:
        state = pd.Series(state).replace({"held": "shown", "broken": "shown", "open": "shown_open"})
        state = np.where(np.isnan(percent), "no_data", state).astype(object)
    running = np.isin(state, ("open", "shown_open"))
    outcome = np.select(
        [state == "held", state == "broken"], ["pass", binding.value("short")], "not_evaluated"
    )
    return binding.say(
        scene.unit_subjects(frame["unit_id"]),
        outcome=outcome.astype(object),
        action=np.select([state == "broken", state == "no_data"], ["explain", "supply_data"], "none").astype(
            object
        ),
        period=frame["year"].astype(str).to_numpy(dtype=object),
        period_state=np.select([state == "not_due", running], ["not_due", "open"], "closed").astype(object),
        key=np.char.add("shares.limit.", np.where(state == "broken", at, state).astype(str)).astype(object),
        values={
            "unit": unit_names(scene, frame["unit_id"]),
            "year": year,
            "share": np.round(percent, 2),
            "limit": wanted,
            "setting": binding.keys.get("limit", "limit"),
            "short_m3": _short(frame, bound / 100.0, at),
        },
        evidence={
            "numerator": binding.value("numerator"),
            "denominator": binding.value("denominator"),
            "numerator_m3": frame["above"].to_numpy("float64"),
            "denominator_m3": frame["below"].to_numpy("float64"),
        },
        measured=percent,
        threshold=bound,
        measure_unit="%",
    )


def withdrawn(scene: Scene, binding: Binding) -> Verdicts:
    """The share of the over-used volume that has been withdrawn (TLF-1.2g).

    The text gives no base. Read as: over-use = use in the base year − the cap of the later target year, withdrawn =
    use in the base year − use in ``year``, both of the policy's item ``base`` (``total_use`` or ``groundwater_use``);
    ``over_use_m3`` states the over-use outright. The use of the base year is the recorded one, else what the policy
    says of it (target plus reduction). ``year``: of the clause's own target where it is not bound. While the base is
    a reading of ours, the answer is for information: review.
    """
    base, percent = binding.value("base"), float(binding.value("percent"))
    year = binding.value("year") or next(
        (one.year for one in scene.policy.targets if one.clause == binding.clause.id), None
    )
    if year is None:
        return binding.cannot("shares.withdrawn.no_year")
    sheets = [sheet for sheet in scene.policy.sheets if sheet.item == base and sheet.total is not None]
    here = next((sheet for sheet in sheets if sheet.year == year), None)
    later = max((sheet for sheet in sheets if sheet.year > year), key=lambda sheet: sheet.year, default=None)
    since = binding.value("since") or (here.since if here else None)
    used = (
        figures(scene, "total_use", CITY) if base == "total_use" else abstraction(scene, "groundwater", CITY)
    )
    used = used[used["unit_id"] == scene.city].set_index("year")
    before = _figure(used, since)
    if (
        before is None
        and here is not None
        and since == here.since
        and None not in (here.total, here.reduction)
    ):
        before = _m3(scene, base, here.total) + _m3(scene, base, here.reduction)
    over = binding.value("over_use_m3")
    if over is None and before is not None and later is not None:
        over = before - _m3(scene, base, later.total)
    now = _figure(used, year)
    cut = before - now if before is not None and now is not None else np.nan
    share = cut / over * 100.0 if over is not None and over > 0 else np.nan
    early, running = scene.as_of.year < year, last_full_year(scene) < year
    key = binding.keys.get("base")
    ours = binding.value("over_use_m3") is None and (
        key is None or scene.policy.setting(key).source == "default"
    )
    if early or running:
        state = "not_due" if early else "open"
    elif np.isnan(share) or not bool(used["complete"].get(year, False)):
        state = "no_data" if np.isnan(share) else "open"
    else:
        state = "met" if reaches(share, percent) else "not_met"
    verdict = {"met": "pass", "not_met": "fail"}.get(state, "not_evaluated")
    return binding.say(
        scene.policy_subject(binding.clause.id),
        outcome="review" if ours and verdict in ("pass", "fail") else verdict,
        action={"not_met": "explain", "no_data": "supply_data"}.get(state, "none"),
        period=str(year),
        period_state=state if state in ("not_due", "open") else "closed",
        key=f"shares.withdrawn.{state}",
        values={
            "year": year,
            "share": round(share, 2),
            "percent": percent,
            "over_m3": None if over is None else round(over, 1),
            "cut_m3": round(cut, 1),
            "short_m3": None if np.isnan(share) else round(max(0.0, percent / 100.0 * over - cut), 1),
        },
        evidence={"base": base, "since": since, "use_before_m3": before, "use_m3": now, "over_use_m3": over},
        measured=share,
        threshold=percent,
        measure_unit="%",
        unsure=("shares.over_use",) if binding.value("over_use_m3") is None else (),
    )


def balance(scene: Scene, binding: Binding) -> Verdicts:
    """Abstraction of groundwater is at most its recharge (TLF-1.2p, YJS-3.5.1f).

    Means over ``window_years`` ending with the year: Σ abstraction − Σ recharge ≤ 0. Each year of the window needs
    both; recharge is the row of INDICES of that year, else of the last year before it that has one (an estimate holds
    until there is a new one). Years: ``years``, else the last full one. ``flag``: only units with this flag (urban);
    where no unit of the level carries it, nobody has said of which units the clause speaks: not evaluated.
    """
    level, window = binding.value("level"), int(binding.value("window_years"))
    units = units_of(scene, level)
    flag = binding.value("flag")
    if flag and not _with_flag(scene, pd.Series(units, dtype=object), flag).any():
        return binding.cannot("shares.balance.no_flag", flag=flag)
    years = sorted({int(year) for year in binding.value("years") or (last_full_year(scene),)})
    taken, recharge = abstraction(scene, "groundwater", level), figures(scene, "recharge", level)
    every = list(range(min(years) - window + 1, max(years) + 1))
    use = _wide(taken, units, every)
    whole = _wide(taken.assign(value=taken["complete"].astype("float64")), units, every) == 1.0
    earlier = [year for year in sorted(set(recharge["year"])) if year < every[0]]
    gain = _wide(recharge, units, earlier + every).ffill(axis=1)[every]
    rows = pd.MultiIndex.from_product([units, years], names=["unit_id", "year"]).to_frame(index=False)
    sums = {name: _window(table, window, rows) for name, table in (("use", use), ("recharge", gain))}
    complete = _window(whole.astype("float64"), window, rows) == window
    excess = (sums["use"] - sums["recharge"]) / window
    over = exceeds(sums["use"], sums["recharge"])
    year = rows["year"].to_numpy()
    state = np.select(
        [
            year > scene.as_of.year,
            np.isnan(sums["use"]),
            np.isnan(sums["recharge"]),
            over & (year <= last_full_year(scene)),
            (year > last_full_year(scene)) | ~complete,
        ],
        ["not_due", "no_use", "no_recharge", "over", "open"],
        "balanced",
    ).astype(object)
    return binding.say(
        scene.unit_subjects(rows["unit_id"]),
        asked=_with_flag(scene, rows["unit_id"], flag),
        outcome=np.select([state == "balanced", state == "over"], ["pass", "fail"], "not_evaluated").astype(
            object
        ),
        action=np.select(
            [state == "over", np.isin(state, ("no_use", "no_recharge"))], ["explain", "supply_data"], "none"
        ).astype(object),
        period=np.array(
            [f"{one - window + 1}/{one}" if window > 1 else str(one) for one in year], dtype=object
        ),
        period_state=np.where(np.isin(state, ("not_due", "open")), state, "closed").astype(object),
        key=np.char.add("shares.balance.", state.astype(str)).astype(object),
        values={
            "unit": unit_names(scene, rows["unit_id"]),
            "year": year,
            "window": window,
            "use_m3": np.round(sums["use"] / window, 1),
            "recharge_m3": np.round(sums["recharge"] / window, 1),
            "excess_m3": np.round(excess, 1),
        },
        evidence={"use_m3": sums["use"] / window, "recharge_m3": sums["recharge"] / window},
        measured=sums["use"] / window,
        threshold=sums["recharge"] / window,
        measure_unit="m3",
    )


def _grid(units: np.ndarray, years: list[int], table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    rows = pd.MultiIndex.from_product([units, years], names=["unit_id", "year"])
    found = table.drop_duplicates(["unit_id", "year"]).set_index(["unit_id", "year"])[list(columns)]
    frame = found.reindex(rows).reset_index()
    frame["complete"] = frame["complete"].eq(True)
    return frame


def _short(frame: pd.DataFrame, ratio: float, at: str) -> np.ndarray:
    """m³ by which the numerator misses the limit, at the denominator as it is."""
    missing = (
        frame["above"] - ratio * frame["below"]
        if at == "at_most"
        else ratio * frame["below"] - frame["above"]
    )
    return np.round(missing.clip(lower=0).to_numpy("float64"), 1)


def _wide(table: pd.DataFrame, units: np.ndarray, years: list[int]) -> pd.DataFrame:
    one = table.drop_duplicates(["unit_id", "year"])
    return (
        one.pivot(index="unit_id", columns="year", values="value")
        .reindex(index=units, columns=years)
        .astype("float64")
    )


def _window(wide: pd.DataFrame, window: int, rows: pd.DataFrame) -> np.ndarray:
    """Sums over the years of each row's window; NaN where one of them is."""
    values = wide.to_numpy("float64")
    unit = wide.index.get_indexer(rows["unit_id"])
    last = wide.columns.get_indexer(rows["year"])
    columns = last[:, None] - np.arange(window)[None, :]
    return values[unit[:, None], columns].sum(axis=1)


def _with_flag(scene: Scene, units: pd.Series, flag: str | None) -> np.ndarray:
    if not flag:
        return np.ones(len(units), dtype=bool)
    flags = (
        scene.unit_table.drop_duplicates("unit_id").set_index("unit_id")["flags"].reindex(units).fillna("")
    )
    return (";" + flags.astype(str) + ";").str.contains(f";{flag};", regex=False).to_numpy(dtype=bool)


def _figure(used: pd.DataFrame, year: int | None) -> float | None:
    return float(used["value"][year]) if year is not None and year in used.index else None


def _m3(scene: Scene, item: str, figure: Decimal | None) -> float:
    target = next(one for one in scene.policy.targets if one.item == item)
    if figure is None:
        return math.nan
    return float(figure) * target.base_value / float(target.written)


_LEVEL = Parameter("level", "text", default="county")

RULES = (
    Rule(
        "shares.limit",
        limit,
        subjects=("units",),
        needs=("indices",),
        parameters=(
            Parameter("numerator", "text", required=True, one_of=NUMERATORS),
            Parameter("denominator", "text", required=True, one_of=DENOMINATORS),
            Parameter("limit", "number"),
            Parameter("at", "text", required=True, one_of=("at_most", "at_least")),
            Parameter("years", "numbers"),
            Parameter("short", "text", default="fail", one_of=("fail", "review")),
            Parameter("level", "text", default=CITY),
        ),
    ),
    Rule(
        "shares.withdrawn",
        withdrawn,
        subjects=("policy",),
        parameters=(
            Parameter("base", "text", required=True, one_of=BASES),
            Parameter("percent", "number", required=True),
            Parameter("year", "integer"),
            Parameter("since", "integer"),
            Parameter("over_use_m3", "number"),
        ),
    ),
    Rule(
        "shares.balance",
        balance,
        subjects=("units",),
        needs=("indices",),
        parameters=(
            Parameter("window_years", "integer", default=1),
            Parameter("years", "numbers"),
            Parameter("flag", "text"),
            _LEVEL,
        ),
    ),
)
