"""Whom a rule speaks of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Subjects:
    """Rows of one role, or several rows per subject where a rule asks year by year.

    Attributes:
        role: of the register, or ``policy``.
        ids: ``row_id`` of each (object).
        units: id of the county that each lies in, as the policy calls it; empty text where not known (object).
        in_scope: whether the clauses of the policy apply to it (bool).
    """

    role: str
    ids: np.ndarray
    units: np.ndarray
    in_scope: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: np.ndarray) -> Subjects:
        """The subjects at some positions, repeats allowed."""
        rows = np.asarray(rows, dtype=np.int64)
        return Subjects(self.role, self.ids[rows], self.units[rows], self.in_scope[rows])
