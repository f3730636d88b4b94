"""A plan as rows of the case file: pairs that are reserved, and the plan itself on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from ...findings.verdicts import to_json
from ..pairing import UNIT
from .plan import PairPlan


def recorded_pairs(
    result: PairPlan, as_of: date, *, plan_id: str, created_at: str, created_by: str, name: str = ""
) -> tuple[pd.DataFrame, Mapping[str, object]]:
    """Rows for the role ``pairs``, pledged on ``as_of``, and the row of the table ``plans``."""
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
    return rows, {
        "plan_id": plan_id,
        "kind": "pairing",
        "name": name,
        "run_id": None,
        "created_at": created_at,
        "created_by": created_by,
        "status": plan.status,
        "objective": plan.cost / UNIT,
        "bound": plan.cost_bound / UNIT,
        "gap_ratio": plan.gap,
        "settings": to_json(settings),
        "content": to_json(content),
    }
