"""The list of what was planted on purpose: one row per finding that `enforce` must report, and no other."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from .cases import CASES
from .duty_cases import REASONS

COLUMNS = ["case", "rule", "clause", "subject_role", "subject_id", "period", "outcome", "why_en", "why_zh"]


@dataclass
class Planted:
    """Collects planted cases while the sample is made.

    A case may show in several findings (a seal without a day is not counted, and the renewal that pledged it waits):
    each is planted by itself. Subject ids may be given before they are final; ``rename`` follows them.
    """

    rows: list[dict] = field(default_factory=list)

    def plant(self, case: str, subject_id: str, **words: object) -> None:
        """Record that ``subject_id`` violates ``case``; ``words`` fill the sentence."""
        rule, clause, role, period, outcome, why_en, why_zh = CASES[case]
        self.rows.append(
            {
                "case": case,
                "rule": rule,
                "clause": clause,
                "subject_role": role,
                "subject_id": subject_id,
                "period": period,
                "outcome": outcome,
                "why_en": why_en.format(**words),
                "why_zh": why_zh.format(**words),
            }
        )

    def find(
        self,
        case: str,
        check: str,
        subject: str,
        outcome: str = "fail",
        period: object = "",
        **words: object,
    ) -> None:
        """Record that a case of ``REASONS`` must show as one finding.

        Args:
            check: clause and rule, ``4.4f power.voucher``.
            subject: role and id, ``wells 650402-0001``.
        """
        number, rule = check.split()
        role, subject_id = subject.split(" ", 1)
        why_en, why_zh = REASONS[case]
        self.rows.append(
            {
                "case": case,
                "rule": rule,
                "clause": f"TLF-{number}",
                "subject_role": role,
                "subject_id": subject_id,
                "period": str(period),
                "outcome": outcome,
                "why_en": why_en.format(**words),
                "why_zh": why_zh.format(**words),
            }
        )

    def rename(self, role: str, old: str, new: str) -> None:
        """A subject's id changed."""
        for row in self.rows:
            if row["subject_role"] == role and row["subject_id"] == old:
                row["subject_id"] = new

    def table(self) -> pd.DataFrame:
        """All planted rows in a stable order."""
        frame = pd.DataFrame(self.rows, columns=COLUMNS)
        order = ["rule", "clause", "subject_role", "subject_id", "period", "outcome"]
        return frame.sort_values(order, kind="stable").reset_index(drop=True)
