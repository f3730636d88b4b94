"""The small world of the ledger's tests, planned for."""

from __future__ import annotations

from datetime import date

import pytest

from overdraft.core.planning.renewals import PairOptions, PairPlan, plan_pairs
from overdraft.core.policy import load_policy
from overdraft.core.replacement import replacement_settings
from overdraft.core.rules.scene import Scene

from ...replacement.conftest import World

AS_OF = date(2025, 12, 31)


class Planned(World):
    """A world with renewals that nobody has decided on."""

    def proposed(self, well_id: str, **fields) -> None:
        """A renewal well that is proposed: no permit yet."""
        self.well(well_id, **{"status": "proposed", "origin": "renewal", "permit_no": None, **fields})

    def plan(self, *, with_zones: bool = True, **options) -> PairPlan:
        """The plan on the last day of 2025; ``reading`` and ``pool`` override the policy."""
        policy = load_policy("turpan-2021")
        overrides = {name: options.pop(name) for name in ("reading", "pool") if name in options}
        scene = Scene.of(self.register(with_zones=with_zones), policy, AS_OF)
        return plan_pairs(scene, replacement_settings(policy, **overrides), PairOptions(**options))


def pairs_of(plan: PairPlan) -> dict[str, set[str]]:
    """Wells by renewal."""
    return plan.pairs.groupby("renewal_id")["retired_id"].agg(set).to_dict()


def reasons(plan: PairPlan) -> dict[str, str]:
    """Why each renewal gets no wells."""
    last = plan.unmet["reason_key"].str.rpartition(".")[2]
    return dict(zip(plan.unmet["renewal_id"], last, strict=True))


@pytest.fixture
def world() -> Planned:
    return Planned()
