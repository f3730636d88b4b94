"""Findings of the intake: review, one row per subject and rule, all other rows counted as passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..findings import Verdicts, judge

COUNTS = ("n_subjects", "n_pass")


def review(
    rule: str,
    role: str,
    subject_ids: np.ndarray,
    where: np.ndarray,
    message_key: str | Sequence[str],
    message_values: Mapping[str, object],
    out_of_scope: int = 0,
) -> Verdicts:
    """Review findings for the rows at positions `where`; every other row passes.

    Only the rows in question go through :func:`core.findings.judge`: a register is mostly in order, and hundreds of
    thousands of passes need one number, not one row each.

    Args:
        subject_ids: the ids of all rows.
        message_values: name to one value or to a list as long as `where`.
        out_of_scope: how many of the other rows the rule does not apply to.
    """
    n_pass = len(subject_ids) - len(where) - out_of_scope
    if len(where) == 0:
        row = (rule, "", role, "", "", len(subject_ids), n_pass, 0, out_of_scope)
        names = ("rule", "clause", "subject_role", "period", "unit_id", *COUNTS, "n_rows", "n_out_of_scope")
        counts = pd.DataFrame([row], columns=list(names)) if len(subject_ids) else Verdicts.none().counts
        return Verdicts(Verdicts.none().rows, counts)
    found = judge(
        rule=rule,
        clause="",
        subject_role=role,
        subject_id=subject_ids[where],
        outcome="review",
        action="supply_data",
        message_key=message_key,
        message_values=message_values,
        out_of_scope=out_of_scope,
    )
    passed = {name: found.counts[name] + n_pass for name in COUNTS}
    return Verdicts(found.rows, found.counts.assign(**passed))
