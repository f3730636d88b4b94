"""The tables of a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .check import closing_wells
from .greedy import reached
from .integers import COST_UNIT, NO_CAP, Model
from .problem import RetirementProblem
from .relief import Relief
from .solve import Solved


@dataclass(frozen=True)
class ReliefTables:
    """What must give for every target to be met.

    Attributes:
        least: the shortfall of the plan is proved to be the least.
        releases: ``kind`` (keep, retire, cap), ``id`` (of the area or township), ``year`` (of a cap, else 0).
        enough: with these released every target can be met; False: some cannot be met whatever is released.
        fewest: no smaller number would do (for the targets that a release can help).
        given_up: areas locked to go that stay in use, because the caps cannot hold them.
    """

    least: bool
    releases: pd.DataFrame
    enough: bool
    fewest: bool
    given_up: tuple[str, ...]


class PlanTables:
    """Tables of a solved problem.

    Args:
        relief: what had to give; None where every target is met.
    """

    def __init__(
        self, problem: RetirementProblem, model: Model, solved: Solved, relief: Relief | None
    ) -> None:
        self.problem, self.model, self.solved, self._relief = problem, model, solved, relief
        self.years = np.array(problem.years or (0,), dtype="int64")
        self.year = np.where(solved.chosen, self.years[solved.year], 0)

    def retired(self) -> pd.Series:
        """Year by id of the areas that the plan retires."""
        ids = self.problem.areas["area_id"].to_numpy(dtype=object)[self.model.area[self.solved.chosen]]
        return pd.Series(self.year[self.solved.chosen], index=ids)

    def checked(self) -> RetirementProblem:
        """The problem without the locks that the plan had to give up."""
        if not self._relief or not len(self._relief.given_up):
            return self.problem
        areas = self.problem.areas.copy()
        areas.loc[self.model.area[self._relief.given_up], "lock"] = ""
        return replace(self.problem, areas=areas)

    def shortfalls(self) -> pd.Series:
        """What the plan misses of each demand and then of each closing."""
        short = self.problem.demands["amount"].to_numpy() - self._reached()
        missed = np.where(self._brings() < self.model.demands.need, short, 0.0)
        return pd.Series(np.r_[missed, np.maximum(self.model.closing_need - self._n_closing(), 0)])

    def _brings(self) -> np.ndarray:
        return reached(self.model, self.solved.chosen, self.solved.year)

    def _reached(self) -> np.ndarray:
        return np.ldexp(self._brings().astype("float64"), -self.model.exponent[self.model.demands.row])

    def _n_closing(self) -> np.ndarray:
        return self.model.closing_wells @ self.model.closes(self.solved.chosen).astype("int64")

    def areas(self) -> pd.DataFrame:
        """Every area and what becomes of it."""
        model, solved, areas = self.model, self.solved, self.problem.areas
        chosen, n = solved.chosen, len(areas)
        why = np.full(n, "already_retired", dtype=object)
        why[model.area] = np.select(
            [chosen & model.forced, chosen, model.kept],
            ["locked_retire", "chosen", "locked_keep"],
            "not_needed",
        )
        table = pd.DataFrame({"area_id": areas["area_id"], "retire": False, "year": 0, "why": why})
        without, exact = np.full(n, np.nan), np.zeros(n, dtype=bool)
        without[model.area], exact[model.area] = solved.without * COST_UNIT, solved.without_exact
        retire, year = np.zeros(n, dtype=bool), np.zeros(n, dtype="int64")
        retire[model.area], year[model.area] = chosen, self.year
        return table.assign(retire=retire, year=year, without_cost=without, without_exact=exact)

    def units(self) -> pd.DataFrame:
        """Every demand, what the plan brings, and what it misses."""
        table = self.problem.demands[["unit_id", "measure", "year", "within_year", "amount"]].copy()
        table["reached"] = self._reached()
        table["shortfall"] = self.shortfalls().to_numpy()[: len(table)]
        return table

    def wells(self) -> pd.DataFrame:
        """Every well that serves an area, whether it can close, and whether the plan is why."""
        chosen = np.zeros(len(self.problem.areas), dtype=bool)
        before = closing_wells(self.problem, chosen)
        chosen[self.model.area] = self.solved.chosen
        after = closing_wells(self.problem, chosen)
        wells = pd.DataFrame({"well_id": self.model.well_id})
        closes = wells["well_id"].isin(after)
        return wells.assign(closes=closes, by_plan=closes & ~wells["well_id"].isin(before))

    def closings(self) -> pd.DataFrame:
        """Every unit with a least number of closing wells."""
        shortfall = self.shortfalls().to_numpy()[len(self.model.demands.row) :]
        return self.problem.closings.assign(n_closing=self._n_closing(), shortfall=shortfall.astype("int64"))

    def caps(self) -> pd.DataFrame:
        """Every cap by year, and the land that the plan retires under it."""
        model = self.model
        towns, periods = np.nonzero(model.cap < NO_CAP)
        inside = np.flatnonzero(self.solved.chosen & (model.town >= 0))
        used = np.zeros(model.cap.shape)
        np.add.at(used, (model.town[inside], self.solved.year[inside]), model.size_mu[inside])
        return pd.DataFrame(
            {
                "township": model.town_id[towns],
                "year": self.years[periods],
                "limit_mu": model.limit_mu[towns, periods],
                "used_mu": used[towns, periods],
            }
        )

    def relief(self) -> ReliefTables | None:
        """What must give, by id."""
        found, model = self._relief, self.model
        if found is None:
            return None
        ids = self.problem.areas["area_id"].to_numpy(dtype=object)[model.area]
        kind = np.where(model.kept[found.areas], "keep", "retire")
        releases = pd.DataFrame(
            {
                "kind": np.r_[kind.astype(object), np.full(len(found.caps), "cap", dtype=object)],
                "id": np.r_[ids[found.areas], model.town_id[found.caps[:, 0]]],
                "year": np.r_[np.zeros(len(found.areas), dtype="int64"), self.years[found.caps[:, 1]]],
            }
        )
        return ReliefTables(found.least, releases, found.enough, found.fewest, tuple(ids[found.given_up]))
