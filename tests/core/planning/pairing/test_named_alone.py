"""A well that a renewal names is on offer to nobody else: the same plan as with the pairs listed one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from overdraft.core.planning.pairing import CostWeights, pair_wells, problem_from_edges, problem_from_places


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("reach_m", [None, 2_500.0])
def test_by_places_and_by_list_the_plan_is_the_same(seed, reach_m):
    rng = np.random.default_rng(seed)
    n, m = 6, 14
    named = np.where(rng.random(n) < 0.5, rng.integers(0, m, n), -1)
    renewals = pd.DataFrame(
        {
            "renewal_id": [f"r{i}" for i in range(n)],
            "pool": "p",
            "priority": rng.integers(1, 4, n),
            "needed": rng.integers(1, 4, n),
            "named": [f"c{i:02d}" if i >= 0 else None for i in named],
            "lon": 89.0 + 0.05 * rng.random(n),
            "lat": 42.0 + 0.05 * rng.random(n),
        }
    )
    wells = pd.DataFrame(
        {
            "retired_id": [f"c{i:02d}" for i in range(m)],
            "pool": "p",
            "to_seal": rng.random(m) < 0.5,
            "volume_m3": 0.0,
            "lon": 89.0 + 0.05 * rng.random(m),
            "lat": 42.0 + 0.05 * rng.random(m),
            "only_named": np.isin(np.arange(m), named),
        }
    )
    placed = problem_from_places(renewals, wells, CostWeights(), max_distance_m=reach_m)
    row, col = (part.ravel() for part in np.meshgrid(np.arange(n), np.arange(m), indexing="ij"))
    free = problem_from_places(
        renewals, wells.drop(columns="only_named"), CostWeights(), max_distance_m=reach_m
    )
    cost = free.offers.price(row, col)
    allowed = (cost >= 0) & (~wells["only_named"].to_numpy()[col] | (named[row] == col))
    edges = pd.DataFrame(
        {
            "renewal_id": renewals["renewal_id"].to_numpy()[row],
            "retired_id": wells["retired_id"].to_numpy()[col],
            "cost": cost,
        }
    )[allowed]
    listed = problem_from_edges(renewals, wells, edges)
    one, other = pair_wells(placed), pair_wells(listed)
    assert (one.weight, one.cost, one.status) == (other.weight, other.cost, "optimal")
    pd.testing.assert_frame_equal(one.pairs, other.pairs)
    assert one.unmet["reason"].tolist() == other.unmet["reason"].tolist()
