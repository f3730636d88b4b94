"""From the case file to the board: read in the background, judged by what its last run was judged by."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import OverdraftError
from ...processing.planning.planretirement import PlanRetirement
from ..shared.tasks import Progress

if TYPE_CHECKING:
    import pandas as pd

    from ...core.planning.scenarios import Board


@dataclass(frozen=True)
class Basis:
    """What the last run of the case file was judged by: its policy, its day and the settings that it was given."""

    policy_id: str
    as_of: date
    settings: dict[str, Any]
    values: dict[str, Any]

    def overrides(self) -> dict[str, Any]:
        """The run's own settings of the retirement balance, as ``LandPlanner.of`` takes them."""
        baseline = self.settings.get("retirement_baseline")
        return {
            "baseline": date.fromisoformat(baseline) if baseline else None,
            "area_basis": self.settings.get("area_basis"),
            "parent_sum_only": self.settings.get("parent_sum_only"),
        }

    def parameters(self, path: Path, as_of: date) -> dict[str, object]:
        """The same for ``planretirement``."""
        given = {
            "CASE": str(path),
            "POLICY": self.policy_id,
            "AS_OF": as_of.isoformat(),
            "BASELINE": self.settings.get("retirement_baseline"),
            "AREA_BASIS": self.settings.get("area_basis"),
            "PARENT_SUM_ONLY": self.settings.get("parent_sum_only"),
            "SETTINGS": "\n".join(" = ".join((key, str(value))) for key, value in self.values.items()),
        }
        return {name: value for name, value in given.items() if value not in (None, "")}


@dataclass(frozen=True)
class Opened:
    """A case file as the planner needs it: the board, the plans on record, and what its last run was judged by."""

    path: Path
    basis: Basis
    board: Board
    plans: pd.DataFrame


def opening(path: Path, as_of: date | None) -> Callable[[Progress], Opened]:
    """The work that opens a case file.

    Args:
        as_of: the day of judgement; None: that of the last run.
    """

    def work(progress: Progress) -> Opened:
        from ...core.casefile import read_case, read_results
        from ...core.intake import build_register
        from ...core.planning.land import LandPlanner
        from ...core.planning.scenarios import board_of
        from ...core.policy import load_policy, with_settings
        from ...core.rules.scene import Scene

        tables = read_results(path, "runs", "plans")
        basis = _basis(path, tables["runs"])
        progress(0.05)
        frames = {role: frame for role, frame in read_case(path).items() if role in PlanRetirement.ROLES}
        if "irrigation" not in frames or not len(frames["irrigation"]):
            raise OverdraftError("scenarios.no_land", file=path.name)
        progress(0.2)
        policy = with_settings(load_policy(basis.policy_id), basis.values)
        scene = Scene.of(
            build_register(frames), policy, as_of or basis.as_of, progress=lambda x: progress(0.3 + 0.2 * x)
        )
        planner = LandPlanner.of(scene, **basis.overrides(), progress=lambda x: progress(0.5 + 0.2 * x))
        board = board_of(planner, lambda x: progress(0.7 + 0.3 * x))
        return Opened(path, basis, board, tables["plans"])

    return work


def _basis(path: Path, runs: pd.DataFrame) -> Basis:
    if not len(runs):
        raise OverdraftError("scenarios.no_run", file=path.name)
    last = runs.sort_values("finished_at", kind="stable").iloc[-1]
    manifest = json.loads(last["manifest"])
    return Basis(
        policy_id=str(last["policy_id"]),
        as_of=date.fromisoformat(manifest["as_of"]),
        settings=manifest.get("settings", {}),
        values=manifest.get("values", {}),
    )
