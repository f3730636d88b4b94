"""Which wells take deep confined water."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..scene import Scene

DEEP = ("deep_confined", "mixed")
"""Aquifers that count as deep confined in bans on it (docs/contract.md, section 2)."""


def deep_wells(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Per well: whether its aquifer is known, and whether it counts as deep confined.

    The aquifer of a well is that of its screens where there are any, else the recorded one; ``mixed`` or one deep
    screen counts as deep confined.
    """
    recorded = scene.frame("wells")["aquifer"]
    deep, known = recorded.isin(DEEP).to_numpy(dtype=bool), recorded.notna().to_numpy(dtype=bool)
    if scene.has("screens"):
        screened, deep_screen, open_screen = _screens(scene)
        deep = np.where(screened, deep_screen, deep)
        known = np.where(screened, deep_screen | ~open_screen, known)
    return known, deep


def _screens(scene: Scene) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per well: has screens, one of them is deep or mixed, one of them has no recorded aquifer."""
    screens, size = scene.frame("screens"), len(scene.frame("wells"))
    row = np.asarray(scene.rows_of("wells", screens["well_id"]), dtype=np.int64)
    held = row >= 0
    row, aquifer = row[held], screens["aquifer"][held]
    wells = np.arange(size)
    return (
        np.isin(wells, row),
        np.isin(wells, row[aquifer.isin(DEEP).to_numpy(dtype=bool)]),
        np.isin(wells, row[aquifer.isna().to_numpy(dtype=bool)]),
    )
