"""The retirement balance (退减灌溉面积): register and policy in; balance, pieces of ground and findings out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from ..findings import Verdicts, concat
from ..policy import Policy
from ..register import Register
from .balance import Terms, unit_balance
from .facts import loose_events
from .land import Land, land_on, no_pieces
from .settings import RetirementSettings, area_targets, loose_targets, retirement_settings
from .speak import area_verdicts, balance_verdicts
from .units import units_on


@dataclass(frozen=True)
class RetirementBalance:
    """What :func:`retirement_balance` returns.

    Attributes:
        balance: one row per target year and unit, ``unassigned`` last; columns of ``retirement_balance``.
        pieces: the ground behind it: one row per target year, unit and area in which anything counts, with its polygon
            in the CRS of the units; columns of :data:`.land.PIECE_COLUMNS`.
        verdicts: findings ``retirement.*``.
        homes: by the row id of each area in force on the last day of judgement, the unit in which it lies; "" for none.
        settings: what was used.
        n_repaired: irrigation areas whose polygon was invalid and was repaired on a copy.
    """

    balance: pd.DataFrame
    pieces: gpd.GeoDataFrame
    verdicts: Verdicts
    homes: pd.Series
    settings: RetirementSettings
    n_repaired: int


def retirement_balance(
    register: Register,
    policy: Policy,
    as_of: date,
    *,
    baseline: date | None = None,
    area_basis: str | None = None,
    parent_sum_only: bool | None = None,
    progress: Callable[[float], None] | None = None,
) -> RetirementBalance:
    """How much irrigated land each unit has retired, against its target.

    Judged at T = min(``as_of``, 31 December of the target year) on the editions in force on T. What of an area counts
    is defined in :mod:`.shares`, what happens where areas overlap and how they are cut in :mod:`.ground`, the figures
    and ``met`` in :mod:`.balance`. Area is that of the polygon on the ellipsoid, unrounded; on the registered basis an
    area's ``area_mu`` is split in proportion, and an area without one adds nothing. Without a layer of units a whole
    area goes to the unit that its ``county`` names.

    Args:
        register: ``irrigation``; ``units``, ``events`` and ``targets`` where there are any. Without ``irrigation``
            nothing is evaluated, and the findings say so.
        policy: targets ``retired_area``, settings ``retirement.*``, names of units.
        baseline, area_basis, parent_sum_only: override the policy's settings; None and "" leave them.
        progress: told the share done, 0 to 1.

    Raises:
        OverdraftError: a layer without CRS, a setting outside what the policy allows, or a policy without this rule.
    """
    settings = retirement_settings(
        policy, baseline=baseline, area_basis=area_basis, parent_sum_only=parent_sum_only
    )
    targets = area_targets(register, policy)
    targeted = list(dict.fromkeys(targets["unit_id"]))
    loose = loose_events(register) + loose_targets(register)
    computable = register.has("irrigation") and not pd.isna(settings.baseline)
    years: list[int | None] = [int(year) for year in np.sort(targets["year"].unique())]
    years = years or [None]
    steps = _Steps(progress, len(years) + 1)
    lands: dict[pd.Timestamp, Land] = {}
    rows, pieces, verdicts = [], [], []
    for year in years:
        terms = Terms(
            year=year,
            as_of=pd.Timestamp(as_of).normalize(),
            area_basis=settings.area_basis,
            parent_sum_only=settings.parent_sum_only,
            registered_known=computable and _has_registered(register),
            computable=computable,
            held_back=loose > 0,
        )
        if computable and terms.day not in lands:
            baseline_day, tell = settings.baseline, steps.tell
            lands[terms.day] = land_on(register, policy, targeted, baseline_day, terms.day, terms.as_of, tell)
        land = lands.get(terms.day)
        units = land.units if land else units_on(register, policy, targeted, terms.day)
        found = land.pieces if land else no_pieces()
        goals = targets[targets["year"] == year]
        balance = unit_balance(found, units.table, goals.set_index("unit_id")["target_mu"], terms)
        rows.append(balance)
        pieces.append(
            found.drop(columns="row").assign(target_year=pd.array([year] * len(found), dtype="Int64"))
        )
        verdicts.append(balance_verdicts(balance, units.table, goals, terms, settings, loose))
        steps.next()
    last = lands[max(lands)] if lands else None
    if last is not None:
        verdicts.append(area_verdicts(last, settings))
    steps.next()
    return RetirementBalance(
        balance=pd.concat(rows, ignore_index=True),
        pieces=gpd.GeoDataFrame(
            pd.concat(pieces, ignore_index=True), geometry="geometry", crs=last.pieces.crs if last else None
        ),
        verdicts=concat(verdicts),
        homes=pd.Series(last.home, index=last.facts.ids) if last else pd.Series(dtype=object),
        settings=settings,
        n_repaired=last.n_repaired if last else 0,
    )


class _Steps:
    """Progress over steps of equal weight, each of which tells its own share."""

    def __init__(self, progress: Callable[[float], None] | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def tell(self, share: float) -> None:
        """Told 0 to 1 of the step at hand."""
        if self._progress is not None:
            self._progress(min((self._done + share) / self._total, 1.0))

    def next(self) -> None:
        """The step is done."""
        self._done += 1
        self.tell(0.0)


def _has_registered(register: Register) -> bool:
    """Whether the layer keeps registered areas at all; where it does, an empty one is a gap."""
    area = register["irrigation"]["area_mu"].to_numpy(dtype="float64", na_value=np.nan)
    return bool((np.isfinite(area) & (area > 0)).any())
