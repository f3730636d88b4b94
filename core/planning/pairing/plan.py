"""What a pairing run gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

PAIR_COLUMNS = ("renewal_id", "retired_id", "cost", "to_seal")
UNMET_COLUMNS = ("renewal_id", "reason", "missing", "group")
GROUP_COLUMNS = ("group", "renewal_ids", "retired_ids", "needed", "available", "limited")
LOG_COLUMNS = ("part", "renewals", "candidates", "known", "kept", "ways", "seconds", "proven")
REASONS = ("few", "cap", "group")
OPTIMAL, OPEN = "optimal", "open"


@dataclass(frozen=True)
class Plan:
    """Pairs, and how good they are.

    Attributes:
        pairs: ``PAIR_COLUMNS``; cost in whole units. Sorted by renewal and retired well.
        served: renewals that get all they need; ``weight``: the sum of their priorities.
        cost: of all pairs, whole units.
        weight_bound: no plan serves more weight. cost_bound: no plan that serves ``weight_bound`` costs less.
        status: ``optimal`` (proven) or ``open`` (time ran out first).
        unmet: renewals that get nothing, ``UNMET_COLUMNS``: ``few`` (too few candidates on offer, ``missing`` more are
            needed), ``cap`` (the number of renewals served is capped), ``group`` (it competes with others).
        groups: who competes for what, ``GROUP_COLUMNS``: the renewals need more wells than all of their candidates
            together; ``limited``: because only so many sealed wells may be used. Empty where a cap stopped the plan.
        greedy: the pairs of the plan of common sense, for comparison; ``greedy_weight``, ``greedy_cost``.
        log: what was solved how, ``LOG_COLUMNS``.
    """

    pairs: pd.DataFrame
    served: int
    weight: int
    cost: int
    weight_bound: int
    cost_bound: int
    status: str
    unmet: pd.DataFrame
    groups: pd.DataFrame
    greedy: pd.DataFrame
    greedy_weight: int
    greedy_cost: int
    log: pd.DataFrame

    @property
    def gap(self) -> float:
        """Relative distance to the bound: of the weight served, or of the cost where the weight is proven; 0 if
        optimal."""
        if self.weight < self.weight_bound:
            return (self.weight_bound - self.weight) / self.weight_bound
        return 0.0 if self.cost <= self.cost_bound else (self.cost - self.cost_bound) / self.cost


def pair_frame(
    renewal_ids: np.ndarray, candidate_ids: np.ndarray, to_seal: np.ndarray, pairs: tuple
) -> pd.DataFrame:
    """Pairs given as places (row, column, cost) with their ids, in the order of the ids."""
    row, col, cost = pairs
    order = np.lexsort((col, row))
    row, col, cost = row[order], col[order], cost[order]
    columns = (renewal_ids[row], candidate_ids[col], cost, to_seal[col])
    return pd.DataFrame(dict(zip(PAIR_COLUMNS, columns, strict=True)))
