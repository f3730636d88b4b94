"""Who exported personal data in full: the history of the case says so before a file is made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..casefile import CaseRows, Entry
from ..errors import OverdraftError
from .privacy import FULL


def record_export(case: Path, profile: str, person: str, login: str, what: Iterable[str]) -> str:
    """Put an export in full on record; nothing for the other profiles.

    Args:
        what: names of what is exported.

    Returns:
        The head of the history after it; empty where nothing was recorded.

    Raises:
        OverdraftError: nobody signs; the case file cannot be written.
    """
    if profile != FULL:
        return ""
    if not person.strip():
        raise OverdraftError("papers.no_person")
    entry = Entry("export", "case", person.strip(), login, after={"profile": profile, "papers": sorted(what)})
    return CaseRows.open(case).apply([], [entry])
