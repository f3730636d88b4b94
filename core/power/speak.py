"""What a person must look at before converted volumes are used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..findings import Verdicts, concat, judge
from ..register import Register
from ..register.identity import ROW_ID
from .accounts import rows_of
from .coefficients import Places, Sources
from .energy import EnergyPeriods
from .settings import PowerSettings

UNITS = "m3/kWh"


def speak(
    register: Register,
    read: EnergyPeriods,
    volumes: pd.DataFrame,
    coefficients: pd.DataFrame,
    sources: Sources,
    settings: PowerSettings,
    places: Places,
) -> Verdicts:
    """Findings of a conversion; none of them changes a volume.

    Not evaluated, of a well: ``power.coefficient_missing`` (energy that no coefficient converts and no meter
    explains), ``power.year_incomplete`` (energy of a whole year beside months, which count in its place and are not
    twelve), ``power.year_so_far`` (a figure of the year recorded before its end). Review, of a well:
    ``power.coefficient_range`` (a coefficient outside the usual range),
    ``power.coefficient_deviation`` (metered ratio, or the coefficient used, far from the stratum's),
    ``power.coefficient_stale``. Review, of an account: ``power.account_split``. Review, of readings and indices:
    ``power.reading_unknown``, ``power.coefficient_unused``.
    """
    teller = _Teller(register, settings, places)
    return concat(
        [
            _missing(teller, volumes),
            _incomplete(teller, volumes),
            _so_far(teller, register),
            _range(teller, volumes, coefficients),
            _deviation(teller, coefficients),
            _stale(teller, volumes, coefficients),
            _accounts(teller, read.shared),
            _unknown(teller, read.unknown),
            _unused(teller, sources.unused),
        ]
    )


class _Teller:
    """Speaks of wells by row, and of other things by name."""

    def __init__(self, register: Register, settings: PowerSettings, places: Places) -> None:
        wells = register["wells"]
        self.ids = wells[ROW_ID].to_numpy()
        county = places.levels.get("county", np.full(len(wells), "", dtype=object))
        self.units = np.where(pd.isna(county), "", county)
        self.settings = settings

    def wells(self, check: str, rows: np.ndarray, outcome: object, key: object, **more: Any) -> Verdicts:
        return self.say(check, "wells", self.ids[rows], outcome, key, unit_id=self.units[rows], **more)

    def say(
        self, check: str, role: str, ids: Iterable[str], outcome: object, key: object, **more: Any
    ) -> Verdicts:
        return judge(
            rule=f"power.{check}",
            clause="",
            subject_role=role,
            subject_id=np.asarray(ids, dtype=object),
            outcome=outcome,
            message_key=key,
            **more,
        )


def _missing(teller: _Teller, volumes: pd.DataFrame) -> Verdicts:
    energy = volumes["energy_kwh"].to_numpy()
    used = volumes[(energy > 0) & (volumes["volume_origin"] != "metered").to_numpy()]
    lost = (used["volume_origin"] == "").to_numpy()
    table = pd.DataFrame(
        {
            "well": used["well"],
            "lost_kwh": np.where(lost, used["energy_kwh"], 0.0),
            "n_lost": lost.astype("int64"),
            "last": np.where(lost, used["year"], 0),
        }
    )
    per_well = table.groupby("well", sort=True).agg({"lost_kwh": "sum", "n_lost": "sum", "last": "max"})
    missing = (per_well["n_lost"] > 0).to_numpy()
    return teller.wells(
        "coefficient_missing",
        per_well.index.to_numpy(),
        np.where(missing, "not_evaluated", "pass"),
        "power.coefficient.missing",
        action=np.where(missing, "supply_data", "none"),
        measured=per_well["lost_kwh"].to_numpy(),
        measure_unit="kWh",
        message_values={
            "energy": per_well["lost_kwh"].to_numpy(),
            "n_periods": per_well["n_lost"].to_numpy(),
            "year": per_well["last"].to_numpy(),
        },
    )


def _incomplete(teller: _Teller, volumes: pd.DataFrame) -> Verdicts:
    """Wells and years with energy of the whole year whose months count instead, and are not all there."""
    table = pd.DataFrame(
        {
            "well": volumes["well"],
            "year": volumes["year"].astype("int64"),
            "energy": volumes["energy_kwh"].where(volumes["month"] == 0),
            "left_out": (volumes["volume_origin"] == "in_months") & (volumes["energy_kwh"] > 0),
            "n_months": (volumes["month"] > 0) & volumes["volume_m3"].notna(),
            "volume": volumes["volume_m3"],
        }
    )
    table = table[table["energy"].groupby([table["well"], table["year"]]).transform("max").gt(0)]
    grouped = table.groupby(["well", "year"], sort=True)
    years = grouped[["energy", "n_months", "volume"]].sum().assign(left_out=grouped["left_out"].any())
    years = years.reset_index()
    part = (years["left_out"] & (years["n_months"] < 12)).to_numpy(dtype=bool)
    return teller.wells(
        "year_incomplete",
        years["well"].to_numpy(dtype="int64"),
        np.where(part, "not_evaluated", "pass").astype(object),
        "power.year_incomplete",
        action=np.where(part, "supply_data", "none").astype(object),
        period=years["year"].astype(str).to_numpy(dtype=object),
        measured=years["volume"].to_numpy(dtype="float64"),
        measure_unit="m3",
        message_values={
            "year": years["year"].to_numpy(),
            "energy": years["energy"].to_numpy(),
            "n_months": years["n_months"].to_numpy(dtype="int64"),
            "volume": years["volume"].to_numpy(),
        },
    )


def _so_far(teller: _Teller, register: Register) -> Verdicts:
    """Wells and years whose figure for the whole year was recorded, the last time, before the end of the year."""
    readings = register.get("readings")
    if readings is None:
        return Verdicts.none()
    unread = readings[ROW_ID].isin(register.unreadable("readings", "month"))
    yearly = readings["month"].fillna(0).eq(0) & ~unread & readings["year"].between(1800, 2200)
    figure = readings[["volume_m3", "energy_kwh"]].notna().any(axis=1)
    rows = readings[(yearly & figure).fillna(False).to_numpy(dtype=bool)]
    table = pd.DataFrame(
        {
            "well": rows_of(register["wells"]["well_id"], rows["well_id"]),
            "year": rows["year"].astype("int64"),
            "told": rows["as_of"],
        }
    )
    years = table[table["well"] >= 0].groupby(["well", "year"], sort=True)["told"].max().reset_index()
    end = (years["year"].to_numpy("int64") - 1969).astype("datetime64[Y]").astype("datetime64[D]") - 1
    part = years["told"].to_numpy(dtype="datetime64[D]") < end
    return teller.wells(
        "year_so_far",
        years["well"].to_numpy(dtype="int64"),
        np.where(part, "not_evaluated", "pass").astype(object),
        "power.year_so_far",
        action=np.where(part, "supply_data", "none").astype(object),
        period=years["year"].astype(str).to_numpy(dtype=object),
        message_values={
            "year": years["year"].to_numpy(),
            "day": years["told"].dt.strftime("%Y-%m-%d").to_numpy(dtype=object),
        },
    )


def _range(teller: _Teller, volumes: pd.DataFrame, coefficients: pd.DataFrame) -> Verdicts:
    """The largest excursion of the coefficients applied to each well, or of the one in force."""
    low, high = teller.settings.minimum, teller.settings.maximum
    applied = volumes[(volumes["energy_kwh"] > 0).to_numpy()].groupby("well", sort=False)["m3_per_kwh_ratio"]
    now = coefficients.set_index("well")["m3_per_kwh_ratio"]
    smallest = np.fmin(now, applied.min().reindex(now.index)).to_numpy()
    largest = np.fmax(now, applied.max().reindex(now.index)).to_numpy()
    asked = ~np.isnan(smallest)
    below, above = smallest < low, largest > high
    value = np.where(below, smallest, largest)
    return teller.wells(
        "coefficient_range",
        np.flatnonzero(asked),
        np.where(below | above, "review", "pass")[asked],
        "power.coefficient.range",
        action=np.where(below | above, "explain", "none")[asked],
        measured=value[asked],
        threshold=np.where(below, low, high)[asked],
        measure_unit=UNITS,
        message_values={"ratio": value[asked], "minimum": low, "maximum": high},
        settings={"e2w.min": low, "e2w.max": high},
        unverified=[key for key in ("e2w.min", "e2w.max") if key in teller.settings.unverified],
    )


def _deviation(teller: _Teller, coefficients: pd.DataFrame) -> Verdicts:
    limit = teller.settings.max_deviation_percent
    usable = coefficients["stratum_usable"].to_numpy(dtype=bool)
    metered = np.where(usable, coefficients["deviation_percent"], np.nan)
    given = coefficients["coefficient_deviation_percent"].to_numpy()
    by_meter = ~np.isnan(metered) & (np.isnan(given) | (np.abs(metered) >= np.abs(given)))
    value = np.where(by_meter, metered, given)
    asked = ~np.isnan(value)
    # rounding in the quotient must not push a well over a limit that it exactly reaches
    off = np.abs(value) > limit * (1 + 1e-9)
    return teller.wells(
        "coefficient_deviation",
        np.flatnonzero(asked),
        np.where(off, "review", "pass")[asked],
        np.where(by_meter, "power.coefficient.deviates_metered", "power.coefficient.deviates_given")[asked],
        action=np.where(off, "explain", "none")[asked],
        measured=np.abs(value)[asked],
        threshold=limit,
        measure_unit="%",
        message_values={
            "deviation": value[asked],
            "limit": limit,
            "stratum": coefficients["stratum"].to_numpy()[asked],
            "ratio": np.where(by_meter, coefficients["metered_ratio"], coefficients["m3_per_kwh_ratio"])[
                asked
            ],
        },
        settings={"e2w.max_dev": limit, "e2w.min_wells": teller.settings.min_wells},
        unverified=[key for key in ("e2w.max_dev", "e2w.min_wells") if key in teller.settings.unverified],
    )


def _stale(teller: _Teller, volumes: pd.DataFrame, coefficients: pd.DataFrame) -> Verdicts:
    """Dated coefficients older than the years after which they are to be found anew, by the last year read."""
    years = teller.settings.recalibrate_years
    since = coefficients["since"]
    last = volumes.groupby("well", sort=False)["year"].max().reindex(coefficients["well"]).to_numpy()
    age = last - since.dt.year.to_numpy()
    asked = ~np.isnan(age)
    return teller.wells(
        "coefficient_stale",
        np.flatnonzero(asked),
        np.where(age > years, "review", "pass")[asked],
        "power.coefficient.stale",
        action=np.where(age > years, "supply_data", "none")[asked],
        measured=age[asked],
        threshold=years,
        measure_unit="a",
        message_values={"since": since.dt.strftime("%Y-%m-%d").to_numpy()[asked], "years": years},
        settings={"e2w.recalibrate_years": years},
        unverified=[key for key in ("e2w.recalibrate_years",) if key in teller.settings.unverified],
    )


def _accounts(teller: _Teller, shared: pd.DataFrame) -> Verdicts:
    unsplit = (shared["state"] == "unsplit").to_numpy()
    return teller.say(
        "account_split",
        "accounts",
        shared["account_no"],
        np.where(unsplit, "review", "pass"),
        "power.account.unsplit",
        action=np.where(unsplit, "supply_data", "none"),
        measured=shared["energy_kwh"].to_numpy(dtype="float64"),
        measure_unit="kWh",
        message_values={"n_wells": shared["n_wells"].to_numpy(), "energy": shared["energy_kwh"].to_numpy()},
    )


def _unknown(teller: _Teller, unknown: pd.DataFrame) -> Verdicts:
    return teller.say(
        "reading_unknown",
        "readings",
        unknown["name"],
        "review",
        "power.reading_unknown",
        action="supply_data",
        measured=unknown["energy_kwh"].to_numpy(dtype="float64"),
        measure_unit="kWh",
        message_values={"n_readings": unknown["n_readings"].to_numpy(), "name": unknown["name"].to_numpy()},
    )


def _unused(teller: _Teller, unused: pd.DataFrame) -> Verdicts:
    keys = "power.coefficient.unused." + unused["reason"].astype(object)
    return teller.say(
        "coefficient_unused", "indices", unused["row_id"], "review", keys.to_numpy(), action="supply_data"
    )
