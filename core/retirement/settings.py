"""How a policy counts retired area, and what each unit must reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ..policy import Policy, effective_settings, unverified
from ..register import Register

PREFIX = "retirement."
ITEM = "retired_area"


@dataclass(frozen=True)
class RetirementSettings:
    """Settings of one balance, taken from the policy, some of them overridden for the run.

    Attributes:
        baseline: first day on which a retirement counts; NaT where the policy leaves it open.
        area_basis: geometry (area of the polygon on the ellipsoid) or registered (``area_mu``).
        parent_sum_only: a city is met by its own sum, whatever its counties reach.
        clause: the clause all of this rests on.
        shown: every setting as text, for the record.
        unverified: keys whose value is a default that no text gives.
    """

    baseline: pd.Timestamp
    area_basis: str
    parent_sum_only: bool
    clause: str
    shown: dict[str, object]
    unverified: tuple[str, ...]


def retirement_settings(
    policy: Policy,
    *,
    baseline: date | None = None,
    area_basis: str | None = None,
    parent_sum_only: bool | None = None,
) -> RetirementSettings:
    """Settings of ``policy`` with the overrides of a run.

    Raises:
        OverdraftError: a policy without this rule, or an override outside what the policy allows.
    """
    policy.setting(PREFIX + "baseline")  # a policy without this rule says so
    overrides = {"baseline": baseline, "area_basis": area_basis, "parent_sum_only": parent_sum_only}
    given = {PREFIX + name: value for name, value in overrides.items() if value not in (None, "")}
    settings = effective_settings(policy, given)
    used = {name: settings[PREFIX + name] for name in overrides}
    targets = policy.targets_for(ITEM)
    return RetirementSettings(
        baseline=pd.Timestamp(used["baseline"].value),
        area_basis=str(used["area_basis"].value),
        parent_sum_only=bool(used["parent_sum_only"].value),
        clause=targets[0].clause if targets else used["baseline"].clause,
        shown={name: str(setting.value) for name, setting in used.items()},
        unverified=tuple(unverified(used.values())),
    )


def area_targets(register: Register, policy: Policy) -> pd.DataFrame:
    """What each unit must have retired by 31 December of a year.

    The targets are the policy's ``retired_area``; a row of the role ``targets`` with an area overrides the policy's
    figure for its unit and year, or adds one. Of several rows for one unit and year the largest holds.

    Returns:
        ``unit_id``, ``year``, ``target_mu``, ``clause``; one row per unit and year, unique.
    """
    rows = [(t.unit_id, t.year, t.base_value, t.clause) for t in policy.targets_for(ITEM)]
    targets = pd.DataFrame(rows, columns=["unit_id", "year", "target_mu", "clause"])
    own = _own_targets(register, "area_mu").rename(columns={"area_mu": "target_mu"})
    own = own[own["unit_id"].notna() & own["year"].notna()]
    if len(own):
        own = own.assign(
            unit_id=[unit_of(text, policy) for text in own["unit_id"]],
            year=own["year"].astype("int64"),
            clause=targets["clause"].iloc[0] if len(targets) else "",
        )
        own = own.sort_values("target_mu", ascending=False).drop_duplicates(["unit_id", "year"])
        targets = pd.concat([own[targets.columns], targets], ignore_index=True)
    targets = targets.drop_duplicates(["unit_id", "year"], keep="first")
    return targets.astype({"year": "int64", "target_mu": "float64"}).reset_index(drop=True)


def volume_targets(register: Register, policy: Policy) -> pd.DataFrame:
    """Water that the land of each unit must save by 31 December of a year: ``volume_m3`` of the role ``targets``.

    Returns:
        ``unit_id``, ``year``, ``volume_m3``; one row per unit and year, of several the largest.
    """
    own = _own_targets(register, "volume_m3")
    own = own[own["unit_id"].notna() & own["year"].notna()]
    own = own.assign(unit_id=[unit_of(text, policy) for text in own["unit_id"]])
    own = own.sort_values("volume_m3", ascending=False).drop_duplicates(["unit_id", "year"])
    return own.astype({"year": "int64", "volume_m3": "float64"}).reset_index(drop=True)


def loose_targets(register: Register) -> int:
    """How many area targets name no unit or no year: they cannot be judged."""
    own = _own_targets(register, "area_mu")
    return int((own["unit_id"].isna() | own["year"].isna()).sum())


def _own_targets(register: Register, field: str) -> pd.DataFrame:
    table = register.get("targets")
    if table is None:
        return pd.DataFrame({"unit_id": [], "year": [], field: []})
    own = table[["unit_id", "year", field]]
    return own[np.isfinite(own[field].to_numpy(dtype="float64"))]


def unit_of(text: str, policy: Policy) -> str:
    """A unit of the policy by its id, name or alias; any other text is the id of a unit of the register."""
    known = {unit.id for unit in policy.units}
    if text in known or _is_code(text):
        return text
    return policy.resolve_unit(text) or text


def _is_code(text: str) -> bool:
    """Division codes below a county would resolve to the county they begin with; they are units of their own."""
    return text.isascii() and text.isdigit() and len(text.rstrip("0")) > len("650402")
