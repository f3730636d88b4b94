"""The balance of each unit: what it had to retire, what counts, and whether it has reached its target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .units import UNASSIGNED

COLUMNS = (
    "unit_id",
    "name",
    "level",
    "target_year",
    "target_mu",
    "retired_mu",
    "restored_mu",
    "net_mu",
    "gap_mu",
    "met",
    "period_state",
    "registered_mu",
    "area_difference_mu",
    "n_parcels",
    "outcome",
)
RELATIVE_TOLERANCE = 1e-9
"""Of the target, in every test of at least: figures that differ by less are the same figure."""


@dataclass(frozen=True)
class Terms:
    """What a balance is judged by.

    Attributes:
        year: target year; None where no target is known.
        as_of: the day of the run.
        area_basis: geometry or registered.
        parent_sum_only: a unit's target alone decides, not those of its parts.
        registered_known: the layer holds registered areas at all.
        computable: False without irrigation areas or without a baseline: nothing can be said.
        held_back: records that may be about any area; nothing passes on them.
    """

    year: int | None
    as_of: pd.Timestamp
    area_basis: str = "geometry"
    parent_sum_only: bool = False
    registered_known: bool = False
    computable: bool = True
    held_back: bool = False

    @property
    def due(self) -> pd.Timestamp | None:
        """31 December of the target year."""
        return None if self.year is None else pd.Timestamp(self.year, 12, 31)

    @property
    def day(self) -> pd.Timestamp:
        """The day of judgement: T = min(as_of, due)."""
        return self.as_of if self.due is None else min(self.as_of, self.due)

    @property
    def is_open(self) -> bool:
        """Before the due day; the day itself closes the period."""
        return self.due is not None and self.as_of < self.due


def unit_balance(pieces: pd.DataFrame, units: pd.DataFrame, targets: pd.Series, terms: Terms) -> pd.DataFrame:
    """One row per unit, ``unassigned`` last.

    With the land of a unit u on the chosen basis, in unrounded 亩:

    * ``retired_mu`` = Σ what counted, ``restored_mu`` = Σ what was deducted,
      ``net_mu`` = ``retired_mu`` − ``restored_mu``, ``gap_mu`` = max(0, target − net);
    * reached(u): net ≥ target · (1 − 1e-9);
    * ``met``: u and every unit with a target below it have reached theirs (``parent_sum_only``: u alone). Before the
      due day true or empty. Empty also where a unit has no place, or nothing can be computed;
    * ``registered_mu`` = net on the registered basis, ``area_difference_mu`` = that − net on the geometry; an area
      without a registered area adds nothing to it; both empty where the layer has none at all;
    * ``outcome`` of a closed period: pass if met, fail if not, review if ``met`` would differ on the other basis or
      something unattached holds a pass back; not_evaluated while the period is open or ``met`` is empty.
      ``unassigned``: review if any land counts there, else pass.

    Args:
        pieces: ``unit_id``, ``area_id``, ``retired_geometry_mu``, ``restored_geometry_mu``, ``retired_registered_mu``,
            ``restored_registered_mu``.
        units: ``unit_id``, ``name``, ``level``, ``parent_id``, ``located``, ``complete``, in the order of the balance;
            see :class:`Units`.
        targets: target in 亩 by unit id.
        terms: day, basis and what else decides.
    """
    rows = units[["unit_id", "name", "level"]].copy()
    rows.loc[len(rows)] = [UNASSIGNED, "", ""]
    located = np.r_[units["located"].to_numpy(dtype=bool), True] & terms.computable
    sums = _sums(pieces, rows["unit_id"], located)
    basis = terms.area_basis
    net = {
        kind: sums[f"retired_{kind}_mu"] - sums[f"restored_{kind}_mu"] for kind in ("geometry", "registered")
    }
    if not terms.registered_known:
        for column in ("retired_registered_mu", "restored_registered_mu"):
            sums[column] = np.full(len(rows), np.nan)
        net["registered"] = np.full(len(rows), np.nan)
    target = rows["unit_id"].map(targets).to_numpy(dtype="float64")

    rows["target_year"] = pd.array([terms.year] * len(rows), dtype="Int64")
    rows["target_mu"] = target
    rows["retired_mu"] = sums[f"retired_{basis}_mu"]
    rows["restored_mu"] = sums[f"restored_{basis}_mu"]
    rows["net_mu"] = net[basis]
    rows["gap_mu"] = np.maximum(0.0, target - net[basis])
    line = lines_of(units, targets, terms.parent_sum_only)
    sure = np.r_[units["complete"].to_numpy(dtype=bool), True] & (not terms.is_open)
    met = {kind: met_of(rows["unit_id"], value, target, line, sure) for kind, value in net.items()}
    rows["met"] = pd.array(met[basis], dtype="boolean")
    rows["period_state"] = "" if terms.year is None else "open" if terms.is_open else "closed"
    rows["registered_mu"] = net["registered"]
    rows["area_difference_mu"] = net["registered"] - net["geometry"]
    rows["n_parcels"] = pd.array(sums["n_parcels"], dtype="Int64")
    rows["outcome"] = _outcomes(rows, met, terms)
    return rows[list(COLUMNS)]


def bases_disagree(met: dict[str, list]) -> np.ndarray:
    """Units that are met on one basis and not on the other."""
    pairs = zip(met["geometry"], met["registered"], strict=True)
    return np.array([a is not None and b is not None and a != b for a, b in pairs], dtype=bool)


def descendants(units: pd.DataFrame, unit_id: str) -> list[str]:
    """Units below a unit, nearest first."""
    children = units.groupby("parent_id")["unit_id"].agg(list)
    found, queue = [], [unit_id]
    while queue:
        for child in children.get(queue.pop(0), []):
            if child not in found and child != unit_id:
                found.append(child)
                queue.append(child)
    return found


def has_reached(net: np.ndarray, target: np.ndarray) -> np.ndarray:
    """net ≥ target within the relative tolerance; NaN compares as not reached."""
    return net >= target - RELATIVE_TOLERANCE * np.abs(target)


def _sums(pieces: pd.DataFrame, unit_ids: pd.Series, located: np.ndarray) -> dict[str, np.ndarray]:
    columns = [f"{what}_{kind}_mu" for what in ("retired", "restored") for kind in ("geometry", "registered")]
    # summed in the order of the ids, so that the order of the rows cannot change the last digit
    ordered = pieces.sort_values(["unit_id", "area_id"], kind="stable").groupby("unit_id", sort=True)
    totals = ordered[columns].sum().reindex(unit_ids)
    sums = {
        name: np.where(located, totals[name].fillna(0.0).to_numpy(dtype="float64"), np.nan)
        for name in columns
    }
    sums["n_parcels"] = ordered["area_id"].nunique().reindex(unit_ids).fillna(0).to_numpy(dtype="int64")
    return sums


def lines_of(units: pd.DataFrame, targets: pd.Series, alone: bool) -> dict[str, list[str]]:
    """For each unit with a target: the units that must have reached theirs, itself first."""
    with_target = [unit_id for unit_id in units["unit_id"] if unit_id in targets.index]
    if alone:
        return {unit_id: [unit_id] for unit_id in with_target}
    return {
        unit_id: [unit_id, *(below for below in descendants(units, unit_id) if below in targets.index)]
        for unit_id in with_target
    }


def met_of(
    unit_ids: pd.Series, net: np.ndarray, target: np.ndarray, line: dict[str, list[str]], sure: np.ndarray
) -> list[bool | None]:
    """Per unit: every one of its line has reached its target, one has not, or (None) it cannot be told.

    Args:
        sure: a figure below the target means not reached; otherwise the period is open or land may be missing.
    """
    reached = has_reached(net, target)
    own = {
        unit_id: None if np.isnan(value) or not (hit or final) else bool(hit)
        for unit_id, value, hit, final in zip(unit_ids, net, reached, sure, strict=True)
    }
    met: list[bool | None] = []
    for unit_id in unit_ids:
        told = [own[member] for member in line.get(unit_id, ())]
        met.append(None if not told else False if False in told else None if None in told else True)
    return met


def _outcomes(rows: pd.DataFrame, met: dict[str, list], terms: Terms) -> np.ndarray:
    decided = rows["met"].notna().to_numpy() & (rows["period_state"] == "closed").to_numpy()
    passes = rows["met"].fillna(False).to_numpy(dtype=bool)
    outcome = np.where(decided, np.where(passes, "pass", "fail"), "not_evaluated").astype(object)
    outcome[decided & (bases_disagree(met) | (passes & terms.held_back))] = "review"
    outcome[-1] = (
        "review" if rows["n_parcels"].iloc[-1] > 0 else "pass" if terms.computable else "not_evaluated"
    )
    return outcome
