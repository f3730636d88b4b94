"""In which units wells lie, for coefficients that are given by unit."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ..overlay import Placement, place
from ..policy import Policy
from ..register import Register
from ..schema import normal_name
from .coefficients import MEASURE, Places

_LEVELS = ("township", "regiment", "county")
"""Nearest first; the city comes last."""


def places_of(
    register: Register, policy: Policy | None, as_of: date, placement: Placement | None = None
) -> Places:
    """The units of the wells: from a placement, else by laying them over the layers.

    Wells are laid over nothing where no coefficient is given by unit.
    """
    wells, indices = register["wells"], register.get("indices")
    if indices is None:
        return Places()
    asked = ((indices["measure"] == MEASURE) & (indices["subject_role"] == "units")).to_numpy()
    if not asked.any():
        return Places()
    if placement is None:
        placement = place(wells, units=register.get("units"), policy=policy, as_of=as_of)
    levels = {level: _or_recorded(placement.frame[f"{level}_id"], wells, level) for level in _LEVELS}
    if policy is not None:
        within = placement.in_scope(policy, levels["county"])
        levels["city"] = np.where(within, policy.city_id, None).astype(object)
    names = {normal_name(name): unit for unit, name in placement.unit_names.items() if name}
    ids = {unit for ids in levels.values() for unit in ids if unit}
    return Places(levels, lambda texts: _keys(texts, ids, names, policy))


def _or_recorded(ids: pd.Series, wells: pd.DataFrame, level: str) -> np.ndarray:
    """The unit by place, else the recorded text as it is."""
    found = ids.to_numpy(dtype=object)
    if level not in wells:
        return found
    return np.where(pd.isna(found), wells[level].to_numpy(dtype=object), found)


def _keys(texts: pd.Series, ids: set[str], names: dict[str, str], policy: Policy | None) -> np.ndarray:
    """Unit ids of texts: an id that a well lies in, a name of the layer or the policy, a name known to the policy."""

    def key(text: str) -> str:
        if text in ids:
            return text
        named = names.get(normal_name(text))
        if named is not None:
            return named
        told = policy.resolve_unit(text) if policy is not None else None
        longer = told is not None and text.strip().isdigit() and len(text.strip().rstrip("0")) > len(told)
        return text if told is None or longer else told

    known = {text: key(text) for text in texts.dropna().unique()}
    return texts.map(known).to_numpy(dtype=object)
