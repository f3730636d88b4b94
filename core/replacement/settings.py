"""How a policy reads 减二更一: the ratio, the pool, the baseline and what a seal must be to count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..policy import Policy, effective_settings, unverified

PREFIX = "replacement."
CLAUSE_KEY = "replacement.reading"
RETIREES = {"R1": 2, "R2": 3}
"""Wells to seal for one renewed (k): R1 two, the replaced one may be among them; R2 the replaced one and two more."""


@dataclass(frozen=True)
class ReplacementSettings:
    """Settings of one ledger, taken from the policy, some of them overridden for the run.

    Attributes:
        reading: R1, R2 or R3 (of three applications one is approved).
        pool: county, zone or city: where seals and renewals must balance.
        baseline: first sealing day that counts, inclusive.
        clause: the clause all of this rests on.
        shown: every setting key and value as text, for the record.
        unverified: keys whose value is a default that no text gives.
    """

    reading: str
    pool: str
    baseline: pd.Timestamp
    applies_outside_zone: bool
    sealed_states: tuple[str, ...]
    credit_uses: tuple[str, ...]
    credit_requires_permit: bool
    evidence_required: bool
    evidence_kinds: tuple[str, ...]
    single_pledge: bool
    order_days: int
    idle_years: int
    idle_action: str
    size_action: str
    max_distance_m: float | None
    clause: str
    shown: dict[str, object]
    unverified: tuple[str, ...]

    @property
    def k(self) -> int:
        """Retirees per renewal; R3 has no ratio of wells and borrows R1's for pairs only."""
        return RETIREES.get(self.reading, 2)


def replacement_settings(
    policy: Policy, *, reading: str | None = None, pool: str | None = None, baseline: date | None = None
) -> ReplacementSettings:
    """Settings of ``policy`` with the overrides of a run.

    Raises:
        OverdraftError: a policy without this rule, or an override outside what the policy allows.
    """
    policy.setting(CLAUSE_KEY)  # a policy without this rule says so
    overrides = {"reading": reading, "pool": pool, "baseline": baseline}
    given = {PREFIX + name: value for name, value in overrides.items() if value not in (None, "")}
    settings = {
        key: setting for key, setting in effective_settings(policy, given).items() if key.startswith(PREFIX)
    }
    value = {key.removeprefix(PREFIX): setting.value for key, setting in settings.items()}
    within = int(value["order_days"] or 0) if value["order"] == "within_days" else 0
    distance = value.get("max_distance_m")
    return ReplacementSettings(
        reading=value["reading"],
        pool=value["pool"],
        baseline=pd.Timestamp(value["baseline"]),
        applies_outside_zone=bool(value["applies_outside_zone"]),
        sealed_states=tuple(value["sealed_states"]),
        credit_uses=tuple(value["credit_uses"]),
        credit_requires_permit=bool(value["credit_requires_permit"]),
        evidence_required=bool(value["evidence_required"]),
        evidence_kinds=tuple(value["evidence_kinds"]),
        single_pledge=bool(value["single_pledge"]),
        order_days=within,
        idle_years=int(value["idle_years"]),
        idle_action=value["idle_action"],
        size_action=value["size_action"],
        max_distance_m=None if distance is None else float(distance),
        clause=settings[CLAUSE_KEY].clause,
        shown={name: item for name, item in value.items() if item is not None},
        unverified=tuple(key for key in unverified(settings.values()) if key.startswith(PREFIX)),
    )
