"""Odd sets: what a relaxation by halves overlooks (blossoms, Edmonds 1965).

Take renewals A and an odd number of wells B. Inside A × B the wells are used two by two, so one of them is left
or goes to somebody outside, and

    Σ_{A×B} x − Σ_A ⌈f_r / 2⌉ y_r ≤ (|B| − 1) / 2

with f_r the wells that r needs beside its named one (half the sum of Σ_r x_rc ≤ 1 over B and of Σ_c x_rc = f_r
y_r over A, rounded down; named pairs stay outside). A relaxation breaks it where little crosses between A × B
and the rest. Such sets are looked for among the connected parts of the pairs that the relaxation uses by more
than ε, for some ε.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

_SHARES = (1e-6, 0.25, 0.49)
_BROKEN = 1e-4


@dataclass(frozen=True)
class Cut:
    """A set of rows and an odd set of columns, ascending places in the problem."""

    rows: np.ndarray = field(compare=False)
    cols: np.ndarray = field(compare=False)
    key: tuple[bytes, bytes] = field(init=False)

    def __post_init__(self) -> None:
        """Two cuts of the same set are equal."""
        object.__setattr__(self, "key", (self.rows.tobytes(), self.cols.tobytes()))

    @property
    def room(self) -> int:
        """What the left side may be at most."""
        return (len(self.cols) - 1) // 2

    def inside(self, rows: np.ndarray, cols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Masks of the given rows and columns (places in the problem) that belong to the set."""
        return _among(rows, self.rows), _among(cols, self.cols)


def half_need(needed: np.ndarray, named: np.ndarray) -> np.ndarray:
    """⌈f_r / 2⌉ for each row."""
    return (needed - (named >= 0) + 1) // 2


def broken_cuts(
    row: np.ndarray,
    col: np.ndarray,
    share: np.ndarray,
    served: np.ndarray,
    half: np.ndarray,
    rows: np.ndarray,
) -> list[Cut]:
    """Odd sets that a relaxation breaks, each once.

    Args:
        row, col, share: pairs (without named ones), the row as a number from 0, and how far the relaxation uses them.
        served, half, rows: how far it serves each row, :func:`half_need`, and the places of the rows in the problem.
    """
    wells, place = np.unique(col, return_inverse=True)
    n, size = len(served), len(served) + len(wells)
    found: dict[Cut, None] = {}
    for least in _SHARES:
        on = share > least
        links = sp.coo_matrix(
            (np.ones(int(on.sum()), dtype=np.int8), (row[on], n + place[on])), shape=(size, size)
        )
        label = connected_components(links, directed=False)[1]
        inside = label[row] == label[n + place]
        parts = int(label.max(initial=-1)) + 1
        count = np.bincount(label[n:], minlength=parts)
        used = np.bincount(label[row[inside]], share[inside], minlength=parts)
        left = used - np.bincount(label[:n], half * served, minlength=parts)
        for part in np.flatnonzero((count % 2 == 1) & (left > (count - 1) // 2 + _BROKEN)):
            found[Cut(rows[label[:n] == part], wells[label[n:] == part])] = None
    return list(found)


def _among(values: np.ndarray, some: np.ndarray) -> np.ndarray:
    if not len(some):
        return np.zeros(len(values), dtype=bool)
    place = np.minimum(np.searchsorted(some, values), len(some) - 1)
    return np.asarray(some[place] == values)
