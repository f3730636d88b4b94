"""The tables that a run draws up beside its findings: balances, charges, volumes, rankings, vetting, closing order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd

from .allocation import allocate_quota
from .closing import closing_order
from .fees import over_plan_fees
from .findings import Verdicts
from .power import power_to_water
from .quota.balance import quota_balance
from .ranking import BASES, rank_units
from .rules.scene import Scene
from .vetting import vet_applications


def sheets(
    scene: Scene, verdicts: Verdicts, progress: Callable[[float], None] | None = None
) -> dict[str, pd.DataFrame]:
    """Every table that the policy asks for and the register can give, by its name in the case file.

    Args:
        scene: with its ledger, where the policy has 减二更一.
        verdicts: of all rules and of the ledger; the vetting of applications rests on them.
        progress: told the share done, 0 to 1; may raise ``Cancelled``.
    """
    tell = progress or (lambda share: None)
    drawn: dict[str, pd.DataFrame] = {}
    draws = (_quota, _allocation, _fees, _power, _ranking, _closing)
    for done, draw in enumerate(draws):
        drawn |= draw(scene)
        tell((done + 1) / (len(draws) + 1))
    if scene.has("applications"):
        drawn["vetting"] = vet_applications(scene, verdicts).frame
    tell(1.0)
    return drawn


def _quota(scene: Scene) -> dict[str, pd.DataFrame]:
    levels = _levels_with_caps(scene)
    parts = [
        quota_balance(scene, level=level, source="groundwater").balance for level in levels or ["county"]
    ]
    parts.append(quota_balance(scene, level="county", source="total").balance)
    filled = [part for part in parts if len(part)]
    if not filled:
        return {}
    table = pd.concat(filled, ignore_index=True)
    return {"quota_balance": table.drop_duplicates(["unit_id", "year", "source"]).reset_index(drop=True)}


def _allocation(scene: Scene) -> dict[str, pd.DataFrame]:
    """What the caps of the year of judgement come to for townships, users and wells, by area and quota.

    A proposal to start from; ``allocatequota`` draws it on other bases and with limits.
    """
    rows = [allocate_quota(scene, unit_level=level).rows for level in _levels_with_caps(scene)[:1]]
    return {"quota_allocation": rows[0]} if rows and len(rows[0]) else {}


def _levels_with_caps(scene: Scene) -> list[str]:
    """Levels of which a unit has a cap, the highest first."""
    levels = ("county", "township", "regiment", "management_unit")
    return [level for level in levels if len(scene.amounts.caps(level))]


def _fees(scene: Scene) -> dict[str, pd.DataFrame]:
    if not (_binds(scene, "fees.over_plan") and scene.has("users")):
        return {}
    charged = over_plan_fees(scene)
    return {"over_plan_fees": charged.bills, "over_plan_totals": charged.totals}


def _power(scene: Scene) -> dict[str, pd.DataFrame]:
    if not scene.has("readings") or scene.frame("readings")["energy_kwh"].isna().all():
        return {}
    converted = power_to_water(scene.register, scene.as_of, scene.policy, placement=scene.placement)
    return {
        "power_volumes": converted.volumes,
        "power_coefficients": converted.coefficients,
        "power_calibration": converted.calibration,
    }


def _ranking(scene: Scene) -> dict[str, pd.DataFrame]:
    """Change of level in the last whole quarter, against the one before and against the same one a year earlier: the
    text names no basis, so both are told (TLF-4.5a)."""
    if not (scene.has("stations") and scene.has("levels")):
        return {}
    period, signed = last_quarter(scene.as_of), scene.policy.settings.get("ranking.signed")
    ranked = [
        rank_units(
            scene, level=level, period=period, basis=basis, signed=signed is None or signed.value is not False
        ).frame
        for basis in BASES
        for level in _ranked_levels(scene)
    ]
    filled = [frame for frame in ranked if len(frame)]
    return {"unit_ranking": pd.concat(filled, ignore_index=True)} if filled else {}


def _ranked_levels(scene: Scene) -> list[str]:
    known = set(scene.unit_table["level"])
    return [level for level in ("county", "township", "regiment") if level in known]


def _closing(scene: Scene) -> dict[str, pd.DataFrame]:
    if not _binds(scene, "wells.closing"):
        return {}
    return {"closing_order": closing_order(scene.register, scene.placement, scene.policy, scene.as_of).frame}


def _binds(scene: Scene, rule: str) -> bool:
    return any(use.rule == rule for use in scene.policy.rules)


def last_quarter(day: date) -> str:
    """The last quarter that is over at the end of a day, as ``YYYY-Qn``."""
    after = day + timedelta(days=1)
    quarter = (after.month - 1) // 3
    return f"{after.year}-Q{quarter}" if quarter else f"{after.year - 1}-Q4"
