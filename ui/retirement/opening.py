"""From the case file to the board: read in the background, judged by what its last run was judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import OverdraftError
from ...processing.planning.planretirement import PlanRetirement
from ..shared.tasks import Progress

if TYPE_CHECKING:
    import pandas as pd

    from ...core.casefile import LastRun
    from ...core.planning.scenarios import Board


@dataclass(frozen=True)
class Opened:
    """A case file as the planner needs it: the board, the plans on record, and what its last run was judged by."""

    path: Path
    basis: LastRun
    board: Board
    plans: pd.DataFrame


def opening(path: Path, as_of: date | None) -> Callable[[Progress], Opened]:
    """The work that opens a case file.

    Args:
        as_of: the day of judgement; None: that of the last run.
    """

    def work(progress: Progress) -> Opened:
        from ...core.casefile import last_run, read_case, read_results
        from ...core.intake import build_register
        from ...core.planning.land import LandPlanner
        from ...core.planning.scenarios import board_of
        from ...core.rules.scene import Scene

        basis = last_run(path)
        if basis is None:
            raise OverdraftError("scenarios.no_run", file=path.name)
        plans = read_results(path, "plans")["plans"]
        progress(0.05)
        frames = read_case(path, PlanRetirement.ROLES, lambda: progress(0.05))
        if "irrigation" not in frames or not len(frames["irrigation"]):
            raise OverdraftError("scenarios.no_land", file=path.name)
        progress(0.2)
        scene = Scene.of(
            build_register(frames, lambda x: progress(0.2 + 0.1 * x)),
            basis.used,
            as_of or basis.as_of,
            progress=lambda x: progress(0.3 + 0.2 * x),
        )
        planner = LandPlanner.of(
            scene,
            baseline=basis.day("retirement_baseline"),
            area_basis=basis.settings.get("area_basis"),
            parent_sum_only=basis.settings.get("parent_sum_only"),
            progress=lambda x: progress(0.5 + 0.2 * x),
        )
        board = board_of(planner, lambda x: progress(0.7 + 0.3 * x))
        return Opened(path, basis, board, plans)

    return work
