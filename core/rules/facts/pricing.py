"""Prices and fees of a register: which figure applies where, for whom and in which year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .amounts import base_units

if TYPE_CHECKING:
    from ..scene import Scene

PER_M3 = "yuan/m3"
YUAN = "yuan"
ANY_YEAR = -1
"""Year of a figure that holds whatever the year."""


def price_rows(scene: Scene, kinds: Iterable[str], unit: str = PER_M3) -> pd.DataFrame:
    """Rows of PRICES of some kinds: ``kind`` ``place`` (unit as the policy calls it, the text where it names none, ""
    where empty) ``sector`` ("" where empty) ``year`` (``ANY_YEAR`` where empty) ``value`` (in ``unit``; NaN where it is
    empty, negative or in another unit) ``source`` (row id)."""
    prices = scene.frame("prices")
    value, found = base_units(prices["value"], prices["unit"])
    sector, place = prices["sector"].astype(object), prices["unit_id"].astype(object)
    table = pd.DataFrame(
        {
            "kind": prices["kind"].astype(object),
            "place": np.asarray(scene.unit_key(place.where(place.notna(), "")), dtype=object),
            "sector": sector.where(sector.notna(), ""),
            "year": prices["year"].to_numpy(dtype="float64", na_value=ANY_YEAR).astype("int64"),
            "value": np.where((found == unit) & (value >= 0), value, np.nan),
            "source": prices["row_id"].astype(object),
        }
    )
    return table[table["kind"].isin(list(kinds))].reset_index(drop=True)


def nearest(
    told: pd.DataFrame, places: Sequence[np.ndarray], sector: np.ndarray, year: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The figure that applies to each row, where it stands, and whether it names no sector while the row does.

    It is that of the first of ``places`` that has one (a place "" in any but the last array has none), there that of
    the row's sector before one without, that of its year before one without.
    A figure that is there and cannot be read is not passed over: the value stays empty.

    Args:
        told: ``place`` ``sector`` ``year`` ``value`` ``source``; of equal rows the one with the smallest source.
    """
    value, source = np.full(len(year), np.nan), np.full(len(year), "", dtype=object)
    general = np.zeros(len(year), dtype=bool)
    told = told.sort_values("source", kind="stable").drop_duplicates(["place", "sector", "year"])
    if not len(told) or not len(year):
        return value, source, general
    index = told.set_index(["place", "sector", "year"])[["value", "source"]]
    settled = np.zeros(len(year), dtype=bool)
    none, ever = np.full(len(year), "", dtype=object), np.full(len(year), ANY_YEAR)
    for number, kind, when in product(range(len(places)), (sector, none), (year, ever)):
        found = index.reindex(pd.MultiIndex.from_arrays([places[number], kind, when]))
        fits = ~settled & found["source"].notna().to_numpy()
        if number < len(places) - 1:
            fits &= places[number] != ""
        settled |= fits
        general |= fits & (kind is none) & (sector != "")
        value[fits] = found["value"].to_numpy()[fits]
        source[fits] = found["source"].to_numpy(dtype=object)[fits]
    return value, source, general


