"""What the ledger says after an act."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ...core.desk import By, Recorded, Standing, ledger_after, register_of
from ...core.errors import Cancelled
from ...core.policy import Policy, load_policy
from ...processing.texts import tr
from ..shared.messages import note, text_of
from ..shared.tasks import Progress
from . import words


@cache
def policy_of(name: str) -> Policy:
    """A policy by its id, read once."""
    return load_policy(name)


def asked(
    path: Path, policy: Policy | None, by: By, done: Recorded, progress: Progress
) -> Standing | Exception | None:
    """How the ledger stands now, or why it cannot be told: the act is on record in either case."""
    if policy is None or done.subject_role == "irrigation":
        return None
    ids = [done.subject_id]
    try:
        register = register_of(path, policy, lambda share: progress(0.5 * share))
        return ledger_after(register, policy, by.today, ids, ids, lambda share: progress(0.5 + 0.5 * share))
    except Cancelled:
        raise
    except Exception as error:  # whatever it is, the person is told
        return error


def answer_of(found: Standing | Exception | None, policy: Policy | None, done: Recorded) -> str:
    """The answer in words."""
    if isinstance(found, Exception):
        note(found)
        return text_of(found)
    if done.subject_role == "irrigation":
        return ""
    if policy is None:
        return tr("Choose a policy to see what the ledger says.")
    return words.of_standing(found, [done.subject_id])
