"""How a rule says what it found: whole columns in, one row per subject out, passes only counted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

OUTCOMES = ("fail", "review", "not_evaluated", "exempt", "pass")
"""Outcomes, worst first."""

PERMISSIONS = ("deny", "suspend", "hold", "review", "not_evaluated", "allow_if", "allow")
"""Permissions, worst first."""

PERMISSION_OUTCOME = {
    "deny": "fail",
    "suspend": "fail",
    "hold": "review",
    "review": "review",
    "not_evaluated": "not_evaluated",
    "allow_if": "pass",
    "allow": "pass",
}

ROW_COLUMNS = (
    "rule",
    "clause",
    "subject_role",
    "subject_id",
    "unit_id",
    "period",
    "outcome",
    "permission",
    "action",
    "period_state",
    "measured",
    "threshold",
    "measure_unit",
    "message_key",
    "message_values",
    "evidence",
    "settings",
    "unverified",
)
COUNT_KEYS = ("rule", "clause", "subject_role", "period", "unit_id")
COUNT_COLUMNS = (*COUNT_KEYS, "n_subjects", "n_pass", "n_rows", "n_out_of_scope")


@dataclass(frozen=True)
class Verdicts:
    """Rows that a person must see, and counts that account for every subject.

    Attributes:
        rows: one row per rule, clause, period and subject; columns ``ROW_COLUMNS``. A pass has no row
            unless it carries a permission.
        counts: columns ``COUNT_COLUMNS``; ``n_rows + n_pass + n_out_of_scope = n_subjects`` in each row.
    """

    rows: pd.DataFrame
    counts: pd.DataFrame

    @staticmethod
    def none() -> Verdicts:
        """No subjects, no rows."""
        rows, counts = _nothing()
        return Verdicts(rows.copy(), counts.copy())


@cache
def _nothing() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Built once: a run asks for it thousands of times, and pandas takes milliseconds for it."""
    return pd.DataFrame(columns=list(ROW_COLUMNS)), pd.DataFrame(columns=list(COUNT_COLUMNS))


def judge(
    *,
    rule: str,
    clause: str,
    subject_role: str,
    subject_id: Sequence | np.ndarray | pd.Series,
    outcome: object,
    message_key: object,
    message_values: Mapping[str, object] | None = None,
    unit_id: object = "",
    period: object = "",
    permission: object = "",
    action: object = "none",
    period_state: object = "",
    measured: object = np.nan,
    threshold: object = np.nan,
    measure_unit: str = "",
    evidence: Mapping[str, object] | None = None,
    settings: Mapping[str, object] | None = None,
    unverified: Iterable[str] = (),
    out_of_scope: int = 0,
) -> Verdicts:
    """Turn a rule's columns into findings.

    Every argument but ``rule``, ``clause``, ``subject_role``, ``measure_unit``, ``settings`` and ``unverified`` is
    one value for all subjects or a column as long as ``subject_id``. ``message_values`` and ``evidence`` map a name
    to such a value or column.

    Args:
        outcome: of ``OUTCOMES``.
        permission: of ``PERMISSIONS``, or empty.
        out_of_scope: how many subjects the rule does not apply to; they get no row but are counted.

    Raises:
        ValueError: an outcome or permission that does not exist, or columns of different length.
    """
    subjects = pd.Series(np.asarray(subject_id, dtype=object)).reset_index(drop=True)
    size = len(subjects)
    frame = pd.DataFrame({"subject_id": subjects})
    scalars_or_columns = {
        "unit_id": unit_id,
        "period": period,
        "outcome": outcome,
        "permission": permission,
        "action": action,
        "period_state": period_state,
        "measured": measured,
        "threshold": threshold,
        "message_key": message_key,
    }
    for name, value in scalars_or_columns.items():
        frame[name] = _column(value, size, name)
    for name in ("unit_id", "period", "permission", "action", "period_state"):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), "")
    _check_tokens(frame)

    kept = ((frame["outcome"] != "pass") | (frame["permission"] != "")).to_numpy()
    counts = _counts(frame, kept, rule, clause, subject_role, out_of_scope)
    rows = frame[kept].copy()
    where = np.flatnonzero(kept)
    rows["rule"], rows["clause"], rows["subject_role"] = rule, clause, subject_role
    rows["measure_unit"] = measure_unit
    rows["message_values"] = _json_rows(message_values or {}, where, size, keep_empty=True)
    rows["evidence"] = _json_rows(evidence or {}, where, size, keep_empty=False)
    rows["settings"] = to_json(dict(settings or {}))
    rows["unverified"] = to_json(sorted(unverified))
    return Verdicts(rows[list(ROW_COLUMNS)].reset_index(drop=True), counts)


