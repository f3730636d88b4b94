"""Solve a graph exactly, part by part: by a matching where each row needs at most two, else by a program."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..solver import has_matching
from .cuts import Cut
from .graph import Graph
from .matching import match, matches
from .programme import solve_programme
from .take import take_in_turn

Ask = Callable[[], None]


@dataclass(frozen=True)
class Choice:
    """What was chosen in a graph.

    Attributes:
        edges: places of the chosen edges, ascending.
        weight, cost: of the rows served and the edges chosen.
        weight_bound: no choice serves more.
        cost_bound: no choice that serves as much as ``weight_bound`` costs less.
        ways: how many parts were solved how.
    """

    edges: np.ndarray
    weight: int
    cost: int
    weight_bound: int
    cost_bound: int
    ways: Counter

    @property
    def proven(self) -> bool:
        """True if nothing better exists in the graph."""
        return self.weight == self.weight_bound and self.cost == self.cost_bound


def solve_graph(graph: Graph, deadline: float, ask: Ask, cuts: Sequence[Cut] = ()) -> Choice:
    """Most weight served, then least cost, then least tie.

    Args:
        deadline: on the clock of :func:`time.monotonic`; a part for which no time is left is filled in turn, unproven.
        ask: called now and then; raises to stop.
        cuts: odd sets that help a program along.
    """
    whole = graph.part(np.arange(len(graph.row)))
    back = _places_of(whole, graph)
    chosen: list[np.ndarray] = []
    ways: Counter[str] = Counter()
    weight_bound, cost_bound = 0, 0
    alone, parts = _split_lonely(whole)
    if len(alone):
        picked = _cheapest_of_each(whole, alone)
        chosen.append(picked)
        ways["cheapest"] += len(np.unique(whole.row[picked]))
        weight_bound += int(whole.weight[np.unique(whole.row[picked])].sum())
        cost_bound += int(whole.cost[picked].sum())
    for edges in parts:
        ask()
        part = whole.part(edges)
        picked, most, least, way = _solve_part(part, deadline, ask, cuts)
        chosen.append(edges[picked])
        ways[way] += 1
        weight_bound += most
        cost_bound += least
    edges = np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=np.int64)
    served = np.unique(whole.row[edges])
    weight, cost = int(whole.weight[served].sum()), int(whole.cost[edges].sum())
    return Choice(back[edges], weight, cost, weight_bound, cost_bound, ways)


def _places_of(part: Graph, graph: Graph) -> np.ndarray:
    """Places in ``graph`` of the edges of a part of it."""
    size = int(graph.cols.max(initial=0)) + 1
    key = graph.rows[graph.row] * size + graph.cols[graph.col]
    return np.searchsorted(key, part.rows[part.row] * size + part.cols[part.col])


def _split_lonely(graph: Graph) -> tuple[np.ndarray, list[np.ndarray]]:
    """Edges of rows that share no column with another row, and the other parts."""
    alone: list[np.ndarray] = []
    parts: list[np.ndarray] = []
    for edges in graph.components():
        single = graph.row[edges[0]] == graph.row[edges[-1]]
        limited = bool((graph.group[graph.col[edges]] >= 0).any()) or (
            graph.cap is not None and graph.cap < 1
        )
        (alone if single and not limited else parts).append(edges)
    together = np.sort(np.concatenate(alone)) if alone else np.zeros(0, dtype=np.int64)
    return together, parts


def _cheapest_of_each(graph: Graph, edges: np.ndarray) -> np.ndarray:
    """For each row the named edge and the cheapest others, as many as it needs."""
    row = graph.row[edges]
    order = np.lexsort((graph.tie[edges], graph.cost[edges], ~graph.is_named[edges], row))
    starts = np.flatnonzero(np.r_[True, np.diff(row[order]) > 0])
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return np.sort(edges[order[place < graph.needed[row[order]]]])


def _solve_part(
    part: Graph, deadline: float, ask: Ask, cuts: Sequence[Cut]
) -> tuple[np.ndarray, int, int, str]:
    """Chosen edges, bounds of weight and cost, and how it was solved."""
    if time.monotonic() >= deadline:
        return take_in_turn(part), int(part.weight.sum()), 0, "in turn"
    if has_matching() and matches(part):
        picked = match(part)
        served = np.unique(part.row[picked])
        return picked, int(part.weight[served].sum()), int(part.cost[picked].sum()), "matching"
    return *solve_programme(part, deadline, ask, cuts), "program"
