"""A plan as rows of the case file: pairs that are reserved, and the plan itself on record."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ..pairing import UNIT
from ..record import PlanStamp, plan_row
from .plan import PairPlan


def recorded_pairs(result: PairPlan, as_of: date, stamp: PlanStamp) -> tuple[dict[str, object], pd.DataFrame]:
    """The row of the table ``plans``, and rows for the role ``pairs``, pledged on ``as_of``."""
    pairs = result.pairs
    rows = pd.DataFrame(
        {
            "renewal_id": pairs["renewal_id"],
            "retired_id": pairs["retired_id"],
            "role": pairs["role"],
            "state": "reserved",
            "pledged_on": pd.Timestamp(as_of),
            "released_on": pd.NaT,
            "approval_no": None,
        }
    )
    plan, options = result.plan, result.options
    settings = {
        **{f"replacement.{key}": value for key, value in result.settings.shown.items()},
        "as_of": as_of,
        "max_served": options.max_served,
        "allow_unsealed": options.allow_unsealed,
        "max_distance_m": options.max_distance_m,
        "w_distance": options.weights.distance,
        "w_volume": options.weights.volume,
        "w_unsealed": options.weights.unsealed,
        "limits": result.limits,
    }
    content = {
        "pairs": pairs[["renewal_id", "retired_id", "cost", "to_seal"]].to_dict("records"),
        "unmet": result.unmet[["renewal_id", "reason_key"]].to_dict("records"),
        "served": plan.served,
        "log": plan.log.replace({np.nan: None}).to_dict("records"),
    }
    row = plan_row(
        "pairing",
        stamp,
        status=plan.status,
        objective=plan.cost / UNIT,
        bound=plan.cost_bound / UNIT,
        gap=plan.gap,
        settings=settings,
        content=content,
    )
    return row, rows
