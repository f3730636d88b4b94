"""The over-plan bills of a register: one per user and year, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from ..errors import OverdraftError
from ..findings import Verdicts, concat, judge
from ..over_plan import MODES, outcomes
from ..rules.binding import Binding, bindings
from ..rules.run import findings_of

if TYPE_CHECKING:
    from ..rules.scene import Scene

RULE = "fees.over_plan"
UNASSIGNED = "unassigned"
FEN, MICRO = 100, 1_000_000

_LEADING = (
    "user_id",
    "year",
    "clause",
    "county_id",
    "township_id",
    "sector",
    "period_state",
    "case",
    "outcome",
    "base",
    "base_m3",
    "used_m3",
    "estimated",
    "excess_m3",
    "excess_ratio",
    "band",
    "within_m3",
)
_TRAILING = (
    "rate",
    "rate_source",
    "mode",
    "fee",
    "surcharge",
    "fee_piecewise",
    "surcharge_piecewise",
    "worked_piecewise",
    "fee_whole",
    "surcharge_whole",
    "worked_whole",
    "message_key",
    "message_values",
)


@dataclass(frozen=True)
class OverPlanFees:
    """Bills, what they add up to, and the findings that go with them.

    Attributes:
        bills: one row per user of the jurisdiction and year: ``user_id`` ``year`` ``clause`` ``county_id``
            ``township_id`` ``sector`` ``period_state`` ``case`` (over, within, no_plan, no_use, no_plan_top_band)
            ``outcome``, the columns of ``over_plan_charge``, ``rate_source``, and under the reading in ``mode``
            ``fee`` and ``surcharge`` (yuan). Empty fees: not computed.
        totals: per clause, year and unit (``level`` township, county and all; ``unit_id``, ``unassigned`` where not
            known): ``n_users`` ``n_over`` ``n_not_charged`` (no plan, use or rate), ``used_m3`` ``excess_m3``
            ``band_1_m3`` … ``fee`` ``surcharge`` ``fee_piecewise`` ``fee_whole``; each level adds up to the bills to
            the fen.
        verdicts: findings of ``fees.over_plan``, of the years billed.
    """

    bills: pd.DataFrame
    totals: pd.DataFrame
    verdicts: Verdicts


def over_plan_fees(scene: Scene, *, year: int | None = None, mode: str | None = None) -> OverPlanFees:
    """Bill every user of the jurisdiction for the water used above plan, as the policy lays down.

    Args:
        year: only this one; all years with figures otherwise.
        mode: ``piecewise`` or ``whole``; the policy's own reading where it is left out.

    Returns:
        Bills and totals are empty where the policy sets no bands (bands of another document are never used), one
        finding says so; or where the register holds no users.

    Raises:
        OverdraftError: a mode that does not exist.
    """
    from ..rules.families.fees import charges, speak  # the rule itself rests on this package

    if mode is not None and mode not in MODES:
        raise OverdraftError("fees.bad_option", found=mode, allowed=list(MODES))
    bound = [binding for binding in bindings(scene.policy) if binding.rule.name == RULE]
    bills, spoken = [], []
    for binding in bound:
        if mode is not None:
            binding = replace(binding, values={**binding.values, "mode": mode})
        if binding.missing or not scene.has("users"):
            spoken.append(findings_of(scene, binding))
            continue
        table = charges(scene, binding, year)
        spoken.append(speak(scene, binding, table))
        bills.append(_bills(table[table["in_scope"].to_numpy(dtype=bool)], binding))
    if not bound:
        spoken.append(_no_bands(scene))
    frame = pd.concat(bills, ignore_index=True) if bills else pd.DataFrame(columns=[*_LEADING, *_TRAILING])
    return OverPlanFees(frame, totals_of(frame), concat(spoken))


def totals_of(bills: pd.DataFrame) -> pd.DataFrame:
    """What bills add up to, see :class:`OverPlanFees`; money is summed in whole fen and water in whole millionths of a
    m³, so that every level comes to the same."""
    money = ["fee", "surcharge", "fee_piecewise", "surcharge_piecewise", "fee_whole", "surcharge_whole"]
    water = ["used_m3", "excess_m3", "within_m3", *_bands(bills)]
    counts = pd.DataFrame(
        {
            "n_users": 1,
            "n_over": bills["case"].isin(("over", "no_plan_top_band")).astype("int64"),
            "n_not_charged": bills["fee"].isna().astype("int64"),
        },
        index=bills.index,
    )
    whole = {name: _whole(bills[name], FEN) for name in money} | {
        name: _whole(bills[name], MICRO) for name in water
    }
    figures = pd.concat([counts, pd.DataFrame(whole, index=bills.index)], axis=1)
    parts = []
    for level, column in (("township", "township_id"), ("county", "county_id"), ("all", None)):
        unit = "" if column is None else bills[column].where(bills[column] != "", UNASSIGNED)
        keyed = figures.assign(clause=bills["clause"], year=bills["year"], level=level, unit_id=unit)
        parts.append(keyed.groupby(["clause", "year", "level", "unit_id"], sort=True).sum().reset_index())
    totals = pd.concat(parts, ignore_index=True)
    totals[money] = totals[money].astype("float64") / FEN
    totals[water] = totals[water].astype("float64") / MICRO
    order = ["clause", "year", "level", "unit_id", *counts.columns, *water, *money]
    return totals[order]


def _bills(table: pd.DataFrame, binding: Binding) -> pd.DataFrame:
    mode = str(binding.value("mode"))
    frame = table.rename(columns={"state": "period_state"}).assign(clause=binding.clause.id, mode=mode)
    frame["fee"], frame["surcharge"] = frame[f"fee_{mode}"], frame[f"surcharge_{mode}"]
    frame["outcome"] = outcomes(frame["case"], frame["estimated"], frame["period_state"])
    return frame[[*_LEADING, *_bands(frame), *_TRAILING]].reset_index(drop=True)


def _bands(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if str(name).startswith("band_")]


def _whole(values: pd.Series, per: int) -> pd.Series:
    return (values.astype("float64").fillna(0.0) * per).round().astype("int64")


def _no_bands(scene: Scene) -> Verdicts:
    return judge(
        rule=RULE,
        clause="",
        subject_role="policy",
        subject_id=[scene.policy.id],
        unit_id=scene.city,
        outcome="not_evaluated",
        message_key="fees.over_plan.no_bands",
        message_values={"policy": scene.policy.id},
    )
