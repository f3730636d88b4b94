"""Water users by year: what they used, by record or through their wells, and what they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .work import wells_at_work

if TYPE_CHECKING:
    from ..scene import Scene
    from .amounts import Amounts

UNCONVENTIONAL = ("unconventional", "reclaimed", "dewatering")
"""Sources that are planned and counted apart from the water that a plan limits."""

COLUMNS = ("user_id", "year", "use", "plan", "quota", "state", "estimated")


def user_years(scene: Scene, amounts: Amounts) -> pd.DataFrame:
    """Use, plan and quota of each user and year, unconventional water left out.

    Returns:
        ``user_id`` ``year`` ``use`` ``plan`` ``quota`` (m³, NaN where not known) ``state`` (closed or open)
        ``estimated`` (the use rests on electricity). The use is the recorded one, else the sum of the user's wells,
        each with its share: open while one of the wells at work has no reading of the whole year, not known while a
        well of several users has no shares. Of several plans of a year the last that is effective counts.
    """
    recorded = _measure(scene, amounts, "use").rename(columns={"value": "recorded"})
    table = recorded.merge(_through_wells(scene, amounts), on=["user_id", "year"], how="outer")
    for name in ("plan", "quota"):
        figures = _measure(scene, amounts, name).rename(columns={"value": name})[["user_id", "year", name]]
        table = table.merge(figures, on=["user_id", "year"], how="outer")
    told = table["recorded"].notna()
    table["use"] = table["recorded"].where(told, table["summed"])
    table["estimated"] = table["estimated"].eq(True) & ~told
    closed = amounts.year_state(table["year"], table["as_of"]) == "closed"
    table["state"] = np.where(closed & (told | ~table["partial"].eq(True)), "closed", "open").astype(object)
    return table.sort_values(["user_id", "year"], kind="stable").reset_index(drop=True)[list(COLUMNS)]


def well_users(scene: Scene) -> pd.DataFrame:
    """Who uses which well: ``well`` (row), ``user_id``, ``share`` (NaN: several users, no shares).

    The rows of WELL_USERS; a well without any has the user recorded on it.
    """
    wells, links = scene.frame("wells"), scene.frame("well_users")
    row = np.asarray(scene.rows_of("wells", links["well_id"]), dtype="int64")
    told = pd.DataFrame({"well": row, "user_id": links["user_id"], "share": links["share_ratio"]})
    told = told[((told["well"] >= 0) & told["user_id"].notna()).to_numpy()]
    own = np.flatnonzero(wells["user_id"].notna() & ~np.isin(np.arange(len(wells)), told["well"]))
    own = pd.DataFrame(
        {"well": own, "user_id": wells["user_id"].to_numpy(dtype=object)[own], "share": np.nan}
    )
    links = pd.concat([part for part in (told, own) if len(part)] or [told], ignore_index=True)
    links = links.astype({"well": "int64", "share": "float64", "user_id": object})
    alone = links.groupby("well")["user_id"].transform("size") == 1
    links["share"] = links["share"].where(links["share"].notna() | ~alone, 1.0)
    return links.sort_values(["well", "user_id"], kind="stable").reset_index(drop=True)


def _measure(scene: Scene, amounts: Amounts, measure: str) -> pd.DataFrame:
    """``user_id`` ``year`` ``value`` ``as_of``: of each source the last figure that is effective; the one for all
    sources together where there is one, else the sum."""
    table = amounts.indices(measure, "users")
    late = table["effective_from"] > pd.Timestamp(scene.as_of)
    table = table[~(late | table["source"].isin(UNCONVENTIONAL)).to_numpy(bool)]
    table = table.assign(
        source=table["source"].replace("total", ""),
        reach=pd.to_datetime(table["as_of"]).fillna(pd.Timestamp.max),
    )
    keys = ["subject_id", "year", "source"]
    order = [*keys, "effective_from", "version", "reach", "value"]
    last = table.sort_values(order, kind="stable", na_position="first").drop_duplicates(keys, keep="last")
    whole = (last["source"] == "").groupby([last["subject_id"], last["year"]]).transform("any")
    last = last[((last["source"] == "") | ~whole).to_numpy(bool)]
    grouped = last.groupby(["subject_id", "year"], sort=True)
    sums = pd.DataFrame({"value": grouped["value"].sum(), "as_of": grouped["as_of"].min()}).reset_index()
    return sums.rename(columns={"subject_id": "user_id"})


def _through_wells(scene: Scene, amounts: Amounts) -> pd.DataFrame:
    """``user_id`` ``year`` ``summed`` ``estimated`` ``partial`` of the users' wells."""
    links = well_users(scene)
    joined = amounts.well_years.merge(links, on="well")
    factor = scene.frame("wells")["m3_per_kwh_ratio"].to_numpy("float64")[joined["well"]]
    estimate = joined["energy_kwh"] * factor
    unread = joined["volume_m3"].isna() & estimate.notna()
    volume = joined["volume_m3"].where(~unread, estimate)
    joined["summed"] = volume * joined["share"]
    joined["shared"] = volume.notna() & joined["share"].isna()
    joined["estimated"], joined["partial"] = unread, ~joined["whole"].eq(True) & ~unread
    grouped = joined.groupby(["user_id", "year"])
    table = pd.DataFrame(
        {
            "summed": grouped["summed"].sum(min_count=1).where(~grouped["shared"].any()),
            "estimated": grouped["estimated"].any(),
            "partial": grouped["partial"].any(),
            "n_read": grouped["well"].nunique(),
        }
    ).reset_index()
    table["partial"] |= table["n_read"] < _wells_at_work(scene, links, table)
    return table.drop(columns="n_read")


def _wells_at_work(scene: Scene, links: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """How many wells of each user could take water in each year."""
    if not len(table):
        return np.zeros(0, dtype="int64")
    years = np.sort(table["year"].unique())
    at_work = wells_at_work(scene, years)[links["well"].to_numpy("int64")]
    codes, users = pd.factorize(links["user_id"])
    counts = np.array([np.bincount(codes[column], minlength=len(users)) for column in at_work.T])
    row = pd.Index(users).get_indexer(table["user_id"])
    return counts[np.searchsorted(years, table["year"]), row]
