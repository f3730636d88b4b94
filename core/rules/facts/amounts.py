"""Volumes by well, user and unit, and what they may be: readings, indices and targets in base units."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat, judge
from ...overlay.zones import texts
from ...policy.model import RESERVE
from ...register.identity import ROW_ID
from ...schema import normal_name
from .user_years import user_years
from .well_years import well_readings, well_years

if TYPE_CHECKING:
    from ..scene import Scene

UNITS = MappingProxyType(
    {
        "m3": ("m3", 1.0),
        "立方米": ("m3", 1.0),
        "方": ("m3", 1.0),
        "万m3": ("m3", 1e4),
        "万立方米": ("m3", 1e4),
        "万方": ("m3", 1e4),
        "亿m3": ("m3", 1e8),
        "亿立方米": ("m3", 1e8),
        "mu": ("mu", 1.0),
        "亩": ("mu", 1.0),
        "万亩": ("mu", 1e4),
        "ha": ("mu", 15.0),
        "公顷": ("mu", 15.0),
        "m3/mu": ("m3/mu", 1.0),
        "m3/亩": ("m3/mu", 1.0),
        "立方米/亩": ("m3/mu", 1.0),
        "m3/ha": ("m3/mu", 1.0 / 15.0),
        "m3/kwh": ("m3/kWh", 1.0),
        "m": ("m", 1.0),
        "米": ("m", 1.0),
        "%": ("ratio", 0.01),
        "ratio": ("ratio", 1.0),
        "count": ("count", 1.0),
        "眼": ("count", 1.0),
        "个": ("count", 1.0),
        "yuan/m3": ("yuan/m3", 1.0),
        "元/m3": ("yuan/m3", 1.0),
        "元/立方米": ("yuan/m3", 1.0),
        "yuan": ("yuan", 1.0),
        "元": ("yuan", 1.0),
        "万元": ("yuan", 1e4),
    }
)
"""Units of indices and prices: the base unit of each and how many of them it holds."""

SECTOR_OF_USE = MappingProxyType(
    {
        "irrigation": "agriculture",
        "livestock": "agriculture",
        "ecological_forest": "ecology",
        "rural_drinking": "domestic",
        "urban_supply": "domestic",
        "industry": "industry",
        "heating": "industry",
        "service": "service",
        "landscape": "landscape",
        "waterscape": "landscape",
        "recreation": "service",
        "artificial_snow": "service",
        "emergency": "other",
        "monitoring": "other",
        "other": "other",
    }
)

ITEMS = MappingProxyType({"groundwater_use": "groundwater", "total_use": "total"})
"""Water source by item of a policy's targets that is a cap on use."""

_INDEX_COLUMNS = (
    "subject_id",
    "year",
    "value",
    "unit",
    "source",
    "sector",
    "issuer",
    "scope",
    "version",
    "effective_from",
    "as_of",
    "parent_id",
    "row_id",
)