def concat(parts: Iterable[Verdicts]) -> Verdicts:
    """All findings and counts of several rules, in the order given."""
    parts = list(parts)
    rows = [part.rows for part in parts if len(part.rows)]
    counts = [part.counts for part in parts if len(part.counts)]
    nothing = Verdicts.none()
    return Verdicts(
        pd.concat(rows, ignore_index=True) if rows else nothing.rows,
        pd.concat(counts, ignore_index=True) if counts else nothing.counts,
    )


def worst(outcomes: Iterable[str], order: Sequence[str] = OUTCOMES) -> str:
    """The worst of some outcomes (or permissions with ``order=PERMISSIONS``); the best one for none."""
    return min(outcomes, key=order.index, default=order[-1])


def worst_by(keys: pd.Series, values: pd.Series, order: Sequence[str] = OUTCOMES) -> pd.Series:
    """The worst value per key, as a Series indexed by key."""
    rank = values.map({token: place for place, token in enumerate(order)})
    return rank.groupby(keys.to_numpy()).min().map(dict(enumerate(order)))


def to_json(value: object) -> str:
    """Compact JSON with sorted keys, Chinese as it is: equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _column(value: object, size: int, name: str) -> Any:
    if isinstance(value, (pd.Series, np.ndarray, list, pd.api.extensions.ExtensionArray)):
        if len(value) != size:
            raise ValueError(f"{name} has {len(value)} values for {size} subjects")
        return value.to_numpy() if isinstance(value, pd.Series) else value
    return [value] * size


def _check_tokens(frame: pd.DataFrame) -> None:
    unknown = set(frame["outcome"].unique()) - set(OUTCOMES)
    unknown |= set(frame["permission"].unique()) - {*PERMISSIONS, ""}
    if unknown:
        raise ValueError(f"not an outcome or permission: {sorted(map(str, unknown))}")


def _counts(
    frame: pd.DataFrame, kept: np.ndarray, rule: str, clause: str, role: str, out_of_scope: int
) -> pd.DataFrame:
    """One row per period and unit. Counted without pandas' groupby, whose price is high where subjects are few."""
    period, unit = frame["period"].to_numpy(), frame["unit_id"].to_numpy()
    beyond = np.zeros(len(frame), dtype="int64")
    if out_of_scope:
        period, unit = np.append(period, ""), np.append(unit, "")
        beyond, kept = np.append(beyond, out_of_scope), np.append(kept, False)
    of_period, periods = pd.factorize(period, sort=True)
    of_unit, units = pd.factorize(unit, sort=True)
    place, pair = pd.factorize(of_period * max(len(units), 1) + of_unit, sort=True)

    def total(number: np.ndarray) -> np.ndarray:
        return np.bincount(place, weights=number, minlength=len(pair)).astype("int64")

    n_subjects, n_rows, n_beyond = total(np.where(beyond > 0, beyond, 1)), total(kept), total(beyond)
    return pd.DataFrame(
        {
            "rule": np.full(len(pair), rule, dtype=object),
            "clause": np.full(len(pair), clause, dtype=object),
            "subject_role": np.full(len(pair), role, dtype=object),
            "period": periods[pair // max(len(units), 1)],
            "unit_id": units[pair % max(len(units), 1)],
            "n_subjects": n_subjects,
            "n_pass": n_subjects - n_rows - n_beyond,
            "n_rows": n_rows,
            "n_out_of_scope": n_beyond,
        }
    )[list(COUNT_COLUMNS)]


def _json_rows(columns: Mapping[str, object], where: np.ndarray, size: int, keep_empty: bool) -> list[str]:
    picked = {}
    for name, value in columns.items():
        column = _column(value, size, name)
        chosen = (column[place] for place in where)
        picked[name] = [None if _empty(item) else item for item in chosen]
    rows = ({name: column[place] for name, column in picked.items()} for place in range(len(where)))
    if keep_empty:
        return [to_json(row) for row in rows]
    return [to_json({name: item for name, item in row.items() if item is not None}) for row in rows]


def _empty(value: object) -> bool:
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, np.datetime64):
        return bool(np.isnat(value))
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def _plain(value: object) -> object:
    if isinstance(value, (pd.Timestamp, datetime)):
        return value.date().isoformat()
    if isinstance(value, np.datetime64):
        return str(value.astype("datetime64[D]"))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value) if isinstance(value, (set, frozenset)) else list(value)
    if value is pd.NA or value is pd.NaT:
        return None
    raise TypeError(f"{type(value).__name__} has no place in a finding")
