"""Tables that speak of something else: to which unit a document or a violation belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...schema import register_schema
from ..subjects import Subjects

if TYPE_CHECKING:
    from ..scene import Scene


def county_spoken_of(scene: Scene, frame: pd.DataFrame) -> np.ndarray:
    """The county of what each row speaks of by ``subject_role`` and ``subject_id``; "" where that is not known.

    A row about a unit belongs to the unit itself; one about a well, a user … to the county in which that lies. A row
    that names no role but an id that is a unit's counts as a row about that unit.
    """
    found = np.full(len(frame), "", dtype=object)
    role, ids = frame["subject_role"].astype(object), frame["subject_id"].astype(object)
    known = set(scene.unit_table["unit_id"])
    units = scene.unit_key(ids)
    is_unit = ((role == "units") | role.isna()).to_numpy() & np.array(
        [one in known for one in units], dtype=bool
    )
    found[is_unit] = units[is_unit]
    for name in role.dropna().unique():
        if name == "units" or name not in register_schema().roles or not scene.has(name):
            continue
        here = np.flatnonzero((role == name).to_numpy())
        counties = np.append(scene.subjects(name).units, "")
        found[here] = counties[scene.rows_of(name, ids.iloc[here])]
    return found


def subjects_spoken_of(scene: Scene, role: str) -> Subjects:
    """The rows of a table as subjects, each in the unit of what it speaks of."""
    frame = scene.frame(role)
    units = county_spoken_of(scene, frame)
    covered = scene.unit_subjects(units).in_scope
    return Subjects(role, frame["row_id"].to_numpy(dtype=object), units, covered)