def price_units(
    scene: Scene,
    kinds: Mapping[str, str],
    sectors: Iterable[str] | None,
    years: Mapping[str, int],
) -> pd.DataFrame:
    """Prices of units side by side, one row per unit, year and sector with any of them.

    Asked are the counties of the document and every other unit of its own that a price names. The first of ``kinds`` is
    what is judged: it has to be the unit's own; the others may be those of the unit above it. A figure without a
    sector is taken for all sectors, marked; one without a unit belongs to the document's county where it has just
    one. Other figures without a unit, without a year or without a kind are not used, and everything is marked.

    Args:
        kinds: name of a column, and the kind of price in it.
        sectors: only these, and prices without a sector; None takes all.
        years: columns whose figure is that of one year, whatever the year of the others.

    Returns:
        ``id`` (unit) ``period`` (year as text, "" for none) ``sector``, a column per name of ``kinds`` (yuan/m³, NaN
        where not known), ``rows`` (list of the price ids used), ``general`` (bool: the sector of one of them is
        not recorded), ``loose`` (bool: a figure that may belong here could not be used); sorted by unit, year, sector.
    """
    told = price_rows(scene, kinds.values())
    if sectors is not None:
        told = told[told["sector"].isin(["", *sectors])]
    ids = _asked(scene, told["place"])
    if len(ids) == 1:
        told = told.assign(place=told["place"].where(told["place"] != "", ids[0]))
    usable = (told["place"] != "") & (told["year"] != ANY_YEAR)
    loose = not usable.all() or _nameless(scene, PER_M3)
    told = told[usable]
    above = {one: (one, *(up for up in scene.book.ancestors(one) if up != one)) for one in ids}
    of_year = told[~told["kind"].isin([kinds[name] for name in years])]
    frame = _combinations(ids, above, of_year)
    sector = frame["sector"].to_numpy(dtype=object)
    sources, general = [], (sector == "") & (sectors is not None)
    for number, (name, kind) in enumerate(kinds.items()):
        depth = 1 if number == 0 else max(map(len, above.values()), default=1)
        places = [
            np.array([above[one][up] if up < len(above[one]) else "" for one in frame["id"]], dtype=object)
            for up in range(depth)
        ]
        year = np.full(len(frame), years[name]) if name in years else frame["year"].to_numpy("int64")
        frame[name], source, unsaid = nearest(told[told["kind"] == kind], places, sector, year)
        sources.append(source)
        general = general | unsaid
    frame["general"], frame["loose"] = general, loose
    frame["rows"] = pd.Series(
        [[one for one in row if one] for row in zip(*sources, strict=True)], index=frame.index, dtype=object
    )
    frame["period"] = frame["year"].astype(str).where(frame["year"] != ANY_YEAR, "").astype(object)
    return frame


def worst_of_unit(table: pd.DataFrame, order: Sequence[str], by: str) -> pd.DataFrame:
    """One row per unit and period: the first ``case`` in ``order``, there the smallest ``by``, the first sector."""
    rank = table["case"].map({case: place for place, case in enumerate(order)})
    ordered = table.assign(_rank=rank).sort_values(["id", "period", "_rank", by, "sector"], kind="stable")
    return ordered.drop_duplicates(["id", "period"]).drop(columns="_rank").reset_index(drop=True)


def fee_accounts(scene: Scene) -> dict[str, pd.DataFrame]:
    """Fees due and paid by role of whom they concern (``users``, ``units``), one row per subject and year.

    Returns:
        Per role ``id``, ``row`` (of the users; -1 for units), ``period`` (year as text, "" for none), ``due``, ``paid``
        (yuan, NaN: not recorded, or a part of it cannot be read), ``state`` (closed or open), ``rows`` (list of ids),
        ``loose`` (bool: some sum in the register may be due here, but its kind, unit or year is not recorded).
        Where fees of users are recorded, every user has a row in every year of them.
    """
    told = price_rows(scene, ("fee_due", "fee_paid"), YUAN)
    loose = _loose(scene, told)
    raw = scene.frame("prices").set_index("row_id")["unit_id"].reindex(told["source"])
    user = np.asarray(scene.rows_of("users", raw), dtype="int64")
    of_user = user >= 0
    if (told["place"] != "").any():
        told, user = told[told["place"] != ""], user[(told["place"] != "").to_numpy()]
        of_user = user >= 0
    told = told.assign(row=user)
    users = scene.frame("users")["row_id"].to_numpy(dtype=object)
    told["id"] = told["place"].where(told["place"] != "", scene.city)
    told.loc[of_user, "id"] = users[user[of_user]]
    accounts = {}
    if of_user.any():
        years = np.sort(told.loc[of_user, "year"].unique())
        every = pd.MultiIndex.from_product([users, years], names=["id", "year"])
        accounts["users"] = _account(scene, told[of_user], every)
        accounts["users"]["row"] = np.repeat(np.arange(len(users)), len(years))
    rest = told[~of_user]
    if len(rest) or not of_user.any():
        keys = rest[["id", "year"]].drop_duplicates().sort_values(["id", "year"], kind="stable")
        if not len(keys):
            keys = pd.DataFrame({"id": [scene.city], "year": [ANY_YEAR]})
        accounts["units"] = _account(scene, rest, pd.MultiIndex.from_frame(keys))
    return {role: table.assign(loose=loose) for role, table in accounts.items()}


