"""A scenario filled in by ``planretirement``: what is asked of it, and its answer as years by parcel."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..shared.tasks import Progress, algorithm
from .opening import Opened

if TYPE_CHECKING:
    import numpy as np

    from ...core.casefile import LastRun
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
    board, basis = opened.board, opened.basis
    given: dict[str, object] = {
        "CASE": str(opened.path),
        "AS_OF": board.as_of.isoformat(),
        "BASELINE": basis.settings.get("retirement_baseline"),
        "AREA_BASIS": basis.settings.get("area_basis"),
        "PARENT_SUM_ONLY": basis.settings.get("parent_sum_only"),
        "SETTINGS": "\n".join(" = ".join((key, _as_text(value))) for key, value in _beyond_the_file(basis)),
    }
    parameters = {name: value for name, value in given.items() if value not in (None, "")}

    def work(progress: Progress) -> Answer:
        import numpy as np
        import pyogrio

        from ...core.planning.scenarios import Solution
        from ...core.planning.scenarios.scenario import years_on

        with tempfile.TemporaryDirectory() as folder:
            plan, policy = Path(folder) / "plan.gpkg", Path(folder) / "policy.toml"
            policy.write_text(basis.policy.text, encoding="utf-8", newline="")
            asked = {**parameters, **request.parameters(), "POLICY_FILE": str(policy), "PLAN": str(plan)}
            answer = algorithm("planretirement", asked)(progress)
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


def _beyond_the_file(basis: LastRun) -> Iterator[tuple[str, object]]:
    """The values of the run that its policy file does not hold itself."""
    used = basis.used
    for key, value in basis.values.items():
        if value is not None and used.value(key) != basis.policy.value(key):
            yield key, value


def _as_text(value: object) -> str:
    """A value of a setting as a parameter of an algorithm is written."""
    if isinstance(value, list):
        return "; ".join(map(_as_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
