"""Water users by year: what they used, by record or through their wells, and what they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .energy_facts import counted_years
from .work import wells_at_work

if TYPE_CHECKING:
    from ..scene import Scene
    from .amounts import Amounts

UNCONVENTIONAL = ("unconventional", "reclaimed", "dewatering")
"""Sources that are planned and counted apart from the water that a plan limits."""

COLUMNS = ("user_id", "year", "use", "plan", "quota", "state", "estimated", "unshared")
SHARE_TOLERANCE = 1e-6
"""How far the shares of one well may be from 1 in sum."""


def user_years(scene: Scene, amounts: Amounts) -> pd.DataFrame:
    """Use, plan and quota of each user and year, unconventional water left out.

    Returns:
        ``user_id`` ``year`` ``use`` ``plan`` ``quota`` (m³, NaN where not known) ``state`` (closed or open)
        ``estimated`` (the use rests on electricity) ``unshared`` (it is not known for want of shares). The use is the
        recorded one, else the sum of the user's wells, each with its share: open while one of the wells at work is not
        told for the whole year, by meter or by energy that converts (``power_to_water``); not known while a well has
        users without shares, or shares that do not add up to 1. Of several plans of a year the last that is effective
        counts.
    """
    recorded = _measure(scene, amounts, "use").rename(columns={"value": "recorded"})
    table = recorded.merge(_through_wells(scene, amounts), on=["user_id", "year"], how="outer")
    for name in ("plan", "quota"):
        figures = _measure(scene, amounts, name).rename(columns={"value": name})[["user_id", "year", name]]
        table = table.merge(figures, on=["user_id", "year"], how="outer")
    told = table["recorded"].notna()
    table["use"] = table["recorded"].where(told, table["summed"])
    table["estimated"] = table["estimated"].eq(True) & ~told
    table["unshared"] = table["unshared"].eq(True) & ~told
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
    sources together where there is one, else the sum, not known while the figure of a source cannot be used."""
    table = amounts.indices(measure, "users", unusable=True)
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
    grouped = last.assign(lost=last["value"].isna()).groupby(["subject_id", "year"], sort=True)
    value = grouped["value"].sum().where(~grouped["lost"].any())
    sums = pd.DataFrame({"value": value, "as_of": grouped["as_of"].min()}).reset_index()
    return sums.rename(columns={"subject_id": "user_id"})


def _through_wells(scene: Scene, amounts: Amounts) -> pd.DataFrame:
    """``user_id`` ``year`` ``summed`` ``estimated`` ``partial`` ``unshared`` of the users' wells."""
    links = well_users(scene)
    of_well = links.groupby("well")["share"]
    every = links["share"].notna().groupby(links["well"]).transform("all")
    off = every & ((of_well.transform("sum") - 1).abs() > SHARE_TOLERANCE)
    links["share"] = links["share"].where(~off & (of_well.transform("min") >= 0))
    volumes = _well_volumes(scene, amounts)
    joined = volumes.merge(links, on="well")
    joined["summed"] = joined["volume"] * joined["share"]
    joined["unshared"] = joined["volume"].notna() & joined["share"].isna()
    joined["partial"] = ~joined["whole"]
    grouped = joined.groupby(["user_id", "year"])
    flags = grouped[["estimated", "partial", "unshared"]].any()
    table = flags.assign(summed=grouped["summed"].sum(min_count=1).where(~flags["unshared"])).reset_index()
    table["partial"] |= _wells_lacking(scene, volumes, links, table) > 0
    return table


def _well_volumes(scene: Scene, amounts: Amounts) -> pd.DataFrame:
    """``well`` ``year`` ``volume`` (m³): metered for the whole year, else with what energy adds where no meter says it
    (``estimated``); ``whole``: the year is told from end to end, without a figure that cannot be used."""
    table = amounts.well_years.merge(counted_years(scene), on=["well", "year"], how="outer")
    metered = table["whole"].eq(True)
    read, counted = (table[name].astype("float64") for name in ("volume_m3", "counted_m3"))
    return pd.DataFrame(
        {
            "well": table["well"].astype("int64"),
            "year": table["year"].astype("int64"),
            "volume": read.where(metered, np.fmax(read, counted)),
            "estimated": table["converted"].eq(True) & ~metered,
            "whole": metered | (table["covered"].eq(True) & table["sound"].ne(False)),
        }
    )


def _wells_lacking(
    scene: Scene, volumes: pd.DataFrame, links: pd.DataFrame, table: pd.DataFrame
) -> np.ndarray:
    """How many wells of each user could take water in each year and are not told for all of it."""
    if not len(table):
        return np.zeros(0, dtype="int64")
    years = np.sort(table["year"].unique())
    lacking = wells_at_work(scene, years)
    whole = volumes[volumes["whole"] & volumes["year"].isin(years)]
    lacking[whole["well"], np.searchsorted(years, whole["year"])] = False
    codes, users = pd.factorize(links["user_id"])
    of_link = lacking[links["well"].to_numpy("int64")]
    counts = np.array([np.bincount(codes[column], minlength=len(users)) for column in of_link.T])
    row = pd.Index(users).get_indexer(table["user_id"])
    return counts[np.searchsorted(years, table["year"]), row]
