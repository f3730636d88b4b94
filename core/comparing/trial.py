"""What would change: the register of a case judged under another policy, beside the findings on record."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..casefile import read_case
from ..casefile.content import OVERRIDES
from ..casefile.opening import reading
from ..casefile.tables import read_table
from ..enforce import EnforceSettings, judge
from ..errors import OverdraftError
from ..findings import OUTCOMES, Verdicts, conclude
from ..intake import build_register
from ..intake.personal import personal_columns
from ..policy import Policy, with_settings
from ..register.identity import ROW_ID
from ..schema import register_schema, results_schema
from .compare import VERDICT, what_differs

COUNT_COLUMNS = ("rule", "outcome_before", "outcome", "entered", "left", "changed")
COLUMNS = (
    *("finding_id", "rule", "subject_role", "subject_id", "message_key"),
    *VERDICT,
    "unit_id",
)
"""What is kept of a finding: what is counted and compared."""

_COMPARED = (*VERDICT, "unit_id")
_AT_ONCE = 20_000
"""Findings that are looked at before a cancel is asked for, and before the window may do something else."""


@dataclass(frozen=True)
class Trial:
    """What a policy would change in a case. Nothing was written.

    Attributes:
        entered, left: findings that only the trial (the record) has, columns ``COLUMNS``; changed: of both, with
            ``what`` and ``outcome_before``.
        counts: findings by ``rule`` and outcome: ``entered`` and ``left`` (``outcome_before`` is ``outcome``), and
            ``changed`` by the outcome before and after.
        wells: by outcome, how many wells have it as their worst, before and after.
        as_of: the day on which both were judged.
        policy_id, policy_version: of the run on record.
        notes: message key and values of what the reader has to know.
    """

    entered: pd.DataFrame
    left: pd.DataFrame
    changed: pd.DataFrame
    counts: pd.DataFrame
    wells: Mapping[str, tuple[int, int]]
    as_of: date
    policy_id: str
    policy_version: str
    notes: tuple[tuple[str, dict[str, object]], ...] = ()


def try_policy(
    case: str | os.PathLike,
    policy: Policy,
    own: Collection[str] = (),
    progress: Callable[[float], None] | None = None,
) -> Trial:
    """Judge the register of a case file under a policy as its last run did, and compare with the findings on record.

    The same findings enter, leave and change as in :func:`compare_runs` of the two runs; register and figures of the
    wells are the same on both sides, so only what a verdict says is compared.

    Args:
        own: settings whose value is the policy's, whatever the last run was given for them. A value that somebody wrote
            into the policy file is always the policy's.
        progress: told the share done, 0 to 1; may raise ``Cancelled``.

    Raises:
        OverdraftError: no case file, no run in it, or a setting of the run that the policy does not allow.
    """
    tell = progress or (lambda share: None)
    record = _last_run(case)
    tell(0.01)
    was = _on_record(case, lambda: tell(0.01))
    tell(0.1)
    frames = _frames(case, lambda: tell(0.1))
    tell(0.25)
    register = build_register(frames, lambda share: tell(0.25 + 0.05 * share))
    manifest = json.loads(record["manifest"])
    kept = {*own, *(key for key, item in policy.settings.items() if item.source == "user")}
    values = {
        key: value
        for key, value in manifest.get("values", {}).items()
        if key in policy.settings and key not in kept
    }
    used, as_of = with_settings(policy, values), pd.Timestamp(record["as_of"]).date()
    settings = _settings(manifest, kept)
    judged = judge(register, used, as_of, settings, lambda share: tell(0.3 + 0.55 * share))
    compared = _Comparing(was, register["wells"][ROW_ID])
    size = len(judged.verdicts.rows)
    for done, now in _concluded(judged.verdicts, policy):
        compared.add(now)
        tell(0.85 + 0.14 * done / size)
    entered, left, changed = compared.result()
    tell(1.0)
    other = str(record["policy_id"]) != policy.id
    return Trial(
        entered=entered,
        left=left,
        changed=changed,
        counts=counts_of(entered, left, changed),
        wells=compared.wells(),
        as_of=as_of,
        policy_id=str(record["policy_id"]),
        policy_version=str(record["policy_version"]),
        notes=(("comparing.other_policy", {"before": [record["policy_id"]], "after": [policy.id]}),)
        if other
        else (),
    )


class _Comparing:
    """Findings of the trial beside those on record, some thousand at a time.

    Args:
        was: findings on record, columns ``COLUMNS``. wells: ids of the wells of the register.
    """

    def __init__(self, was: pd.DataFrame, wells: pd.Series) -> None:
        self._was = was
        self._row = {name: row for row, name in enumerate(was["finding_id"].tolist())}
        self._met = np.zeros(len(was), dtype=bool)
        self._entered: list[pd.DataFrame] = []
        self._changed: list[pd.DataFrame] = []
        self._well = {name: row for row, name in enumerate(wells.tolist())}
        self._worst = {side: np.full(len(wells), OUTCOMES.index("pass")) for side in ("before", "after")}
        for start in range(0, len(was), _AT_ONCE):
            self._note(was.iloc[start : start + _AT_ONCE], "before")

    def add(self, now: pd.DataFrame) -> None:
        """Some findings of the trial."""
        row = np.array([self._row.get(name, -1) for name in now["finding_id"].tolist()], dtype="int64")
        known = row >= 0
        self._met[row[known]] = True
        self._entered.append(now[~known])
        both = now[known].reset_index(drop=True)
        before = self._was.iloc[row[known]][list(_COMPARED)].reset_index(drop=True).add_suffix("_before")
        both = both.join(before).assign(**{f"{name}_after": both[name] for name in _COMPARED})
        what = what_differs(both, list(_COMPARED))
        self._changed.append(both.assign(what=what).loc[what != "", [*COLUMNS, "what", "outcome_before"]])
        self._note(now, "after")

    def result(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """What entered, left and changed."""
        none = self._was.iloc[:0]
        entered = pd.concat(self._entered or [none], ignore_index=True)
        changed = pd.concat(self._changed or [none.assign(what="", outcome_before="")], ignore_index=True)
        return entered, self._was[~self._met].reset_index(drop=True), changed

    def wells(self) -> dict[str, tuple[int, int]]:
        """By outcome, how many wells have it as their worst, before and after; a well without a finding passes."""
        sides = [np.bincount(self._worst[side], minlength=len(OUTCOMES)) for side in ("before", "after")]
        return {name: (int(sides[0][at]), int(sides[1][at])) for at, name in enumerate(OUTCOMES)}

    def _note(self, findings: pd.DataFrame, side: str) -> None:
        own = findings[(findings["subject_role"] == "wells").to_numpy()]
        well = np.array([self._well.get(name, -1) for name in own["subject_id"].tolist()], dtype="int64")
        rank = own["outcome"].map({name: at for at, name in enumerate(OUTCOMES)}).to_numpy("float64")
        told = (well >= 0) & np.isfinite(rank)
        np.minimum.at(self._worst[side], well[told], rank[told].astype("int64"))


def _concluded(verdicts: Verdicts, policy: Policy) -> Iterator[tuple[int, pd.DataFrame]]:
    """The findings of the trial, some thousand at a time, and how many there are by then."""
    for start in range(0, len(verdicts.rows), _AT_ONCE):
        part = verdicts.rows.iloc[start : start + _AT_ONCE].reset_index(drop=True)
        findings = conclude(Verdicts(part, verdicts.counts), policy.id, policy.version, "")
        yield start + len(part), _plain(findings[list(COLUMNS)])


def counts_of(entered: pd.DataFrame, left: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    """Findings that entered, left and changed by rule and outcome, columns ``COUNT_COLUMNS``, in order of the rules."""
    parts = [
        rows[["rule", "outcome"]].assign(outcome_before=rows["outcome"], **{name: 1})
        for name, rows in (("entered", entered), ("left", left))
    ]
    parts.append(changed[["rule", "outcome_before", "outcome"]].assign(changed=1))
    rows = pd.concat([part.reindex(columns=COUNT_COLUMNS) for part in parts], ignore_index=True)
    figures = ["entered", "left", "changed"]
    rows[figures] = rows[figures].fillna(0).astype("int64")
    return rows.groupby(["rule", "outcome_before", "outcome"], as_index=False, sort=True)[figures].sum()[
        list(COUNT_COLUMNS)
    ]


def _on_record(case: str | os.PathLike, tick: Callable[[], None]) -> pd.DataFrame:
    """The findings on record, without what no count looks at: their evidence is most of a case."""
    without = [name for name in results_schema().tables["findings"].fields if name not in COLUMNS]
    with reading(Path(case), quick=True) as connection:  # the file is gone through when its register is read
        return _plain(read_table(connection, "findings", without, tick=tick))


def _plain(findings: pd.DataFrame) -> pd.DataFrame:
    """Figures as numbers, texts as texts, none of them missing."""
    figures = ("measured", "threshold")
    columns = {
        name: findings[name].to_numpy("float64") if name in figures else _texts(findings[name])
        for name in COLUMNS
    }
    return pd.DataFrame(columns, copy=False)


def _texts(column: pd.Series) -> np.ndarray:
    found = column.to_numpy(dtype=object)
    missing = pd.isna(found)
    return np.where(missing, "", found) if missing.any() else found


def _last_run(case: str | os.PathLike) -> Mapping[str, Any]:
    with reading(Path(case), quick=True) as connection:
        runs = read_table(connection, "runs")
    if not len(runs):
        raise OverdraftError("comparing.no_run", path=str(case))
    return runs.sort_values("finished_at", kind="stable").iloc[-1].to_dict()


def _frames(case: str | os.PathLike, tick: Callable[[], None]) -> dict[str, pd.DataFrame]:
    """The register of a case, without personal data: no rule needs any."""
    known = register_schema().roles
    frames = {role: frame for role, frame in read_case(case, tick=tick).items() if role in known}
    return {role: frame.drop(columns=personal_columns(role, frame.columns)) for role, frame in frames.items()}


def _settings(manifest: Mapping[str, Any], kept: Collection[str]) -> EnforceSettings:
    """As the last run had them, without those that lie over a setting of ``kept``."""
    given = manifest.get("settings", {})
    return EnforceSettings.kept({name: given[name] for name in given if OVERRIDES.get(name) not in kept})
