"""What a plan must reach and may not exceed: targets still open, minimums by year, caps of townships, closing wells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import OverdraftError
from ...policy import Policy
from ...register import Register
from ...retirement.balance import Terms, has_reached, unit_balance
from ...retirement.settings import RetirementSettings, area_targets, volume_targets
from ...retirement.units import UNASSIGNED
from ..retirement import demands_of, township_caps
from .settings import MEASURES, Amount, LandSettings
from .stock import LandStock

TOTAL = "total"
"""Unit of a saving target for the plan as a whole."""
DEMAND_COLUMNS = ("unit_id", "measure", "year", "amount", "within_year", "target", "done")


@dataclass(frozen=True)
class Targets:
    """Targets of policy and register: `area` (``unit_id``, ``year``, ``target_mu``), `volume` (``volume_m3``)."""

    area: pd.DataFrame
    volume: pd.DataFrame

    @property
    def years(self) -> list[int]:
        """Years with a target, ascending."""
        return sorted({*map(int, self.area["year"]), *map(int, self.volume["year"])})

    @property
    def units(self) -> list[str]:
        """Ids of the units with a target."""
        return list(dict.fromkeys([*self.area["unit_id"], *self.volume["unit_id"]]))

    def asked(self, volume: bool) -> Targets:
        """These targets, those of water only on request."""
        return self if volume else Targets(self.area, self.volume.iloc[:0])


def targets_of(register: Register, policy: Policy) -> Targets:
    """Every target."""
    return Targets(area_targets(register, policy), volume_targets(register, policy))


def plan_years(settings: LandSettings, targets: Targets, today: int) -> tuple[int, tuple[int, ...]]:
    """The target year and the years of the plan: from the first year to the target year.

    When the target year is over, what is missing is made up for in the first year. Without targets of units any year
    will do.

    Raises:
        OverdraftError: no target in the year asked for, or a first year that is over.
    """
    years, first = targets.years, settings.first_year or today
    target_year = settings.target_year
    if target_year is None:
        last = years[-1] if years else first
        target_year = min((year for year in years if year >= today), default=last)
    if years and target_year not in years:
        raise OverdraftError("planning_land.target_year", found=target_year, allowed=years)
    if first < today:
        raise OverdraftError("planning_land.first_year", found=first, allowed=today)
    return target_year, tuple(range(first, max(target_year, first) + 1))


def demands(
    stock: LandStock,
    retirement: RetirementSettings,
    settings: LandSettings,
    targets: Targets,
    years: tuple[int, ...],
    target_year: int,
) -> pd.DataFrame:
    """What is still to be reached; columns ``DEMAND_COLUMNS``, with ``target`` and ``done`` for the reader.

    * land: target − what counts today, by the end of its year; targets of years before the first that are not the
      target year are over and have gone into later ones;
    * water, if asked for: ``volume_m3`` − what the counted land of known quota saves, on the measure chosen;
    * minimums within a year, less what was retired in it before the day of the run.
    """
    due = [year for year in targets.years if year == target_year or years[0] <= year <= target_year]
    done = _done(stock, retirement, target_year)
    area = targets.area[targets.area["year"].isin(due)].rename(columns={"target_mu": "target"})
    area = _remaining(area, done["area_mu"], "area_mu", years)
    measure = MEASURES[settings.saving_measure]
    volume = targets.volume[targets.volume["year"].isin(due)].rename(columns={"volume_m3": "target"})
    kept = 1.0 if measure == "gross_m3" else 1.0 - return_ratio(stock, settings)
    volume = _remaining(volume, done["gross_m3"] * kept, measure, years)
    rows = [area, volume]
    if settings.saving_m3 is not None:
        one = pd.DataFrame({"unit_id": [TOTAL], "year": [years[-1]], "target": [settings.saving_m3]})
        rows.append(_remaining(one, pd.Series(dtype="float64"), measure, years))
    parents = stock.land.units.parent
    lasting = pd.concat([part for part in rows if len(part)] or [area], ignore_index=True)
    lasting = demands_of(lasting, parents, parent_sum_only=retirement.parent_sum_only)
    short = lasting[(lasting["measure"] == "area_mu") & (lasting["amount"] > 0)]["unit_id"]
    minimums = _minimums(stock, settings.yearly_minimums, short, years)
    return pd.concat([lasting, minimums], ignore_index=True) if len(minimums) else lasting


def return_ratio(stock: LandStock, settings: LandSettings) -> float:
    """β: of the run, else of the policy, else 0."""
    if settings.return_ratio is not None:
        return settings.return_ratio
    known = stock.scene.policy.settings.get("saving.return_ratio")
    return 0.0 if known is None or known.value is None else float(known.value)


def caps(
    stock: LandStock, areas: pd.DataFrame, share: float | None, years: tuple[int, ...]
) -> pd.DataFrame | None:
    """Land that may be retired in each township and year: a share of its irrigated land before the plan.

    What was retired in the year of the run before its day is taken off the cap of that year.

    Args:
        areas: as the solver takes them.
    """
    if share is None:
        return None
    own = stock.areas[(stock.areas["township"] != "").to_numpy()]
    fresh = own.groupby("township")["retired_this_year_mu"].sum()
    limits = township_caps(areas, 1.0, years)
    today = stock.scene.as_of.year
    back = limits["township"].map(fresh).fillna(0.0) if today in years else 0.0
    land = limits["limit_mu"] + back
    return pd.concat(
        [
            limits.assign(
                year=year, limit_mu=np.maximum(0.0, share * land - (back if year == today else 0.0))
            )
            for year in years
        ],
        ignore_index=True,
    )


def closings(stock: LandStock, wanted: Iterable[Amount], targeted: Iterable[str]) -> pd.DataFrame:
    """``unit_id``, ``n_min``: an amount without a unit is asked of every unit with a target."""
    rows: dict[str, int] = {}
    for amount in wanted:
        for unit_id in _units(stock, amount, targeted, "MIN_CLOSED_WELLS"):
            rows[unit_id] = int(amount.value)
    return pd.DataFrame({"unit_id": list(rows), "n_min": list(rows.values())})


def _done(stock: LandStock, retirement: RetirementSettings, year: int) -> pd.DataFrame:
    """By unit: land that counts today (NaN: the unit has no place) and the groundwater that it saves a year."""
    land = stock.land
    terms = Terms(
        year=year,
        as_of=pd.Timestamp(stock.scene.as_of),
        area_basis=retirement.area_basis,
        registered_known=True,
    )
    none = pd.Series(dtype="float64", index=pd.Index([], dtype=object))
    balance = unit_balance(land.pieces, land.units.table, none, terms).set_index("unit_id")
    pieces, basis = land.pieces, retirement.area_basis
    row = pieces["row"].to_numpy("int64")
    net = pieces[f"retired_{basis}_mu"] - pieces[f"restored_{basis}_mu"]
    water = net.to_numpy() * np.nan_to_num(stock.areas["quota_m3_per_mu"].to_numpy()[row])
    saved = pd.Series(water, dtype="float64").groupby(pieces["unit_id"].to_numpy(dtype=object)).sum()
    return pd.DataFrame(
        {"area_mu": balance["net_mu"], "gross_m3": saved.reindex(balance.index).fillna(0.0)}
    ).drop(index=UNASSIGNED)


def _remaining(targets: pd.DataFrame, done: pd.Series, measure: str, years: tuple[int, ...]) -> pd.DataFrame:
    known = targets["unit_id"].map(done).astype("float64").fillna(0.0).to_numpy()
    target = targets["target"].to_numpy(dtype="float64")
    left = np.where(has_reached(known, target), 0.0, np.maximum(0.0, target - known))
    return pd.DataFrame(
        {
            "unit_id": targets["unit_id"].to_numpy(dtype=object),
            "measure": measure,
            "year": np.clip(targets["year"].to_numpy("int64"), years[0], years[-1]),
            "amount": left,
            "within_year": False,
            "target": target,
            "done": known,
        }
    )


def _minimums(
    stock: LandStock, wanted: Iterable[Amount], short: Iterable[str], years: tuple[int, ...]
) -> pd.DataFrame:
    rows: dict[tuple[str, int], float] = {}
    for amount in wanted:
        if amount.year not in years:
            raise OverdraftError("planning_land.minimum_year", found=amount.year, allowed=list(years))
        for unit_id in _units(stock, amount, short, "YEARLY_MINIMUMS"):
            rows[unit_id, amount.year] = amount.value
    table = pd.DataFrame(
        [(unit, "area_mu", year, value, True, value) for (unit, year), value in rows.items()],
        columns=["unit_id", "measure", "year", "amount", "within_year", "target"],
    )
    fresh = table["unit_id"].map(stock.done_this_year).astype("float64").fillna(0.0)
    table["done"] = fresh.where(table["year"] == stock.scene.as_of.year, 0.0)
    table["amount"] = np.maximum(0.0, table["target"] - table["done"])
    return table[list(DEMAND_COLUMNS)]


def _units(stock: LandStock, amount: Amount, every: Iterable[str], name: str) -> list[str]:
    """The units that an amount is asked of."""
    if not amount.unit:
        return list(dict.fromkeys(every))
    table = stock.land.units.table
    meant = amount.unit
    if meant not in set(table["unit_id"]):
        by_name = table.loc[table["name"] == meant, "unit_id"]
        meant = by_name.iloc[0] if len(by_name) else stock.scene.policy.resolve_unit(meant) or meant
    if meant not in set(table["unit_id"]):
        raise OverdraftError("planning_land.unit", name=name, found=amount.unit, allowed=list(table["name"]))
    return [meant]
