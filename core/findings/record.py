"""From verdicts to the ``findings`` table: stable ids, hashes, worst first."""

from __future__ import annotations

import hashlib
import itertools
import unicodedata
from collections.abc import Mapping

import pandas as pd

from .verdicts import OUTCOMES, ROW_COLUMNS, Verdicts

ID_LENGTH = 16
_SEPARATOR = "\u001f"
RESTS_ON = ("outcome", "permission", "measured", "threshold", "measure_unit", "evidence", "settings")
"""What a verdict rests on: a decision on it holds as long as none of these changes."""

COLUMNS = (
    "finding_id",
    "policy_id",
    "policy_version",
    *ROW_COLUMNS,
    "evidence_hash",
    "run_id",
)


def finding_id(policy_id: str, rule: str, clause: str, role: str, subject_id: str, period: str) -> str:
    """First 16 hex digits of SHA-256 over the parts as UTF-8 NFC, joined by U+001F.

    The id names the question, not the answer: the same question in the next run, under an amended policy of the
    same document, has the same id, so a person's decision on it can be found again.
    """
    text = _SEPARATOR.join((policy_id, rule, clause, role, subject_id, period))
    return _digest(unicodedata.normalize("NFC", text))


def conclude(verdicts: Verdicts, policy_id: str, policy_version: str, run_id: str) -> pd.DataFrame:
    """The ``findings`` table of a run, worst first, then by rule, period and subject.

    ``evidence_hash`` covers what a verdict rests on (outcome, figures, evidence, settings used), so that a decision
    goes stale exactly when one of these changed.

    Raises:
        ValueError: two rows ask the same question; each check of a rule needs a name of its own.
    """
    rows = verdicts.rows.copy()
    keys = zip(
        rows["rule"], rows["clause"], rows["subject_role"], rows["subject_id"], rows["period"], strict=True
    )
    rows["finding_id"] = [finding_id(policy_id, *map(str, key)) for key in keys]
    if rows["finding_id"].duplicated().any():
        twice = rows[rows["finding_id"].duplicated(keep=False)].iloc[0]
        raise ValueError(
            f"rule {twice['rule']} speaks twice of {twice['subject_role']} {twice['subject_id']}"
        )
    rows["policy_id"], rows["policy_version"], rows["run_id"] = policy_id, policy_version, run_id
    rests_on = rows[list(RESTS_ON)].astype(object).where(rows[list(RESTS_ON)].notna(), "")
    rows["evidence_hash"] = [_digest(_SEPARATOR.join(map(str, row))) for row in rests_on.to_numpy()]
    rows["measured"] = pd.to_numeric(rows["measured"]).astype("float64")
    rows["threshold"] = pd.to_numeric(rows["threshold"]).astype("float64")
    rows["severity_rank"] = rows["outcome"].map({token: place for place, token in enumerate(OUTCOMES)})
    order = ["severity_rank", "rule", "clause", "period", "subject_role", "subject_id"]
    rows = rows.sort_values(order, kind="stable").reset_index(drop=True)
    return rows[list(COLUMNS)]


def rests_on(row: Mapping[str, object], digest: str) -> bool:
    """Do the values of a finding, as they are stored, give this evidence hash?

    A figure is stored as a real number; a whole one may have been hashed as an integer.
    """
    forms = []
    for name in RESTS_ON:
        value = row[name]
        texts = ["" if value is None else str(value)]
        if isinstance(value, float) and value.is_integer():
            texts.append(str(int(value)))
        forms.append(texts)
    return any(_digest(_SEPARATOR.join(parts)) == digest for parts in itertools.product(*forms))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:ID_LENGTH]
