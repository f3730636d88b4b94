"""Energy and metered water of each well and period, from readings and accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ..register import Register
from ..register.readings import UNREAD_MONTH, told_readings
from .accounts import account_links, rows_of, shared_accounts

_MONTHS = 13
"""Periods of a year: 0 is the whole year."""


@dataclass(frozen=True)
class EnergyPeriods:
    """What was read.

    Attributes:
        frame: one row per well and period, sorted: ``well`` (row in wells), ``year``, ``month`` (0: a figure for the
            whole year), ``volume_m3`` and ``energy_kwh`` (NaN: no figure, or one that cannot be used).
        shared: accounts that feed several wells and have readings: ``account_no``, ``n_wells``, ``energy_kwh`` (what
            was read on the account as a whole), ``state``: ``own`` (each well has its own readings), ``split`` (by
            the shares supplied) or ``unsplit`` (no usable shares: the energy is nobody's).
        unknown: readings that name no known well: ``name``, ``n_readings``, ``energy_kwh``.
        by_account: ``account_no``, ``year``, ``energy_kwh``, ``n_months``: what was read on each account, a figure for
            the whole year (twelve months) before the sum of the months. A reading without an account is its well's one
            account's.
        unvouched: ``well``, ``year``, ``n_readings``, ``energy_kwh``: energy above zero without a voucher number.
        repeated: ``well``, ``year``, ``n_readings``: readings that say the same thing twice (one well, period, account,
            voucher and day of record).
        vouchers: whether any reading has a voucher number.
    """

    frame: pd.DataFrame
    shared: pd.DataFrame
    unknown: pd.DataFrame
    by_account: pd.DataFrame
    unvouched: pd.DataFrame
    repeated: pd.DataFrame
    vouchers: bool


def energy_periods(register: Register, as_of: date) -> EnergyPeriods:
    """Bring the readings up to ``as_of`` to one row per well and period.

    A reading is its well's. Where it names only an account, it is that account's one well's. Where an account feeds
    several wells and its readings name none or always the same one, they are of the account as a whole: energy is
    divided by ``account_wells.share_ratio`` and otherwise given to nobody. (Division by rated power, the usual
    fallback, needs a field that the register does not have.)

    Figures of one well and period on several accounts or vouchers are added up; of versions of one figure the latest
    ``as_of`` counts, of two with the same day the larger.
    """
    readings = register.get("readings")
    if readings is None or readings.empty:
        return EnergyPeriods(_rows([], [], [], [], []), *_nothing(), False)
    accounts, names = pd.factorize(readings["account_no"])
    table, repeated = _latest(_read(register, accounts, as_of), readings)
    links = account_links(register)
    table, unknown = _by_account(table, links, readings)
    names = np.asarray(names, dtype=object)
    by_account = _per_account(table, links, names)
    unvouched = _unvouched(table)
    table, shared = _divide(table, links, names)
    vouchers = bool(readings["voucher_no"].notna().any())
    return EnergyPeriods(_per_period(table), shared, unknown, by_account, unvouched, repeated, vouchers)


def _read(register: Register, accounts: np.ndarray, as_of: date) -> pd.DataFrame:
    """The readings of periods that have begun."""
    readings = register["readings"]
    told = told_readings(readings, register, as_of)
    table = pd.DataFrame(
        {
            "well": rows_of(register["wells"]["well_id"], readings["well_id"]),
            "year": told["year"].to_numpy("int16"),
            "month": told["month"].to_numpy("int8"),
            "volume_m3": told["volume_m3"],
            "energy_kwh": told["energy_kwh"],
            "account": accounts.astype("int32"),
            "voucher": readings["voucher_no"].notna().to_numpy(),
            "reading": np.arange(len(readings)),
        }
    )
    timed = (told["begun"] & (told["month"] != UNREAD_MONTH)).to_numpy()
    return table if timed.all() else table[timed]


def _latest(table: pd.DataFrame, readings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per well, period, account and voucher, and what was said twice."""
    named = (table["well"] >= 0).to_numpy()
    twice = pd.Series(_key(table)).duplicated(keep=False).to_numpy() | ~named
    if not twice.any():
        return table, _nothing()[-1]
    again = table[twice].copy()
    rows = again["reading"].to_numpy()
    again["name"] = pd.factorize(readings["well_id"].to_numpy(dtype=object)[rows])[0]
    again["number"] = pd.factorize(readings["voucher_no"].to_numpy(dtype=object)[rows])[0]
    again["day"] = readings["as_of"].to_numpy(dtype="datetime64[ns]")[rows]
    order = ["name", "well", "year", "month", "account", "number"]
    same = again[(again.duplicated([*order, "day"], keep=False) & (again["well"] >= 0)).to_numpy()]
    repeated = same.groupby(["well", "year"], sort=True).size().rename("n_readings").reset_index()
    by = [*order, "day", "volume_m3", "energy_kwh"]
    again = again.sort_values(by, na_position="first", kind="stable").drop_duplicates(order, keep="last")
    return pd.concat([table[~twice], again[table.columns]], ignore_index=True), repeated


def _per_account(table: pd.DataFrame, links: pd.DataFrame, names: np.ndarray) -> pd.DataFrame:
    """Energy of each account and year."""
    known = links[links["well"] >= 0]
    alone = known[~known["well"].duplicated(keep=False)]
    every = pd.Index(pd.unique(np.concatenate([names, known["account_no"].to_numpy(dtype=object)])))
    size = int(max(table["well"].max(), known["well"].max() if len(known) else 0, 0)) + 1
    of_well = np.full(size + 1, -1, dtype="int64")
    of_well[alone["well"]] = every.get_indexer(alone["account_no"])
    code = np.where(table["account"] >= 0, table["account"], of_well[table["well"].to_numpy()])
    given = (code >= 0) & table["energy_kwh"].notna().to_numpy()
    rows = table[given]
    key = code[given] * 10_000 + rows["year"].to_numpy(dtype="int64")
    key, place = np.unique(key, return_inverse=True)
    yearly, energy = (rows["month"] == 0).to_numpy(), rows["energy_kwh"].to_numpy()
    told = np.bincount(place[yearly], minlength=len(key)) > 0
    by_year = np.bincount(place[yearly], energy[yearly], len(key))
    by_month = np.bincount(place[~yearly], energy[~yearly], len(key))
    month = np.unique(place * _MONTHS + rows["month"].to_numpy(dtype="int64")) // _MONTHS
    return pd.DataFrame(
        {
            "account_no": np.asarray(every, dtype=object)[key // 10_000],
            "year": key % 10_000,
            "energy_kwh": np.where(told, by_year, by_month),
            "n_months": np.where(told, 12, np.bincount(month, minlength=len(key))),
        }
    )


def _unvouched(table: pd.DataFrame) -> pd.DataFrame:
    """Readings of energy above zero without a voucher, per well and year."""
    rows = table[((table["energy_kwh"] > 0) & ~table["voucher"] & (table["well"] >= 0)).to_numpy()]
    groups = rows.groupby(["well", "year"], sort=True)["energy_kwh"]
    return groups.agg(["size", "sum"]).reset_index().set_axis(_nothing()[-2].columns, axis=1)


def _by_account(
    table: pd.DataFrame, links: pd.DataFrame, readings: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Readings without a well go to the one well of their account; what is left is told."""
    lost = (table["well"] < 0).to_numpy()
    if not lost.any():
        return table, _no_unknown()
    names = readings["account_no"].to_numpy(dtype=object)[table["reading"].to_numpy()[lost]]
    ids = readings["well_id"].to_numpy(dtype=object)[table["reading"].to_numpy()[lost]]
    known = links[links["well"] >= 0]
    alone = known[~known["account_no"].duplicated(keep=False)]
    index = pd.Index(alone["account_no"].to_numpy(dtype=object))
    hit = index.get_indexer(names)
    found = np.where(hit >= 0, alone["well"].to_numpy()[hit] if len(alone) else -1, -1)
    found[pd.notna(ids)] = -1  # a well that the register does not know is not another one
    table = table.copy()
    table.loc[lost, "well"] = found
    of_shared = pd.Series(names, dtype=object).isin(known["account_no"]).to_numpy() & pd.isna(ids)
    left = (found < 0) & ~of_shared
    told = pd.Series(np.where(pd.notna(ids), ids, names), dtype=object)[left].fillna("")
    energy = table.loc[lost, "energy_kwh"].to_numpy()[left]
    unknown = pd.DataFrame({"name": told.to_numpy(), "energy_kwh": energy}).groupby("name", sort=True)
    summed = unknown["energy_kwh"].agg(["size", "sum"]).reset_index()
    keep = np.ones(len(table), dtype=bool)
    keep[np.flatnonzero(lost)[left]] = False
    return table[keep], summed.set_axis(["name", "n_readings", "energy_kwh"], axis=1)


def _divide(table: pd.DataFrame, links: pd.DataFrame, names: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Energy read on an account as a whole goes to the account's wells by their shares, or to nobody.

    Args:
        names: account numbers by the code in ``table["account"]``; -1 is none.
    """
    sharing = shared_accounts(links)
    number = np.full(len(names) + 1, -1, dtype="int64")
    number[:-1] = sharing.index.get_indexer(names) if len(sharing) else -1
    of = number[table["account"].to_numpy()]
    if not (of >= 0).any():
        return table[(table["well"] >= 0).to_numpy()], _no_shared()
    whole, state = _read_as_a_whole(table, of, sharing, links)
    energy = table["energy_kwh"].to_numpy()
    parts = links[links["well"] >= 0].assign(of=lambda rows: sharing.index.get_indexer(rows["account_no"]))
    parts = parts[(parts["of"] >= 0) & (state[parts["of"]] == "split")]
    moved = table[whole].assign(of=of[whole], volume_m3=np.nan).drop(columns="well")
    moved = moved.merge(parts[["of", "well", "share_ratio"]], on="of")
    moved["energy_kwh"] *= moved["share_ratio"]
    stays = table.assign(energy_kwh=np.where(whole, np.nan, energy))[(table["well"] >= 0).to_numpy()]
    shared = sharing.reset_index()[["account_no", "n_wells"]].assign(
        energy_kwh=np.bincount(of[whole], np.nan_to_num(energy[whole]), len(sharing)), state=state
    )
    return pd.concat([stays, moved[table.columns]], ignore_index=True), shared[state != ""]


def _read_as_a_whole(
    table: pd.DataFrame, of: np.ndarray, sharing: pd.DataFrame, links: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Which readings are of an account as a whole, and what becomes of each shared account."""
    well = table["well"].to_numpy()
    named = (of >= 0) & (well >= 0)
    pairs = pd.DataFrame({"of": of[named], "well": well[named]}).drop_duplicates()
    linked = pd.MultiIndex.from_frame(links[["account_no", "well"]])
    known = pd.MultiIndex.from_arrays([sharing.index[pairs["of"]], pairs["well"]]).isin(linked)
    size = len(sharing)
    n_named = np.bincount(pairs["of"], np.where(known, 1, 2), size)  # another account's well reads for itself
    n_read = np.bincount(of[of >= 0], minlength=size)
    n_unnamed = np.bincount(of[(of >= 0) & (well < 0)], minlength=size)
    together = (n_named <= 1) & (n_read > 0)
    state = np.where(together, np.where(sharing["divisible"], "split", "unsplit"), "own").astype(object)
    state[~together & (n_unnamed > 0)] = "unsplit"
    state[n_read == 0] = ""
    return (of >= 0) & (together[of] | (well < 0)), state


def _per_period(table: pd.DataFrame) -> pd.DataFrame:
    """Sums per well and period, sorted."""
    keys = _key(table)
    if len(keys) and not (np.diff(keys) > 0).all():
        table = table.iloc[np.argsort(keys, kind="stable")]
        keys = np.sort(keys, kind="stable")
    columns = [table[name].to_numpy() for name in ("well", "year", "month", "volume_m3", "energy_kwh")]
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.array([], dtype="int64")
    if len(first) == len(keys):
        return _rows(*columns)
    return _rows(
        *(column[first] for column in columns[:3]), *(_sums(column, first) for column in columns[3:])
    )


def _sums(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Sum of each run of rows; NaN where none of them has a value."""
    given = ~np.isnan(values)
    total = np.add.reduceat(np.where(given, values, 0.0), first)
    return np.where(np.logical_or.reduceat(given, first), total, np.nan)


def _key(table: pd.DataFrame) -> np.ndarray:
    """One whole number per well, year and month, in that order."""
    well, year = table["well"].to_numpy(dtype="int64"), table["year"].to_numpy(dtype="int64")
    return (well * 10_000 + year) * _MONTHS + table["month"].to_numpy(dtype="int64")


def _rows(well, year, month, volume, energy) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "well": np.asarray(well, dtype="int64"),
            "year": np.asarray(year, dtype="int16"),
            "month": np.asarray(month, dtype="int8"),
            "volume_m3": np.asarray(volume, dtype="float64"),
            "energy_kwh": np.asarray(energy, dtype="float64"),
        }
    )


def _no_shared() -> pd.DataFrame:
    return pd.DataFrame({"account_no": [], "n_wells": [], "energy_kwh": [], "state": []})


def _no_unknown() -> pd.DataFrame:
    return pd.DataFrame({"name": [], "n_readings": [], "energy_kwh": []})


def _nothing() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The tables beside the periods, without rows."""
    return (
        _no_shared(),
        _no_unknown(),
        pd.DataFrame({"account_no": [], "year": [], "energy_kwh": [], "n_months": []}),
        pd.DataFrame({"well": [], "year": [], "n_readings": [], "energy_kwh": []}),
        pd.DataFrame({"well": [], "year": [], "n_readings": []}),
    )
