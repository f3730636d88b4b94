"""What a scenario comes to: target, planned, achieved and gap of each unit by year, and how many targets are met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...retirement.balance import has_reached, met_of
from .board import Board


@dataclass(frozen=True)
class Figures:
    """Unrounded 亩, arrays (units, columns) of a board.

    Attributes:
        target: in force in a year: the latest that is due by its end; NaN before the first.
        planned: what the scenario retires up to the end of the year.
        achieved: as of the board.
        gap: max(0, target − achieved − planned).
        met: 1 reached, 0 not, −1 cannot be told or no target; units with parts need theirs too, as in the balance.
        n_met, n_targets: of the targets of the lowest units. A target whose year is over is made up for by all that
            is planned.
        n_parcels, in_use_mu, cost: of the parcels chosen; cost of those that have one, NaN where none has.
    """

    target: np.ndarray
    planned: np.ndarray
    achieved: np.ndarray
    gap: np.ndarray
    met: np.ndarray
    n_met: int
    n_targets: int
    n_parcels: int
    in_use_mu: float
    cost: float


def figures_of(board: Board, year: np.ndarray) -> Figures:
    """The figures of a scenario, from the land itself each time: no edit leaves a trace in the last digit.

    Args:
        year: of each parcel, 0 for those that stay.
    """
    planned = _planned(board, year)
    target = _targets(board)
    net = board.achieved + planned
    met = _met(board, net, target)
    lowest = board.units["lowest"].to_numpy(dtype=bool)
    goals = board.goals[lowest[board.goals["unit"]]]
    due = goals["year"].where(goals["year"] >= board.years[0], board.columns[-1])
    at = np.searchsorted(board.columns, due.to_numpy())
    reached = has_reached(net[goals["unit"].to_numpy(), at], goals["target_mu"].to_numpy("float64"))
    going = year > 0
    cost = board.parcels["cost"].to_numpy()[going]
    return Figures(
        target=target,
        planned=planned,
        achieved=board.achieved,
        gap=np.maximum(0.0, target - net),
        met=met,
        n_met=int(reached.sum()),
        n_targets=len(goals),
        n_parcels=int(going.sum()),
        in_use_mu=float(board.parcels["in_use_mu"].to_numpy()[going].sum()),
        cost=float(np.nansum(cost)) if np.isfinite(cost).any() else float("nan"),
    )


def _planned(board: Board, year: np.ndarray) -> np.ndarray:
    """Σ of the pieces of the parcels chosen, by unit, up to the end of each column's year."""
    n_units, first, n_years = len(board.units), board.years[0], len(board.years)
    when = year[board.piece_parcel]
    going = when > 0
    place = board.piece_unit[going] * n_years + (when[going] - first)
    sums = np.bincount(place, board.piece_mu[going], minlength=n_units * n_years).reshape(n_units, n_years)
    by_end = np.column_stack([np.zeros(n_units), np.cumsum(sums, axis=1)])
    return by_end[:, np.clip(np.array(board.columns) - first + 1, 0, n_years)]


def _targets(board: Board) -> np.ndarray:
    target = np.full((len(board.units), len(board.columns)), np.nan)
    for goal in board.goals.itertuples():
        target[goal.unit, np.searchsorted(board.columns, goal.year) :] = goal.target_mu
    return target


def _met(board: Board, net: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Reached or not by unit and column, each by the targets in force."""
    met = np.full(net.shape, -1, dtype="int64")
    due, unit_ids = sorted(board.lines), board.units["unit_id"]
    sure = board.units["complete"].to_numpy(dtype=bool)
    for column, year in enumerate(board.columns):
        past = [one for one in due if one <= year]
        if past:
            told = met_of(unit_ids, net[:, column], target[:, column], board.lines[past[-1]], sure)
            met[:, column] = [-1 if one is None else int(one) for one in told]
    return met