def base_units(value: pd.Series, unit: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Values in base units and the base units; NaN and "" where the unit is not known."""
    names = unit.astype(object).map(lambda text: normal_name(text).replace("³", "3") if text else "")
    known = {name: UNITS.get(name, ("", np.nan)) for name in names.unique()}
    factor = names.map({name: pair[1] for name, pair in known.items()}).astype("float64")
    return (value * factor).to_numpy(), names.map({name: pair[0] for name, pair in known.items()}).to_numpy(
        object
    )


def _below_zero(value: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Figures that nothing can have: volumes, areas, counts and prices below zero. Levels and shares may be."""
    with np.errstate(invalid="ignore"):
        return (value < 0) & ~np.isin(unit.astype(str), ["m", "ratio"])


class Amounts:
    """Figures of a scene; every frame is worked out once."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    @cached_property
    def problems(self) -> Verdicts:
        """Review: rows of INDICES whose unit nobody knows, or whose figure lies below zero; they are not used."""
        frame = self._scene.frame("indices")
        value, unit = base_units(frame["value"], frame["unit"])
        below = _below_zero(value, unit)
        known = judge(
            rule="rules.index_unit",
            clause="",
            subject_role="indices",
            subject_id=frame[ROW_ID],
            outcome=np.where((unit == "") & frame["value"].notna(), "review", "pass"),
            action="supply_data",
            message_key="rules.index_unit",
            message_values={"found": texts(frame, "unit"), "allowed": "m3, 万m3, 亿m3, 亩, 万亩, m3/亩"},
            evidence={"value": frame["value"].to_numpy(), "unit": texts(frame, "unit")},
        )
        if not below.any():
            return known
        negative = judge(
            rule="rules.index_negative",
            clause="",
            subject_role="indices",
            subject_id=frame[ROW_ID],
            outcome=np.where(below, "review", "pass"),
            action="supply_data",
            message_key="rules.index_negative",
            message_values={"found": frame["value"].to_numpy(), "unit": texts(frame, "unit")},
        )
        return concat([known, negative])

    @cached_property
    def _indices(self) -> pd.DataFrame:
        frame = self._scene.frame("indices")
        value, unit = base_units(frame["value"], frame["unit"])
        table = pd.DataFrame(
            {
                "role": texts(frame, "subject_role"),
                "subject_id": texts(frame, "subject_id"),
                "year": frame["year"].to_numpy(dtype="float64", na_value=np.nan),
                "measure": texts(frame, "measure"),
                "value": np.where(_below_zero(value, unit), np.nan, value),
                "unit": unit,
            }
        )
        for name in ("source", "sector", "issuer", "scope", "version"):
            table[name] = pd.Series(texts(frame, name), dtype=object).fillna("")
        for name in ("effective_from", "as_of"):
            table[name] = frame[name].to_numpy()
        table["parent_id"] = self._scene.unit_key(texts(frame, "parent_id"))
        table["row_id"] = frame[ROW_ID].to_numpy(dtype=object)
        units = (table["role"] == "units").to_numpy()
        table.loc[units, "subject_id"] = self._scene.unit_key(table.loc[units, "subject_id"])
        self._settle_scopes(table, units)
        usable = table["year"].notna() & pd.Series(table["subject_id"]).notna()
        table = table[usable.to_numpy()].reset_index(drop=True)
        table["year"] = table["year"].astype("int64")
        return table

    def _settle_scopes(self, table: pd.DataFrame, units: np.ndarray) -> None:
        """A figure of a unit whose scope names a unit within it is a figure of that unit; one whose scope names the
        unit itself is of the whole unit."""
        rows = np.flatnonzero(units & (table["scope"] != "").to_numpy())
        if not len(rows):
            return
        book = self._scene.book
        known = set(book.table["unit_id"])
        subject = table["subject_id"].to_numpy(dtype=object)[rows]
        named = self._scene.unit_key(table["scope"].to_numpy(dtype=object)[rows])
        pairs = set(zip(named, subject, strict=True))
        within = {pair for pair in pairs if pair[0] in known and pair[1] in book.ancestors(pair[0])}
        settled = np.array([pair in within for pair in zip(named, subject, strict=True)], dtype=bool)
        table.loc[rows[settled], "subject_id"] = named[settled]
        table.loc[rows[settled], "scope"] = ""

    def indices(
        self,
        measure: str,
        role: str = "units",
        source: str | None = None,
        sector: str | None = None,
        scope: str | None = None,
        unusable: bool = False,
    ) -> pd.DataFrame:
        """Rows of INDICES of one measure, in base units; ids of units are the policy's.

        Args:
            source, sector, scope: only rows with exactly this; None takes all. ``source="total"`` also takes rows
                without a source.
            unusable: also rows whose figure is empty, could not be read or lies below zero (``value`` NaN).

        Returns:
            Columns ``subject_id`` ``year`` ``value`` ``unit`` ``source`` ``sector`` ``issuer`` ``scope`` ``version``
            ``effective_from`` ``as_of`` ``parent_id`` ``row_id``.
        """
        table = self._indices
        chosen = (table["measure"] == measure) & (table["role"] == role)
        if not unusable:
            chosen &= table["value"].notna()
        if source is not None:
            chosen &= table["source"].isin(["total", ""] if source == "total" else [source])
        for name, wanted in (("sector", sector), ("scope", scope)):
            if wanted is not None:
                chosen &= table[name] == wanted
        return table[chosen].reset_index(drop=True)[list(_INDEX_COLUMNS)]

    @cached_property
    def well_months(self) -> pd.DataFrame:
        """Readings of a month: ``well`` (row of the wells), ``year``, ``month``, ``volume_m3``, ``energy_kwh``,
        ``voucher_no``, ``account_no``, ``row`` (of the readings). Readings of wells nobody knows are left out."""
        return self._readings[self._readings["month"] > 0].reset_index(drop=True)

    @cached_property
    def _readings(self) -> pd.DataFrame:
        return well_readings(self._scene)

    @cached_property
    def well_years(self) -> pd.DataFrame:
        """Volume and energy of each well and year; columns in ``core.rules.facts.well_years``."""
        return well_years(self._readings)

    def year_state(self, year: pd.Series, as_of: pd.Series | None = None) -> np.ndarray:
        """``closed`` where the year is over on the day of judgement and on the day of the record, else ``open``."""
        end = np.array([np.datetime64(f"{int(one)}-12-31") for one in year], dtype="datetime64[D]")
        over = end <= self._scene.today
        if as_of is not None:
            told = pd.to_datetime(pd.Series(as_of)).to_numpy().astype("datetime64[D]")
            over &= np.isnat(told) | (told >= end)
        return np.where(over, "closed", "open").astype(object)

    def used(self, level: str, source: str = "groundwater", sector: str | None = None) -> pd.DataFrame:
        """Water used by each unit of a level and year: as recorded, else the sum of the wells' readings.

        Returns:
            ``unit_id`` ``year`` ``value`` (m³) ``origin`` (recorded or readings) ``state`` (closed or open) ``as_of``
            ``issuer`` ``scope`` ``n_partial`` (wells whose year is not complete).
        """
        return self._scene.once(("used", level, source, sector), lambda: self._used(level, source, sector))

    def _used(self, level: str, source: str, sector: str | None) -> pd.DataFrame:
        recorded = self._recorded(level, source, sector)
        summed = self._summed(level, source, sector)
        if not len(summed):
            return recorded
        if not len(recorded):
            return summed
        known = pd.MultiIndex.from_frame(recorded[["unit_id", "year"]])
        rest = summed[~pd.MultiIndex.from_frame(summed[["unit_id", "year"]]).isin(known)]
        both = pd.concat([recorded, rest], ignore_index=True) if len(rest) else recorded
        return both.sort_values(["unit_id", "year", "scope"], kind="stable").reset_index(drop=True)

    def _recorded(self, level: str, source: str, sector: str | None) -> pd.DataFrame:
        table = self.indices("use", "units", source, "" if sector is None else sector)
        table = table[self._at_level(table["subject_id"], level)]
        frame = pd.DataFrame(
            {
                "unit_id": table["subject_id"],
                "year": table["year"],
                "value": table["value"],
                "origin": "recorded",
                "state": self.year_state(table["year"], table["as_of"]),
                "as_of": table["as_of"],
                "issuer": table["issuer"],
                "scope": table["scope"],
                "n_partial": 0,
            }
        )
        return frame.reset_index(drop=True)

    def _summed(self, level: str, source: str, sector: str | None) -> pd.DataFrame:
        columns = ["unit_id", "year", "value", "origin", "state", "as_of", "issuer", "scope", "n_partial"]
        if source not in ("groundwater", "deep_confined"):
            return pd.DataFrame(columns=columns)
        years = self.well_years
        wells = self._scene.frame("wells")
        unit = self._scene.unit_at("wells", level)[years["well"]]
        kept = (unit != "") & years["volume_m3"].notna().to_numpy()
        if source == "deep_confined":
            kept &= np.isin(texts(wells, "aquifer")[years["well"]].astype(str), ["deep_confined", "mixed"])
        if sector is not None:
            of_use = pd.Series(texts(wells, "use")).map(SECTOR_OF_USE).to_numpy(dtype=object)
            kept &= of_use[years["well"]] == sector
        chosen = years[kept].assign(unit_id=unit[kept])
        grouped = chosen.groupby(["unit_id", "year"])
        frame = pd.DataFrame(
            {
                "value": grouped["volume_m3"].sum(),
                "n_partial": (~chosen["whole"]).groupby([chosen["unit_id"], chosen["year"]]).sum(),
            }
        ).reset_index()
        frame["n_partial"] = frame["n_partial"].astype("int64")
        over = self.year_state(frame["year"]) == "closed"
        frame["state"] = np.where(over & (frame["n_partial"] == 0), "closed", "open")
        frame["origin"], frame["as_of"], frame["issuer"], frame["scope"] = "readings", pd.NaT, "", ""
        return frame[columns]

    def caps(self, level: str, source: str = "groundwater") -> pd.DataFrame:
        """What each unit of a level may use in a year: targets of the policy, and indices.

        Returns:
            ``unit_id`` ``year`` ``value`` (m³) ``origin`` (policy or index) ``clause`` ``issuer`` ``scope`` ``row_id``;
            of several issuers of one scope the smallest figure.
        """
        targets = [
            (t.unit_id, t.year, t.base_value, "policy", t.clause, "", "", "")
            for t in self._scene.policy.targets
            if ITEMS.get(t.item) == source and t.unit_id != RESERVE
        ]
        columns = ["unit_id", "year", "value", "origin", "clause", "issuer", "scope", "row_id"]
        told = pd.DataFrame(targets, columns=columns)
        index = self.indices("index", "units", source, "")
        index = index.rename(columns={"subject_id": "unit_id"}).assign(origin="index", clause="")
        parts = [part for part in (told, index[columns]) if len(part)]
        both = pd.concat(parts, ignore_index=True) if parts else told
        both = both[self._at_level(both["unit_id"], level)]
        both = both.sort_values(["unit_id", "year", "scope", "value", "origin"], kind="stable")
        both = both.drop_duplicates(["unit_id", "year", "scope"]).reset_index(drop=True)
        both["year"] = both["year"].astype("int64")
        both["value"] = both["value"].astype("float64")
        return both

    def _at_level(self, units: pd.Series, level: str) -> np.ndarray:
        if level == "city":
            return (units == self._scene.city).to_numpy(dtype=bool)
        known = {one: self._scene.book.level(one) == level for one in units.unique()}
        return units.map(known).to_numpy(dtype=bool)

    @cached_property
    def user_years(self) -> pd.DataFrame:
        """Use, plan and quota of each user and year; columns in ``core.rules.facts.user_years``."""
        return user_years(self._scene, self)
