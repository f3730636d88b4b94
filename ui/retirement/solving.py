"""A scenario filled in by ``planretirement``: what is asked of it, and its answer as years by parcel."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..shared.tasks import Progress, algorithm
from .opening import Opened

if TYPE_CHECKING:
    import numpy as np

    from ...core.planning.scenarios import Solution

_PERCENT = 100.0


@dataclass(frozen=True)
class Request:
    """What is asked: parameters of ``planretirement`` by name; those that are not given stay at their defaults."""

    target_year: int | None = None
    first_year: int | None = None
    time_limit: float = 60.0
    gap_percent: float = 0.01
    township_cap_percent: float | None = None
    by_cost: bool = False

    def parameters(self) -> dict[str, object]:
        """As the algorithm takes them."""
        cap = self.township_cap_percent
        given: dict[str, object] = {
            "TARGET_YEAR": self.target_year,
            "FIRST_YEAR": self.first_year,
            "TIME_LIMIT": self.time_limit,
            "GAP_LIMIT": self.gap_percent / _PERCENT,
            "TOWNSHIP_CAP": None if cap is None else cap / _PERCENT,
            "COST_FIELD": "cost" if self.by_cost else None,
        }
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Answer:
    """The plan: year of each parcel of the board (0: stays), what the solver says of it, and its warnings."""

    year: np.ndarray
    solution: Solution
    warnings: list[str]


def solving(opened: Opened, request: Request) -> Callable[[Progress], Answer]:
    """The work that runs the algorithm on the case file; its output goes to a folder that is removed afterwards."""
    board = opened.board
    parameters = {**opened.basis.parameters(opened.path, board.as_of), **request.parameters()}

    def work(progress: Progress) -> Answer:
        import numpy as np
        import pyogrio

        from ...core.planning.scenarios import Solution
        from ...core.planning.scenarios.scenario import years_on

        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder) / "plan.gpkg"
            answer = algorithm("planretirement", {**parameters, "PLAN": str(plan)})(progress)
            areas = pyogrio.read_dataframe(plan, columns=["area_id", "retire", "year"], read_geometry=False)
        going = areas[(areas["retire"].fillna(False).astype(bool) & areas["year"].notna()).to_numpy()]
        ids, years = going["area_id"].to_numpy(dtype=object), going["year"].to_numpy(dtype="int64")
        solution = Solution(
            str(answer["STATUS"]),
            float(answer["COST"]) - float(answer["BONUS"]),
            float(answer["BOUND"]),
            float(answer["GAP"]),
            {name: value for name, value in request.parameters().items() if np.isscalar(value)},
        )
        return Answer(years_on(board, ids, years)[0], solution, list(answer["WARNINGS"]))

    return work
