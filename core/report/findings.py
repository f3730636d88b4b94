"""Findings on paper: a line per rule with its counts, then the first rows of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..findings import OUTCOMES
from ..policy import Policy
from .basis import clauses_of, evidence_of, figures_of, settings_of
from .figures import count
from .words import Words, is_given

if TYPE_CHECKING:
    from ..enforce import EnforceResult


def by_rule(result: EnforceResult, words: Words) -> list[dict]:
    """One row per rule: subjects, passes, out of scope, findings by outcome. The last row is the total."""
    counts = result.rule_counts.groupby("rule", sort=True)[["n_subjects", "n_pass", "n_out_of_scope"]].sum()
    kinds = pd.crosstab(result.findings["rule"], result.findings["outcome"])
    kinds = kinds.reindex(index=sorted({*counts.index, *kinds.index}), columns=list(OUTCOMES), fill_value=0)
    counts = counts.reindex(kinds.index, fill_value=0)
    rows = []
    for rule in kinds.index:
        subjects, passed, beyond = (int(n) for n in counts.loc[rule])
        found = [int(n) for n in kinds.loc[rule]]
        clauses = result.findings.loc[result.findings["rule"] == rule, "clause"]
        clauses = pd.concat([clauses, result.rule_counts.loc[result.rule_counts["rule"] == rule, "clause"]])
        rows.append(
            {
                "rule": rule,
                "label": words.rule(rule),
                "clauses": sorted({str(c) for c in clauses if is_given(c)}),
                "subjects": count(subjects),
                "passed": count(passed),
                "out_of_scope": count(beyond),
                "found": [count(n) for n in found],
                "n": sum(found),
                "worst": next((o for o, n in zip(OUTCOMES, found, strict=True) if n), "pass"),
            }
        )
    return rows


def totals(rows: list[dict], result: EnforceResult) -> list[str]:
    """Findings by outcome over all rules."""
    numbers = result.findings["outcome"].value_counts()
    return [count(int(numbers.get(outcome, 0))) for outcome in OUTCOMES]


def first_rows(result: EnforceResult, rows: list[dict], words: Words, limit: int) -> list[dict]:
    """For each rule with findings: its first rows, worst first, as sentences, and what they rest on."""
    groups = dict(list(result.findings.groupby("rule", sort=False)))
    told = []
    for row in sorted(rows, key=lambda row: OUTCOMES.index(row["worst"])):
        if not row["n"]:
            continue
        found = groups[row["rule"]]
        told.append(
            {
                **row,
                "rows": [
                    _finding(item, words, result.policy) for item in found.head(limit).to_dict("records")
                ],
                "permissions": bool((found["permission"] != "").any()),
                "unverified": _unverified(found, words),
                "basis": clauses_of(found, result.policy),
                "settings": settings_of(found, words, result.policy),
            }
        )
    return told


def _finding(row: dict, words: Words, policy: Policy) -> dict:
    action = row["action"] if is_given(row["action"]) and row["action"] != "none" else ""
    return {
        "subject": subject_of(row, words, policy),
        "role": words.either(f"role.{row['subject_role']}", words.token("role", row["subject_role"])),
        "period": row["period"] if is_given(row["period"]) else "",
        "outcome": row["outcome"],
        "label": words.token("outcome", row["outcome"]),
        "permission": row["permission"] if is_given(row["permission"]) else "",
        "permission_label": words.token("permission", row["permission"]),
        "action": words.token("action", action) if action else "",
        "clause": row["clause"] if is_given(row["clause"]) else "",
        "figures": figures_of(row, words),
        "evidence": evidence_of(row, words),
        "what": words.sentence(row["message_key"], row["message_values"], str(row["subject_role"])),
    }


def subject_of(row: Mapping[str, Any], words: Words, policy: Policy | None) -> str:
    """What a finding is about: the id of the subject, the name of a unit, the quantity of a document."""
    subject, role = str(row["subject_id"]), row["subject_role"]
    if role == "policy":
        item = policy.items.get(subject.partition(":")[0]) if policy else None
        return item.label(words.language) if item else subject
    return words.place(subject) if role == "units" else subject


def _unverified(found: pd.DataFrame, words: Words) -> str:
    """The settings that no text confirms and on which findings of a rule rest, by their keys."""
    keys: set[str] = set()
    for text in found["unverified"].unique():
        keys |= set(json.loads(text)) if is_given(text) else set()
    return ("、" if words.language == "zh" else ", ").join(sorted(keys))
