"""The tables of a plan in the words of a language."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from ...messages import render


def in_words(unmet: pd.DataFrame, pools: Mapping[str, str], k: int, language: str) -> pd.DataFrame:
    """``unmet`` with ``reason`` and ``nearest`` as sentences.

    Args:
        pools: names by pool id; an id without a name stands for itself.
        k: wells that a renewal needs.
    """
    reason = [
        render(
            row.reason_key,
            {
                "renewal": row.renewal_id,
                "pool": pools.get(row.pool_id, row.pool_id),
                "needed": row.needed,
                "k": k,
                "missing": None if pd.isna(row.missing) else row.missing,
                "group": None if pd.isna(row.group_no) else row.group_no,
            },
            language,
        )
        for row in unmet.itertuples()
    ]
    mark = "；" if language == "zh" else "; "
    nearest = [mark.join(_near(one, language) for one in json.loads(text)) for text in unmet["near"]]
    return unmet.assign(reason=reason, nearest=nearest)


def barred(reason: str, language: str) -> str:
    """Why a well may not be taken."""
    return render(f"renewals.barred.{reason}", {}, language)


def _near(one: Mapping, language: str) -> str:
    values = {
        "well": one["well"],
        "km": f"{one['distance_m'] / 1000:.1f}",
        "reason": barred(one["reason"], language),
    }
    return render("renewals.nearest", values, language)
