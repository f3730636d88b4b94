"""What would change: the register of a case judged under another policy, beside the findings on record."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ..casefile import read_case, read_results
from ..casefile.content import OVERRIDES
from ..enforce import EnforceSettings, enforce
from ..errors import OverdraftError
from ..findings import OUTCOMES
from ..intake import build_register
from ..intake.personal import personal_columns
from ..policy import Policy, with_settings
from ..schema import register_schema
from .compare import RunComparison, compare_runs
from .sides import RunTables, read_run, subjects_of

COUNT_COLUMNS = ("rule", "outcome_before", "outcome", "entered", "left", "changed")


@dataclass(frozen=True)
class Trial:
    """What a policy would change in a case. Nothing was written.

    Attributes:
        comparison: findings on record before, those of the trial after.
        counts: findings by ``rule`` and outcome: ``entered`` and ``left`` (``outcome_before`` is ``outcome``), and
            ``changed`` by the outcome before and after.
        wells: by outcome, how many wells have it as their worst, before and after.
        as_of: the day on which both were judged.
        policy_id, policy_version: of the run on record.
    """

    comparison: RunComparison
    counts: pd.DataFrame
    wells: Mapping[str, tuple[int, int]]
    as_of: date
    policy_id: str
    policy_version: str


def try_policy(
    case: str | os.PathLike,
    policy: Policy,
    own: Collection[str] = (),
    progress: Callable[[float], None] | None = None,
) -> Trial:
    """Judge the register of a case file under a policy as its last run did, and compare with the findings on record.

    Args:
        own: settings whose value is the policy's, whatever the last run was given for them. A value that somebody wrote
            into the policy file is always the policy's.
        progress: told the share done, 0 to 1; may raise ``Cancelled``.

    Raises:
        OverdraftError: no case file, no run in it, or a setting of the run that the policy does not allow.
    """
    tell = progress or (lambda share: None)
    record = _last_run(case)
    tell(0.02)
    before = read_run(case)
    tell(0.1)
    register = build_register(_frames(case))
    tell(0.2)
    manifest = json.loads(record["manifest"])
    kept = {*own, *(key for key, item in policy.settings.items() if item.source == "user")}
    values = {
        key: value
        for key, value in manifest.get("values", {}).items()
        if key in policy.settings and key not in kept
    }
    result = enforce(
        register,
        with_settings(policy, values),
        pd.Timestamp(record["as_of"]).date(),
        _settings(manifest, kept),
        lambda share: tell(0.2 + 0.7 * share),
    )
    irrigation = register["irrigation"] if register.has("irrigation") else pd.DataFrame()
    after = RunTables(result.findings, result.wells, irrigation, policy.id)
    tell(0.92)
    comparison = compare_runs(before, after)
    tell(1.0)
    worst = {side: _worst(run) for side, run in (("before", before), ("after", after))}
    return Trial(
        comparison=comparison,
        counts=counts_of(comparison),
        wells={name: (worst["before"].get(name, 0), worst["after"].get(name, 0)) for name in OUTCOMES},
        as_of=result.as_of,
        policy_id=str(record["policy_id"]),
        policy_version=str(record["policy_version"]),
    )


def counts_of(comparison: RunComparison) -> pd.DataFrame:
    """Findings that entered, left and changed by rule and outcome, columns ``COUNT_COLUMNS``, in order of the rules."""
    parts = [
        getattr(comparison, name)[["rule", "outcome"]].assign(
            outcome_before=lambda rows: rows["outcome"], **{name: 1}
        )
        for name in ("entered", "left")
    ]
    changed = comparison.changed[["rule", "outcome_before", "outcome_after"]]
    parts.append(changed.rename(columns={"outcome_after": "outcome"}).assign(changed=1))
    rows = pd.concat([part.reindex(columns=COUNT_COLUMNS) for part in parts], ignore_index=True)
    figures = ["entered", "left", "changed"]
    rows[figures] = rows[figures].fillna(0).astype("int64")
    return rows.groupby(["rule", "outcome_before", "outcome"], as_index=False, sort=True)[figures].sum()[
        list(COUNT_COLUMNS)
    ]


def _last_run(case: str | os.PathLike) -> Mapping[str, Any]:
    runs = read_results(case, "runs").get("runs", pd.DataFrame())
    if not len(runs):
        raise OverdraftError("comparing.no_run", path=str(case))
    return runs.sort_values("finished_at", kind="stable").iloc[-1].to_dict()


def _frames(case: str | os.PathLike) -> dict[str, pd.DataFrame]:
    """The register of a case, without personal data: no rule needs any."""
    known = register_schema().roles
    frames = {role: frame for role, frame in read_case(case).items() if role in known}
    return {role: frame.drop(columns=personal_columns(role, frame.columns)) for role, frame in frames.items()}


def _settings(manifest: Mapping[str, Any], kept: Collection[str]) -> EnforceSettings:
    """As the last run had them, without those that lie over a setting of ``kept``."""
    given = manifest.get("settings", {})
    return EnforceSettings.kept({name: given[name] for name in given if OVERRIDES.get(name) not in kept})


def _worst(run: RunTables) -> dict[str, int]:
    """Wells by their worst outcome; a well without a finding passes."""
    return {
        str(name): int(count) for name, count in subjects_of(run, "wells")["outcome"].value_counts().items()
    }