def _loose(scene: Scene, told: pd.DataFrame) -> bool:
    """Whether a sum in yuan stands in PRICES of which nobody says what it is, or a fee due of which nobody says whose
    or of which year, beside fees of which it is said."""
    due = told[told["kind"] == "fee_due"]
    of_nobody = (due["place"] == "").any() and (told["place"] != "").any()
    of_no_year = (due["year"] == ANY_YEAR).any() and (told["year"] != ANY_YEAR).any()
    return bool(_nameless(scene, YUAN) or of_nobody or of_no_year)


def _nameless(scene: Scene, unit: str) -> bool:
    """Whether a figure in ``unit`` stands in PRICES whose kind is not recorded."""
    prices = scene.frame("prices")
    return bool((prices["kind"].isna() & (base_units(prices["value"], prices["unit"])[1] == unit)).any())


def _account(scene: Scene, told: pd.DataFrame, index: pd.MultiIndex) -> pd.DataFrame:
    frame = pd.DataFrame(index=index)
    for name, kind in (("due", "fee_due"), ("paid", "fee_paid")):
        grouped = told[told["kind"] == kind].groupby(["id", "year"])["value"]
        total = grouped.sum(min_count=1).where(grouped.count() == grouped.size())
        frame[name] = total.reindex(index).astype("float64")
    rows = told.groupby(["id", "year"])["source"].agg(sorted).reindex(index)
    frame["rows"] = pd.Series(
        [one if isinstance(one, list) else [] for one in rows], index=index, dtype=object
    )
    frame = frame.reset_index()
    frame["row"] = -1
    dated = (frame["year"] != ANY_YEAR).to_numpy()
    frame["state"] = "closed"
    frame.loc[dated, "state"] = scene.amounts.year_state(frame.loc[dated, "year"])
    frame["period"] = frame["year"].astype(str).where(dated, "").astype(object)
    return frame


def _asked(scene: Scene, named: pd.Series) -> list[str]:
    units = scene.unit_table
    counties = units.loc[units["level"] == "county", "unit_id"]
    known = set(units["unit_id"])
    wanted = {one for one in counties if scene.book.covered(one)}
    wanted |= {
        one for one in named.unique() if one in known and one != scene.city and scene.book.covered(one)
    }
    return sorted(wanted) or [scene.city]


def _combinations(ids: list[str], above: Mapping[str, tuple], told: pd.DataFrame) -> pd.DataFrame:
    """Years and sectors in which each unit has a figure; figures that hold for all make a row only where alone."""
    chain = pd.DataFrame(
        [(one, place) for one in ids for place in dict.fromkeys(above[one])], columns=["id", "place"]
    )
    pairs = chain.merge(told[["place", "year", "sector"]].drop_duplicates(), on="place")
    pairs = pairs[["id", "year", "sector"]].drop_duplicates()
    sorted_out = pairs["sector"].ne("").groupby([pairs["id"], pairs["year"]]).transform("any").astype(bool)
    pairs = pairs[(pairs["sector"] != "") | ~sorted_out]
    missing = pd.DataFrame(
        {"id": [one for one in ids if one not in set(pairs["id"])], "year": ANY_YEAR, "sector": ""}
    )
    both = pd.concat([part for part in (pairs, missing) if len(part)] or [missing], ignore_index=True)
    return (
        both.astype({"year": "int64"})
        .sort_values(["id", "year", "sector"], kind="stable")
        .reset_index(drop=True)
    )
