"""All checks of a register, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd

from ..policy import Policy
from ..problems import Problems, concat_problems
from .given import Given, counted
from .reading import read
from .registry import CHECKS, Check

_READING = 0.3
"""Share of the time that reading takes."""


def check_register(
    frames: Mapping[str, pd.DataFrame | None],
    as_of: date,
    policy: Policy | None = None,
    progress: Callable[[float], None] | None = None,
) -> Problems:
    """Everything that makes a register untrustworthy.

    Args:
        frames: role to raw frame, as for :func:`core.intake.build_register`; None means not supplied.
        as_of: the day on which the facts of the register should have happened.
        policy: names and aliases of units; none of its values is needed.
        progress: called with 0 … 1; raises to cancel.

    Returns:
        Problems, and one row of counts per check and role given: ``n_ok + n_problem + n_not_checked`` is the number
        of its rows. No value is changed, and one layer that cannot be read does not keep the others from being checked.
    """
    tell = progress or (lambda done: None)
    given, of_reading = read(frames, as_of, policy, lambda done: tell(_READING * done))
    parts = [of_reading]
    for number, check in enumerate(CHECKS, start=1):
        parts += [found for role in check.roles if (found := outcome(given, check, role)) is not None]
        tell(_READING + (1 - _READING) * number / len(CHECKS))
    return concat_problems(parts)


def outcome(given: Given, check: Check, role: str) -> Problems | None:
    """What one check says of one role; None where the role was not given."""
    if role in given.refused:
        return counted(check.name, role, n_not_checked=given.refused[role], why_key="checking.why.refused")
    if not given.has(role):
        return None
    why = _cannot(given, check, role)
    if why:
        return counted(check.name, role, n_not_checked=len(given.frame(role)), why_key=why)
    return check.look(given, role)


def _cannot(given: Given, check: Check, role: str) -> str:
    """Key of the reason why a check cannot be made; empty where it can."""
    if not all(given.has(name) for name in check.needs):
        return "checking.why.no_other"
    if check.placed and not all(given.has_place(name) for name in (role, *check.needs)):
        return "checking.why.placeless"
    return ""
