"""Quantities that have to fall, or rise, from year to year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ..binding import Binding
from ..facts.quantities import ABSTRACTIONS, RATES, abstraction, allocated_area, figures, rate
from ..facts.yearbook import exceeds, last_full_year, unit_names, units_of
from ..facts.yearly_change import OUTCOME, changes, year_pairs
from ..facts.zone_water import zone_balance, zone_points
from ..registry import Parameter, Rule
from ..scene import Scene

QUANTITIES = (*ABSTRACTIONS, "allocated_area", *RATES)
MEASURE_UNIT = {**dict.fromkeys(ABSTRACTIONS, "m3"), "allocated_area": "mu", **dict.fromkeys(RATES, "%")}


def yearly(scene: Scene, binding: Binding) -> Verdicts:
    """A quantity of each unit falls, or rises, every year (TLF-4.2b, 4.4a, 4.4c, TOL-7c, HJQ-3.3a, HJQ-3.5c, YJS-2c,
    3.5.1e, 3.5.2b).

    V(t) < V(t−1), strictly; for ``rises`` V(t) > V(t−1). A flat year: ``equal`` (fail or review). Quantities:
    ``groundwater``, ``deep_confined`` (mixed wells count), ``groundwater_agriculture``: as recorded in INDICES, else
    the sum of the wells' readings; ``allocated_area``: Σ ``allocated_mu`` of AREA_YEARS; ``reclaimed_rate`` =
    reclaimed ÷ treated wastewater; ``unconventional_share`` = unconventional ÷ total use. ``zones_only``: readings of
    wells in over-extraction zones alone.

    Years: ``years`` (each against the one before it in the list), else every year since the document. A figure that
    lacks parts never passes; recorded and summed figures, or figures of different scopes, are not compared.
    ``until_balanced``: a year that does not fall is no breach while abstraction is at most the recharge of the year;
    with ``zones_only`` in each of the zones by itself. Where the recharge is not known, neither is the breach.
    """
    quantity, level, zones_only = (binding.value(name) for name in ("quantity", "level", "zones_only"))
    falls = binding.value("direction") == "falls"
    summed = quantity in ABSTRACTIONS
    if summed and zones_only and not scene.zone_class["zones_known"].all():
        return binding.cannot("trend.no_zones")
    if summed:
        table = abstraction(scene, quantity, level, zones_only)
    elif quantity == "allocated_area":
        table = allocated_area(scene, level)
    else:
        table = rate(scene, *RATES[quantity], level)
        table["value"] *= 100.0
    pairs = year_pairs(scene, table, binding.value("years"), with_open=summed)
    if not pairs:
        return binding.cannot("trend.no_year")
    frame = changes(
        table, units_of(scene, level), pairs, falls=falls, additive=summed or quantity == "allocated_area"
    )
    state = frame["state"].to_numpy(dtype=object)
    if binding.value("until_balanced"):
        over = np.isin(state, ("equal", "not_met"))
        against = _against_recharge(scene, frame, table, level, zones_only)
        running = (frame["year"] > last_full_year(scene)).to_numpy()
        against = np.where((against == "balanced") & running, "open", against)
        state = np.where(over & (against != "over"), against, state).astype(object)
    outcome = frame.assign(state=state)["state"].map(
        {**OUTCOME, "equal": binding.value("equal"), "balanced": "pass"}
    )
    outcome = outcome.fillna("not_evaluated").to_numpy(dtype=object)
    running = (frame["year"] > last_full_year(scene)).to_numpy()
    fact = {"met": "fell" if falls else "rose", "not_met": "rose" if falls else "fell", "equal": "flat"}
    told = np.char.add(f"{quantity}.", np.array([fact.get(one, "") for one in state], dtype=str))
    tail = np.where(np.isin(state, tuple(fact)), told, state)
    return binding.say(
        scene.unit_subjects(frame["unit_id"]),
        outcome=outcome,
        action=np.select(
            [
                np.isin(state, ("no_data", "no_base", "not_comparable", "no_recharge")),
                np.isin(outcome, ("fail", "review")),
            ],
            ["supply_data", "explain"],
            "none",
        ).astype(object),
        period=frame["year"].astype(str).to_numpy(dtype=object),
        period_state=np.select(
            [state == "not_comparable", running | (state == "open")], ["not_comparable", "open"], "closed"
        ).astype(object),
        key=np.char.add("trend.", tail.astype(str)).astype(object),
        values={
            "unit": unit_names(scene, frame["unit_id"]),
            "year": frame["year"].to_numpy(),
            "previous": frame["previous"].to_numpy(),
            "value": np.round(frame["value"].to_numpy(), 4),
            "before": np.round(frame["before"].to_numpy(), 4),
        },
        evidence={"value": frame["value"].to_numpy(), "before": frame["before"].to_numpy()},
        measured=frame["value"].to_numpy(),
        threshold=frame["before"].to_numpy(),
        measure_unit=MEASURE_UNIT[quantity],
    )


def _against_recharge(
    scene: Scene, frame: pd.DataFrame, table: pd.DataFrame, level: str, zones_only: bool
) -> np.ndarray:
    """``balanced``, ``over``, ``open`` (what lacks could exceed it) or ``no_recharge``, of each row of ``frame``."""
    keys = pd.MultiIndex.from_frame(frame[["unit_id", "year"]])
    whole = table.drop_duplicates(["unit_id", "year"]).set_index(["unit_id", "year"])["complete"]
    whole = whole.reindex(keys).eq(True).to_numpy()
    if zones_only:
        return _zones_against_recharge(scene, keys, whole, level)
    recharge = figures(scene, "recharge", level).set_index(["unit_id", "year"])["value"]
    limit = recharge.reindex(keys).to_numpy("float64")
    return np.select(
        [np.isnan(limit), exceeds(frame["value"], limit), ~whole],
        ["no_recharge", "over", "open"],
        default="balanced",
    ).astype(object)


def _zones_against_recharge(scene: Scene, keys: pd.MultiIndex, whole: np.ndarray, level: str) -> np.ndarray:
    """The same of units by the zones in which their wells lie: the worst of them counts. A zone without a volume in a
    year in which no reading lacks took nothing."""
    pairs, found = zone_points(scene, "wells"), zone_balance(scene)
    unit = np.asarray(scene.unit_at("wells", level), dtype=object)
    both = pairs.assign(unit_id=unit[pairs["point"].to_numpy("int64")])[["unit_id", "zone_id"]]
    found = both.drop_duplicates().merge(found, on="zone_id")
    recharge = found["recharge_m3"].to_numpy("float64")
    found["rank"] = np.select(
        [exceeds(found["use_m3"], recharge), np.isnan(recharge), ~found["complete"].to_numpy(bool)],
        [3, 2, 1],
        default=0,
    )
    worst = found.groupby(["unit_id", "year"])["rank"].max().reindex(keys).fillna(0).to_numpy("int64")
    worst = np.maximum(worst, np.where(whole, 0, 1))
    return np.array(["balanced", "open", "no_recharge", "over"], dtype=object)[worst]


RULES = (
    Rule(
        "trend.yearly",
        yearly,
        subjects=("units",),
        parameters=(
            Parameter("quantity", "text", required=True, one_of=QUANTITIES),
            Parameter("direction", "text", required=True, one_of=("falls", "rises")),
            Parameter("equal", "text", default="fail", one_of=("fail", "review")),
            Parameter("years", "numbers"),
            Parameter("zones_only", "bool", default=False),
            Parameter("until_balanced", "bool", default=False),
            Parameter("level", "text", default="county"),
        ),
    ),
)
