"""What goes into a user's bill: use, plan and quota by year, the place of the user, and the charging standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .allotments import well_users
from .pricing import PER_M3, nearest, price_rows
from .yearbook import last_full_year

if TYPE_CHECKING:
    from ..scene import Scene

RATE = "base_rate"


def user_years(scene: Scene, year: int | None = None) -> pd.DataFrame:
    """Everything about each user and year that a charge rests on.

    The years are those with a use, plan or quota of the user; a user with none at all has one row, the last full
    year, so that nobody drops out. Users outside the jurisdiction are kept (``in_scope`` False).

    Args:
        year: only this one.

    Returns:
        ``row`` (of the users) ``user_id`` ``year`` ``county_id`` ``township_id`` ``sector`` ``use`` ``plan`` ``quota``
        (m³) ``state`` (closed or open) ``estimated`` ``unshared`` ``rate`` (yuan/m³) ``rate_source`` (id of the row of
        PRICES or INDICES); sorted by row and year.
    """
    users, table = scene.frame("users"), scene.amounts.user_years
    row = np.asarray(scene.rows_of("users", table["user_id"]), dtype="int64")
    table = table.assign(row=row)[row >= 0]
    table = table[table[["use", "plan", "quota"]].notna().any(axis=1)]
    if year is not None:
        table = table[table["year"] == year]
    blank = np.setdiff1d(np.arange(len(users)), table["row"])
    told = last_full_year(scene) if year is None else year
    state = scene.amounts.year_state(pd.Series([told]))[0]
    rest = pd.DataFrame({"row": blank, "year": told, "state": state, "estimated": False, "unshared": False})
    rest = rest.reindex(columns=["row", "year", "use", "plan", "quota", "state", "estimated", "unshared"])
    parts = [part for part in (table[rest.columns], rest) if len(part)]
    frame = pd.concat(parts or [rest], ignore_index=True).sort_values(["row", "year"], kind="stable")
    frame = frame.astype({"row": "int64", "year": "int64", "use": float, "plan": float, "quota": float})
    frame = frame.astype({"estimated": bool, "unshared": bool}).reset_index(drop=True)
    of_user = frame["row"].to_numpy()
    frame["user_id"] = users["row_id"].to_numpy(dtype=object)[of_user]
    sector = users["sector"].astype(object)
    frame["sector"] = sector.where(sector.notna(), "").to_numpy()[of_user]
    county, township = user_places(scene)
    frame["county_id"], frame["township_id"] = county[of_user], township[of_user]
    frame["in_scope"] = scene.unit_subjects(county[of_user]).in_scope
    _put_rates(scene, frame, users["user_id"].to_numpy(dtype=object)[of_user])
    return frame


def user_places(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """County and township of each user, "" where not known: the county as recorded, else of its wells; the township in
    which most of its wells lie (of equal ones the smallest id), of those in its county."""
    ids = scene.frame("users")["user_id"]
    links = well_users(scene)
    well = links["well"].to_numpy("int64")
    county = np.asarray(scene.unit_at("users", "county"), dtype=object)
    of_wells = _most(ids, links["user_id"], np.asarray(scene.unit_at("wells", "county"), dtype=object)[well])
    county = np.where(county == "", of_wells, county).astype(object)
    township = np.asarray(scene.unit_at("wells", "township"), dtype=object)[well]
    above = {unit: scene.book.ancestors(unit) for unit in pd.unique(township) if unit}
    home = links["user_id"].map(dict(zip(ids, county, strict=True))).fillna("")
    known = set(scene.unit_table["unit_id"])
    outside = [
        bool(unit and here and here in known and above[unit] and here not in above[unit])
        for unit, here in zip(township, home, strict=True)
    ]
    return county, _most(ids, links["user_id"], np.where(outside, "", township))


def _most(ids: pd.Series, user: pd.Series, unit: np.ndarray) -> np.ndarray:
    pairs = pd.DataFrame({"user": user.to_numpy(dtype=object), "unit": unit})
    counts = pairs[pairs["unit"] != ""].value_counts(["user", "unit"]).rename("n").reset_index()
    counts = counts.sort_values(["n", "unit"], ascending=[False, True], kind="stable")
    first = counts.drop_duplicates("user").set_index("user")["unit"]
    return ids.map(first).fillna("").to_numpy(dtype=object)


def _put_rates(scene: Scene, frame: pd.DataFrame, user: np.ndarray) -> None:
    """The charging standard of each row: the user's own, else that of the nearest unit, sector before none, the year
    before none; of equally near ones the one with the smallest id."""
    told = pd.concat([_prices(scene), _indexed(scene)], ignore_index=True)
    places = [
        _user_key(pd.Series(user, dtype=object)).to_numpy(dtype=object),
        frame["township_id"].to_numpy(dtype=object),
        frame["county_id"].to_numpy(dtype=object),
        np.full(len(frame), scene.city, dtype=object),
        np.full(len(frame), "", dtype=object),
    ]
    sector, year = frame["sector"].to_numpy(dtype=object), frame["year"].to_numpy()
    frame["rate"], frame["rate_source"], _ = nearest(told, places, sector, year)


def _user_key(ids: pd.Series) -> pd.Series:
    """Users and units share a column of places: users are told apart by a mark that no id can hold."""
    return ";" + ids.astype(object).where(ids.notna(), "")


def _prices(scene: Scene) -> pd.DataFrame:
    return price_rows(scene, (RATE,)).drop(columns="kind")


def _indexed(scene: Scene) -> pd.DataFrame:
    tables = []
    for role in ("users", "units"):
        rows = scene.amounts.indices(RATE, role)
        rows = rows[(rows["unit"] == PER_M3) & (rows["value"] >= 0)]
        place = _user_key(rows["subject_id"]) if role == "users" else rows["subject_id"]
        tables.append(
            pd.DataFrame(
                {
                    "place": place,
                    "sector": rows["sector"],
                    "year": rows["year"],
                    "value": rows["value"],
                    "source": rows["row_id"],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
