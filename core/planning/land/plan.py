"""Retirement plans of a register: targets of the policy in, the solver of :mod:`..retirement`, tables out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from ...errors import OverdraftError
from ...retirement.settings import RetirementSettings, retirement_settings
from ...retirement.units import UNASSIGNED
from ...rules.scene import Scene
from ...schema import normal_name, register_schema
from ..retirement import RetirementPlan, RetirementProblem, plan_retirement, retirement_problem
from .limits import TOTAL, Targets, caps, closings, demands, plan_years, return_ratio, targets_of
from .settings import LandSettings
from .stock import LandStock, land_stock
from .touching import touching_areas
from .wells import LandWells, land_wells

LARGEST_COST = 1e9
_NO_YEAR = 1
"""Stands for the year of land that was retired before the plan; its own year binds no cap of the plan."""


@dataclass(frozen=True)
class Asked:
    """One problem and what it was made from.

    Attributes:
        settings, target_year, years: of this plan.
        why: aligned with the stock: why an area is left out of this plan, else "".
        cost: of each area, NaN where it is left out.
        demands: with ``target`` and ``done``, in the order of the problem's.
        wells: that close with the land.
        problem: what the solver gets.
    """

    settings: LandSettings
    target_year: int
    years: tuple[int, ...]
    why: np.ndarray
    cost: np.ndarray
    demands: pd.DataFrame
    wells: LandWells
    problem: RetirementProblem


@dataclass(frozen=True)
class LandPlan:
    """A solved plan of a register; tables are made of it in :mod:`.tables`."""

    stock: LandStock
    asked: Asked
    plan: RetirementPlan

    @property
    def bound(self) -> float:
        """No plan has a lower cost less bonus: what the solver proved, at least −Σ of all bonuses."""
        return max(self.plan.bound, -float(self.asked.problem.touches["bonus"].sum()))

    @property
    def gap(self) -> float:
        """(value − bound) ÷ |value|, 0 where they are equal."""
        value = self.plan.value
        return (value - self.bound) / abs(value) if value and value != self.bound else 0.0


@dataclass
class LandPlanner:
    """Plans of one register on one day; what several scenarios share is worked out once.

    Attributes:
        scene: register, policy, day; with the wells placed.
        retirement: baseline, basis of areas and what of the policy else decides the balance.
        targets: of the policy and of the role ``targets``.
        stock: the land.
    """

    scene: Scene
    retirement: RetirementSettings
    targets: Targets
    stock: LandStock
    _touching: dict[tuple[float, bytes], pd.DataFrame] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        scene: Scene,
        *,
        baseline: date | None = None,
        area_basis: str | None = None,
        parent_sum_only: bool | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> LandPlanner:
        """Take stock of the land.

        Args:
            scene: with ``irrigation``; uses ``units``, ``targets``, ``events``, ``wells`` and ``well_areas``.
            baseline, area_basis, parent_sum_only: override the policy's settings.

        Raises:
            OverdraftError: a policy without this rule or without a baseline; a layer without CRS.
        """
        retirement = retirement_settings(
            scene.policy, baseline=baseline, area_basis=area_basis, parent_sum_only=parent_sum_only
        )
        if pd.isna(retirement.baseline):
            raise OverdraftError("planning_land.no_baseline", policy=scene.policy.id)
        targets = targets_of(scene.register, scene.policy)
        stock = land_stock(scene, retirement, targets.units, progress or (lambda _: None))
        return cls(scene, retirement, targets, stock)

    def ask(self, settings: LandSettings) -> Asked:
        """The problem that some settings make of the land.

        Raises:
            OverdraftError: nothing is asked for; a year, unit or field that does not exist.
        """
        stock, targets = self.stock, self.targets.asked(settings.volume_targets)
        if not (targets.years or settings.saving_m3 is not None or settings.min_closed_wells):
            raise OverdraftError("planning_land.no_targets", policy=self.scene.policy.id)
        target_year, years = plan_years(settings, targets, self.scene.as_of.year)
        why, cost = _left_out(stock, settings)
        planned = why == ""
        areas = _areas(stock, settings, planned, cost)
        found = demands(stock, self.retirement, settings, targets, years, target_year)
        wells = land_wells(stock, planned)
        problem = retirement_problem(
            areas,
            _pieces(stock, planned, settings.saving_m3 is not None),
            found[["unit_id", "measure", "year", "amount", "within_year"]],
            years=years,
            caps=caps(stock, areas, settings.township_cap, years),
            links=wells.links[["well_id", "area_id"]],
            wells=wells.units,
            closings=closings(
                stock, settings.min_closed_wells, targets.units or stock.land.units.table["unit_id"]
            ),
            touches=self._touches(planned, settings),
        )
        order = ["unit_id", "measure", "year", "within_year", "amount"]
        found = found.sort_values(order, ignore_index=True)
        return Asked(settings, target_year, years, why, cost, found, wells, problem)

    def solve(
        self,
        asked: Asked,
        *,
        time_limit: float = 60.0,
        gap: float = 1e-4,
        progress: Callable[[float], None] | None = None,
    ) -> LandPlan:
        """The best plan for a problem, or what comes nearest to it."""
        plan = plan_retirement(asked.problem, time_limit=time_limit, gap=gap, progress=progress)
        return LandPlan(self.stock, asked, plan)

    def _touches(self, planned: np.ndarray, settings: LandSettings) -> pd.DataFrame | None:
        if settings.compactness <= 0:
            return None
        key = (settings.touch_distance_m, planned.tobytes())
        if key not in self._touching:
            self._touching[key] = touching_areas(self.stock, planned, settings.touch_distance_m)
        return self._touching[key].assign(bonus=settings.compactness)


def _left_out(stock: LandStock, settings: LandSettings) -> tuple[np.ndarray, np.ndarray]:
    """Why each area is left out of this plan, and the cost of the others."""
    areas = stock.areas
    retired = areas["retired"].to_numpy(dtype=bool)
    cost = areas["in_use_mu"].to_numpy(dtype="float64")
    if settings.cost_field:
        cost = _costs(stock, settings.cost_field)
    cost = np.where(retired, 0.0, cost)
    why = areas["why"].to_numpy(dtype=object).copy()
    costly = ~((cost >= 0) & (cost <= LARGEST_COST))
    nowhere = (areas["township"] == "").to_numpy() & ~retired & (settings.township_cap is not None)
    why[(why == "") & costly] = "cost"
    why[(why == "") & nowhere] = "township"
    return why, np.where(why == "", cost, np.nan)


def _costs(stock: LandStock, name: str) -> np.ndarray:
    recorded = stock.land.facts.areas
    name = register_schema().roles["irrigation"].names.get(normal_name(name), name)
    numeric = [
        column
        for column in recorded.columns
        if column != "geometry" and pd.api.types.is_numeric_dtype(recorded[column].dtype)
    ]
    if name not in numeric:
        raise OverdraftError("planning_land.cost_field", found=name, allowed=numeric)
    return recorded[name].to_numpy(dtype="float64", na_value=np.nan)


def _areas(stock: LandStock, settings: LandSettings, planned: np.ndarray, cost: np.ndarray) -> pd.DataFrame:
    """Areas as the solver takes them; those retired already only count for wells and touching pairs."""
    own = stock.areas[planned]
    retired = own["retired"].to_numpy(dtype=bool)
    lock = np.where(retired | settings.ignore_locks, "", own["lock"])
    return pd.DataFrame(
        {
            "area_id": own["area_id"].to_numpy(dtype=object),
            "area_mu": np.where(retired, 1.0, own["in_use_mu"]),
            "cost": cost[planned],
            "lock": lock,
            "retired_year": np.where(retired, _NO_YEAR, 0),
            "township": own["township"].to_numpy(dtype=object) if settings.township_cap is not None else "",
            "surface": own["surface"].to_numpy(dtype=bool),
            "quota_m3_per_mu": own["quota_m3_per_mu"].to_numpy(dtype="float64"),
            "return_ratio": return_ratio(stock, settings),
        }
    )


def _pieces(stock: LandStock, planned: np.ndarray, in_total: bool) -> pd.DataFrame:
    """Land by area and unit; for a saving target of the whole plan also once in all."""
    pieces = stock.pieces[planned[stock.pieces["row"]] & (stock.pieces["unit_id"] != UNASSIGNED).to_numpy()]
    if in_total:
        units = stock.land.units.table
        level = pieces["unit_id"].map(units.set_index("unit_id")["level"])
        whole = pieces.groupby(["row", level])["area_mu"].sum().groupby("row").max().reset_index()
        pieces = pd.concat([pieces, whole.assign(unit_id=TOTAL)], ignore_index=True)
    ids = stock.areas["area_id"].to_numpy(dtype=object)[pieces["row"].to_numpy("int64")]
    return pd.DataFrame({"area_id": ids, "unit_id": pieces["unit_id"], "area_mu": pieces["area_mu"]})


def plan_scenarios(
    planner: LandPlanner,
    settings: Mapping[str, LandSettings],
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    progress: Callable[[float], None] | None = None,
) -> dict[str, LandPlan]:
    """A plan for each of several settings; all are put together, and so checked, before the first is solved."""
    asked = {name: planner.ask(one) for name, one in settings.items()}
    found = {}
    for place, (name, one) in enumerate(asked.items()):
        part = _part(progress, place, len(asked))
        found[name] = planner.solve(one, time_limit=time_limit, gap=gap, progress=part)
    return found


def _part(progress: Callable[[float], None] | None, place: int, size: int) -> Callable[[float], None] | None:
    """Tells the share of one plan among several."""
    if progress is None:
        return None
    tell = progress
    return lambda share: tell((place + share) / size)
