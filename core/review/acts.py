"""What a person may decide on a finding.

    open ─ accept / override / defer ─→ accepted, overridden, deferred ─ verify (a second person) ─→ verified
      ↑────────────────────────────── reopen (with a reason) ──────────────────────────────────────────┘

A decision on a finding that changed since is *stale*: it is kept and waits to be confirmed by deciding again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from ..findings import OUTCOMES
from ..personal import is_personal_number
from ..schema import results_schema

ACTS = {
    "accept": "accepted",
    "override": "overridden",
    "defer": "deferred",
    "verify": "verified",
    "reopen": "open",
}
"""Act → the state that it leads to."""

NO_ID = "row:"
"""How the subject of a finding begins that has no id of its own; nobody can decide on it, since it cannot be named."""

LEAST_REASON = 10
"""Characters that the reason of an override must have at least."""


@dataclass(frozen=True)
class Act:
    """One decision, on one finding or on many.

    Attributes:
        kind: key of :data:`ACTS`.
        who, login: the person who signs and the account of the system.
        outcome, reason_kind, reason: needed to override; a reason alone to defer and to reopen.
        attachment: reference to a paper or file, may be empty. deferred_to: day on which a deferred finding is due.
    """

    kind: str
    who: str
    login: str = ""
    outcome: str = ""
    reason_kind: str = ""
    reason: str = ""
    attachment: str = ""
    deferred_to: date | None = None

    def check(self, today: date) -> None:
        """Refuse an incomplete act.

        Raises:
            OverdraftError: nobody signs; a reason, outcome or day is missing or out of range; a text holds a
                telephone or identity number, which the history must never keep.
        """
        if not self.who.strip():
            raise OverdraftError("review.no_person")
        if any(is_personal_number(text) for text in (self.reason, self.attachment, self.who)):
            raise OverdraftError("review.personal_number")
        length = len(self.reason.strip())
        if self.kind == "override":
            kinds = tuple(results_schema().enums["reason_kind"])
            if self.outcome not in OUTCOMES:
                raise OverdraftError("review.no_outcome", found=self.outcome, allowed=list(OUTCOMES))
            if self.reason_kind not in kinds:
                raise OverdraftError("review.no_reason_kind", found=self.reason_kind, allowed=list(kinds))
            if length < LEAST_REASON:
                raise OverdraftError("review.reason_short", found=length, least=LEAST_REASON)
        if self.kind in ("defer", "reopen") and not length:
            raise OverdraftError("review.no_reason")
        if self.kind == "defer" and (self.deferred_to is None or self.deferred_to <= today):
            raise OverdraftError("review.no_day", found=str(self.deferred_to or ""), today=str(today))


def refusals(rows: pd.DataFrame, act: Act, four_eyes: bool) -> list[str]:
    """Why the act cannot be done, per finding: a message key, empty where it can.

    Args:
        rows: ``subject_id``, ``outcome`` of the finding, ``gone`` (no run finds it any more), and ``state``,
            ``decided_by``, ``stale`` of its decision (state ``open`` where there is none).
        four_eyes: nobody verifies a decision of their own.
    """
    state = rows["state"].to_numpy(dtype=object)
    stale = rows["stale"].to_numpy(dtype=bool)
    gone = rows["gone"].to_numpy(dtype=bool)
    tests: list[tuple[np.ndarray, str]] = [
        (rows["subject_id"].str.startswith(NO_ID).to_numpy(dtype=bool), "review.no_id"),
    ]
    if act.kind in ("accept", "override", "defer"):
        tests += [(gone, "review.gone"), ((state == "verified") & ~stale, "review.verified")]
    if act.kind == "accept":
        tests.append(((rows["outcome"] == "not_evaluated").to_numpy(dtype=bool), "review.cannot_judge"))
    if act.kind == "override":
        tests.append(((rows["outcome"] == act.outcome).to_numpy(dtype=bool), "review.same_outcome"))
    if act.kind == "verify":
        tests += [
            (~np.isin(state, ("accepted", "overridden")), "review.not_reviewed"),
            (stale, "review.stale"),
        ]
        if four_eyes:
            own = (rows["decided_by"].fillna("") == act.who.strip()).to_numpy(dtype=bool)
            tests.append((own, "review.own_decision"))
    if act.kind == "reopen":
        tests.append((state == "open", "review.open"))
    return np.select([test for test, _ in tests], [key for _, key in tests], "").tolist()
