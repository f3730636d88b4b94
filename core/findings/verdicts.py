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
    subjects = np.asarray(subject_id, dtype=object)
    size = len(subjects)
    columns = {
        "subject_id": subjects,
        "unit_id": _texts(unit_id, size, "unit_id"),
        "period": _texts(period, size, "period"),
        "outcome": _column(outcome, size, "outcome"),
        "permission": _texts(permission, size, "permission"),
        "action": _texts(action, size, "action"),
        "period_state": _texts(period_state, size, "period_state"),
        "measured": _column(measured, size, "measured"),
        "threshold": _column(threshold, size, "threshold"),
        "message_key": _column(message_key, size, "message_key"),
    }
    outcomes, permissions = np.asarray(columns["outcome"], dtype=object), columns["permission"]
    _check_tokens(outcomes, permissions)
    kept = (outcomes != "pass") | (permissions != "")
    counts = _counts(columns["period"], columns["unit_id"], kept, rule, clause, subject_role, out_of_scope)
    where = np.flatnonzero(kept)
    same = {
        "rule": rule,
        "clause": clause,
        "subject_role": subject_role,
        "measure_unit": measure_unit,
        "settings": to_json(dict(settings or {})),
        "unverified": to_json(sorted(unverified)),
    }
    rows = {name: column[where] for name, column in columns.items()}
    rows |= {name: np.full(len(where), value, dtype=object) for name, value in same.items()}
    rows["message_values"] = _json_rows(message_values or {}, where, size, keep_empty=True)
    rows["evidence"] = _json_rows(evidence or {}, where, size, keep_empty=False)
    # One table made at once: pandas takes longer for each column that is put in later than for its content
    return Verdicts(pd.DataFrame({name: rows[name] for name in ROW_COLUMNS}), counts)


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


_COLUMNS = (pd.Series, np.ndarray, list, pd.api.extensions.ExtensionArray)
"""What gives each subject a value of its own; anything else is one value for all."""


def _column(value: object, size: int, name: str) -> Any:
    """An array as long as the subjects."""
    if not isinstance(value, _COLUMNS):
        same = np.empty(size, dtype=float if isinstance(value, float) else object)
        same.fill(value)
        return same
    if len(value) != size:
        raise ValueError(f"{name} has {len(value)} values for {size} subjects")
    if isinstance(value, list):
        return pd.Series(value, dtype=None if value else object).to_numpy()
    return value.to_numpy() if isinstance(value, pd.Series) else value


def _texts(value: object, size: int, name: str) -> np.ndarray:
    """As :func:`_column`, of objects, with empty text for what is missing."""
    if isinstance(value, str):
        return np.full(size, value, dtype=object)
    column = np.array(_column(value, size, name), dtype=object)
    column[pd.isna(column)] = ""
    return column


def _check_tokens(outcomes: np.ndarray, permissions: np.ndarray) -> None:
    unknown = set(outcomes) - set(OUTCOMES)
    unknown |= set(permissions) - {*PERMISSIONS, ""}
    if unknown:
        raise ValueError(f"not an outcome or permission: {sorted(map(str, unknown))}")


def _counts(
    period: np.ndarray,
    unit: np.ndarray,
    kept: np.ndarray,
    rule: str,
    clause: str,
    role: str,
    out_of_scope: int,
) -> pd.DataFrame:
    """One row per period and unit. Counted without pandas' groupby, whose price is high where subjects are few."""
    beyond = np.zeros(len(kept), dtype="int64")
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
        if not isinstance(value, _COLUMNS):
            picked[name] = [None if _empty(value) else value] * len(where)
            continue
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
