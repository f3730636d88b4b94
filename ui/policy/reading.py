"""Reading a policy in the background: the draft, or everything that is wrong with the file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ...core.casefile import last_run, run_version
from ...core.errors import OverdraftError
from ...core.policy import Draft, load_policy, policy_problems, read_draft
from ...core.policy.loader import path_of, read_text
from ...core.rules.binding import bind
from ..shared.settings import UserSettings

FILTER = "TOML (*.toml)"
CASE = ".gpkg"
"""A case file holds the policy of its last run."""
MOST_ROWS = 1000
"""Rules, and parameters, that the window shows; the longest document known has a tenth of it."""


@dataclass(frozen=True)
class Reading:
    """What came of reading a policy: a draft, or problems and none."""

    source: str | Path
    draft: Draft | None
    problems: tuple[OverdraftError, ...]


@dataclass(frozen=True)
class Judged:
    """What the last run of a case was judged under: id and version, and where that version is to be read: one of ours
    by its id, or the case file; None: neither has it."""

    policy_id: str
    version: str
    source: str | Path | None


def read(source: str | Path) -> Reading:
    """Read a policy by id or path, or the one that a case file keeps; a file with any error opens nothing."""
    try:
        path = path_of(source)
        text = _text_of_case(path) if path.suffix.lower() == CASE else read_text(path)
    except OverdraftError as problem:
        return Reading(source, None, (problem,))
    problems = policy_problems(text, path.name)
    if not problems:
        draft = read_draft(text, path)
        problems = _too_many(draft) or _binding_problems(draft)
        if not problems:
            return Reading(source, draft, ())
    return Reading(source, None, tuple(problems))


def judged(case: Path) -> Judged | None:
    """What the last run of a case was judged under; None without a run.

    Raises:
        OverdraftError: no case file, damaged or locked.
    """
    found = run_version(case)
    if found is None:
        return None
    policy_id, version = found
    with suppress(OverdraftError):  # not one of ours
        if load_policy(policy_id).version == version:
            return Judged(policy_id, version, policy_id)
    try:
        last_run(case)
    except OverdraftError:
        return Judged(policy_id, version, None)
    return Judged(policy_id, version, case)


def _text_of_case(case: Path) -> str:
    run = last_run(case)
    if run is None:
        raise OverdraftError("comparing.no_run", path=str(case))
    return run.policy.text


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
