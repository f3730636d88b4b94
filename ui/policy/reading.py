"""Reading a policy in the background: the draft, or everything that is wrong with the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...core.casefile import read_results
from ...core.errors import OverdraftError
from ...core.policy import Draft, policy_problems, read_draft
from ...core.policy.loader import path_of, read_text
from ...core.rules.binding import bind
from ...processing.texts import tr
from ..shared.settings import UserSettings
from ..shared.tasks import Progress, Work, start

FILTER = "TOML (*.toml)"
MOST_ROWS = 1000
"""Rules, and parameters, that the window shows; the longest document known has a tenth of it."""


@dataclass(frozen=True)
class Reading:
    """What came of reading a policy: a draft, or problems and none."""

    source: str | Path
    draft: Draft | None
    problems: tuple[OverdraftError, ...]


def read(source: str | Path) -> Reading:
    """Read a policy by id or path; a file with any error opens nothing."""
    try:
        path = path_of(source)
        text = read_text(path)
    except OverdraftError as problem:
        return Reading(source, None, (problem,))
    problems = policy_problems(text, path.name)
    if not problems:
        draft = read_draft(text, path)
        problems = _too_many(draft) or _binding_problems(draft)
        if not problems:
            return Reading(source, draft, ())
    return Reading(source, None, tuple(problems))


def start_reading(
    source: str | Path, done: Callable[[Reading], None], failed: Callable[[Exception], None]
) -> Work:
    """The same in the background."""

    def function(progress: Progress) -> Reading:
        found = read(source)
        progress(1.0)
        return found

    return start(Work(tr("Reading the policy"), function, done, failed))


def last_run(case: Path) -> tuple[str, str]:
    """Id and version of the policy of a case's last run; empty texts where there is none.

    Raises:
        OverdraftError: no case file, damaged or locked.
    """
    runs = read_results(case, "runs").get("runs")
    if runs is None or not len(runs):
        return "", ""
    row = runs.sort_values("finished_at", kind="stable").iloc[-1]
    return str(row["policy_id"]), str(row["policy_version"])


def last_folder() -> str:
    """Where files were chosen last."""
    return UserSettings.load().last_folder


def remember_folder(path: Path) -> None:
    """Begin there the next time."""
    kept = UserSettings.load()
    kept.last_folder = str(path.parent)
    kept.save()


def _too_many(draft: Draft) -> list[OverdraftError]:
    policy = draft.policy
    rows = {"rules": len(policy.rules) + len(policy.off), "settings": len(policy.settings)}
    return [
        OverdraftError("policy.too_many", place=draft.path.name, path=name, found=count, allowed=MOST_ROWS)
        for name, count in rows.items()
        if count > MOST_ROWS
    ]


def _binding_problems(draft: Draft) -> list[OverdraftError]:
    problems = []
    for use in (*draft.policy.rules, *draft.policy.off):
        try:
            bind(draft.policy, use)
        except OverdraftError as problem:
            problems.append(problem)
    return problems
