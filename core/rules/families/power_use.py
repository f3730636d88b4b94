"""How much power wells took: against what is approved and against their water, and the water derived from it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ...power.accounts import account_links
from ..binding import Binding
from ..facts.energy_facts import (
    coefficients_on,
    months_at_work,
    of_wells,
    period_state,
    periods,
    settings,
    unread_months,
    well_years,
)
from ..facts.equipment import equipment
from ..facts.permit_facts import permitted_volume
from ..facts.yearbook import exceeds
from ..registry import Parameter, Rule, words
from ..scene import Scene
from .power import account_subjects

IRRIGATION = ("irrigation",)


def approved_kwh(scene: Scene, binding: Binding) -> Verdicts:
    """Power is sold up to the approved quantity (TOL-16c).

    Per account and year with ``approved_kwh``: energy ≤ approved. For a well none of whose accounts has one: approved
    = permitted m³ ÷ k, k the coefficient given for the well in force at the end of the year. Permitted is the well's
    own volume, else that of the permit which stands for it alone; that it does can only be told where PERMIT_WELLS is
    supplied. Above: fail, also in a year that is not over; within it, an open year carries no verdict yet, nor does
    one of which months were not read. No permitted volume or no k: not evaluated.
    """
    return concat([_accounts(scene, binding), _wells(scene, binding)])


def _accounts(scene: Scene, binding: Binding) -> Verdicts:
    accounts, energy = scene.frame("accounts"), periods(scene).by_account
    row = np.asarray(scene.rows_of("accounts", energy["account_no"]), dtype="int64")
    table = energy[row >= 0].assign(row=row[row >= 0])
    limit = accounts["approved_kwh"].to_numpy(dtype="float64")[table["row"]]
    sold, year = table["energy_kwh"].to_numpy(dtype="float64"), table["year"].to_numpy(dtype="int64")
    verdict = _against(scene, sold, limit, year, table["n_months"].to_numpy() < _account_months(scene, table))
    return binding.say(
        account_subjects(scene).take(table["row"]),
        asked=~np.isnan(limit),
        key="power.approved_kwh.account" + pd.Series(verdict.pop("suffix"), dtype=object),
        measured=sold,
        threshold=limit,
        measure_unit="kWh",
        period=table["year"].astype(str).to_numpy(dtype=object),
        values={"sold": sold, "approved": limit, "excess": np.maximum(sold - limit, 0.0), "year": year},
        evidence={"sold_kwh": sold, "approved_kwh": limit},
        **verdict,
    )


def _account_months(scene: Scene, table: pd.DataFrame) -> np.ndarray:
    """Months of each account and year that are over and in which one of its wells could take water; of an account
    without a known well all months."""
    pairs = account_links(scene.register)
    pairs = pairs[(pairs["well"] >= 0).to_numpy()][["account_no", "well"]]
    grid = table[["account_no", "year"]].assign(place=np.arange(len(table))).merge(pairs, on="account_no")
    bits = months_at_work(scene, grid.astype({"well": "int64", "year": "int64"}))
    count = np.array([bin(one).count("1") for one in bits], dtype="int64")
    return pd.Series(count).groupby(grid["place"].to_numpy()).max().reindex(range(len(table))).fillna(12)


def _wells(scene: Scene, binding: Binding) -> Verdicts:
    table = well_years(scene)
    table = table[(table["energy_kwh"] > 0).to_numpy()].reset_index(drop=True)
    well, year = table["well"].to_numpy(), table["year"].to_numpy()
    by_account = _has_approved_account(scene)
    end = (year + 1 - 1970).astype("datetime64[Y]").astype("datetime64[D]") - np.timedelta64(1, "D")
    k = coefficients_on(scene, well, np.minimum(end, scene.today))
    permit, whole_permit = (column[well] for column in permitted_volume(scene))
    limit, sold = permit / k, table["energy_kwh"].to_numpy()
    unread = ~table["energy_year"].to_numpy(dtype=bool) & (unread_months(scene, table, "energy_kwh") > 0)
    verdict = _against(scene, sold, limit, year, unread)
    shared = whole_permit & (not scene.has("permit_wells")) & (verdict["outcome"] == "pass")
    missing = np.isnan(limit) | shared
    suffix = pd.Series(verdict.pop("suffix"), dtype=object)
    why = np.select([np.isnan(permit), shared], ["_no_permit_volume", "_shared_permit"], "_no_coefficient")
    suffix = suffix.where(~missing, why)
    verdict["outcome"] = np.where(missing, "not_evaluated", verdict["outcome"]).astype(object)
    verdict["action"] = np.where(missing, "supply_data", verdict["action"]).astype(object)
    excess = np.maximum(sold - limit, 0.0)
    return binding.say(
        of_wells(scene, well),
        asked=~by_account[well],
        key=("power.approved_kwh.well" + suffix).to_numpy(dtype=object),
        measured=sold,
        threshold=limit,
        measure_unit="kWh",
        period=table["year"].astype(str).to_numpy(dtype=object),
        values={
            "sold": sold,
            "approved": limit,
            "excess": excess,
            "excess_m3": excess * k,
            "permitted": permit,
            "ratio": k,
            "year": year,
        },
        evidence={"sold_kwh": sold, "permit_m3": permit, "m3_per_kwh_ratio": k, "approved_kwh": limit},
        **verdict,
    )


def _against(
    scene: Scene, sold: np.ndarray, limit: np.ndarray, year: np.ndarray, unread: np.ndarray
) -> dict[str, np.ndarray]:
    """Outcome, action, state of the period and last part of the message key. ``unread``: months are missing."""
    over = exceeds(sold, limit)
    state = period_state(scene, year)
    open_ = state == "open"
    return {
        "outcome": np.select([over, open_ | unread], ["fail", "not_evaluated"], "pass").astype(object),
        "action": np.select([over, open_, unread], ["explain", "none", "supply_data"], "none").astype(object),
        "period_state": state,
        "suffix": np.select([over, open_, unread], ["_over", "_open", "_unread"], "_within").astype(object),
    }


def _has_approved_account(scene: Scene) -> np.ndarray:
    """Wells with an account for which a quantity of energy is approved."""
    accounts = scene.frame("accounts")
    approved = accounts.loc[accounts["approved_kwh"].notna().to_numpy(), "account_no"]
    pairs = account_links(scene.register)
    rows = pairs.loc[pairs["account_no"].isin(approved).to_numpy() & (pairs["well"] >= 0).to_numpy(), "well"]
    return np.isin(np.arange(len(scene.frame("wells"))), rows)


def water_mismatch(scene: Scene, binding: Binding) -> Verdicts:
    """Water without power, or power without water, in the same month (TLF-5.5).

    One figure above zero and the other zero: review, to be investigated (both checks are derived, not quoted).
    Periods with only one of the figures: not evaluated, unless both are known for the whole year; then these are
    compared as well. Asked of wells and years in which either is above zero.
    """
    table = well_years(scene)
    table = table[((table["volume_m3"] > 0) | (table["energy_kwh"] > 0)).to_numpy()].reset_index(drop=True)
    water, energy = table["volume_m3"].to_numpy(), table["energy_kwh"].to_numpy()
    whole = (table["volume_year"] | (table["volume_months"] == 12)).to_numpy(dtype=bool)
    whole &= (table["energy_year"] | (table["energy_months"] == 12)).to_numpy(dtype=bool)
    dry = np.maximum(table["power_no_water"], whole & (water == 0)).to_numpy(dtype="int64")
    unpowered = np.maximum(table["water_no_power"], whole & (energy == 0)).to_numpy(dtype="int64")
    blind = (table["one_known"] > 0).to_numpy() & ~whole
    cases = [(dry > 0) & (unpowered > 0), unpowered > 0, dry > 0, blind]
    keys = ["both", "water_no_power", "power_no_water", "one_figure"]
    return binding.say(
        of_wells(scene, table["well"]),
        outcome=np.select(cases, ["review", "review", "review", "not_evaluated"], "pass").astype(object),
        key=("power.water_mismatch." + pd.Series(np.select(cases, keys, "agree"))).to_numpy(dtype=object),
        action=np.select(cases, ["explain", "explain", "explain", "supply_data"], "none").astype(object),
        period=table["year"].astype(str).to_numpy(dtype=object),
        measured=(dry + unpowered).astype("float64"),
        threshold=0.0,
        measure_unit="count",
        values={
            "n_water": unpowered,
            "n_power": dry,
            "n_one": table["one_known"].to_numpy(),
            "year": table["year"].to_numpy(),
        },
        evidence={
            "volume_m3": water,
            "energy_kwh": energy,
            "periods_with_both": table["both_known"].to_numpy(),
            "periods_with_one": table["one_known"].to_numpy(),
        },
    )


def converted(scene: Scene, binding: Binding) -> Verdicts:
    """Farm wells that cannot be metered have their water derived from their energy, V = E × k (HJQ-3.4e).

    Asked of wells of ``uses`` without a working meter, by year with energy. Energy that no coefficient converts and
    no meter explains: not evaluated. A coefficient outside ``minimum`` … ``maximum`` m³/kWh: review.
    """
    table = well_years(scene)
    table = table[(table["energy_kwh"] > 0).to_numpy()].reset_index(drop=True)
    well = table["well"].to_numpy()
    use, has = scene.frame("wells")["use"], equipment(scene, "wells")
    farm = (use.isin(binding.value("uses")) | use.isna()).to_numpy(dtype=bool)
    no_meter = ~((has["metered"] == 1) & (has["working"] != 0)).to_numpy()
    no_meter_year = no_meter[well] & ~table["volume_m3"].notna().to_numpy()
    limits = settings(scene)
    low, high = (
        float(given) if (given := binding.value(name)) is not None else otherwise
        for name, otherwise in (("minimum", limits.minimum), ("maximum", limits.maximum))
    )
    lost = table["unconverted_kwh"].to_numpy() > 0
    below, above = (table["k_min"] < low).to_numpy(), (table["k_max"] > high).to_numpy()
    cases = [lost, below | above]
    k = np.where(below, table["k_min"], table["k_max"])
    unsure = [
        key
        for name, key in (("minimum", "e2w.min"), ("maximum", "e2w.max"))
        if binding.value(name) is None and key in limits.unverified
    ]
    return binding.say(
        of_wells(scene, well),
        asked=farm[well] & (no_meter_year | lost),
        outcome=np.select(cases, ["not_evaluated", "review"], "pass").astype(object),
        key=np.where(lost, "power.converted.no_coefficient", "power.converted.out_of_range").astype(object),
        action=np.select(cases, ["supply_data", "explain"], "none").astype(object),
        period=table["year"].astype(str).to_numpy(dtype=object),
        measured=np.where(lost, np.nan, table["converted_m3"]),
        measure_unit="m3",
        values={
            "energy": table["energy_kwh"].to_numpy(),
            "lost": table["unconverted_kwh"].to_numpy(),
            "volume": table["converted_m3"].to_numpy(),
            "ratio": k,
            "minimum": low,
            "maximum": high,
            "year": table["year"].to_numpy(),
        },
        evidence={
            "energy_kwh": table["energy_kwh"].to_numpy(),
            "m3_per_kwh_ratio": k,
            "converted_m3": table["converted_m3"].to_numpy(),
        },
        unsure=unsure,
    )


RULES = (
    Rule("power.approved_kwh", approved_kwh, subjects=("accounts", "wells"), needs=("wells", "readings")),
    Rule("power.water_mismatch", water_mismatch, subjects=("wells",), needs=("wells", "readings")),
    Rule(
        "power.converted",
        converted,
        subjects=("wells",),
        needs=("wells", "readings"),
        parameters=(
            Parameter("uses", "texts", one_of=words("use"), default=IRRIGATION),
            Parameter("minimum", "number"),
            Parameter("maximum", "number"),
        ),
    ),
)
