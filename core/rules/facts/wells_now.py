"""The state of each well on the day of judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...register.facts import CLOSED_STATES

if TYPE_CHECKING:
    from ..scene import Scene

IN_USE = ("active", "standby")
CLOSED = (*CLOSED_STATES, "shut")


def wells_now(scene: Scene) -> pd.DataFrame:
    """One row per well, in input order.

    Returns:
        ``status`` (text, None), ``status_since``, ``in_use`` (active or standby), ``closed`` (sealed, dismantled or
        shut), ``closed_on`` (first day of the present closed spell), ``permit_no``, ``permitted`` (a number is recorded
        and neither cancelled nor deregistered), ``permit_valid`` (permitted, and not known to have run out),
        ``permit_to``, ``permit_m3``, ``metered`` (True, False or None where nobody says), ``account_no``,
        ``has_account``.
    """
    wells = scene.frame("wells")
    frame = pd.DataFrame(index=pd.RangeIndex(len(wells)))
    _status(scene, wells, frame)
    _permits(scene, wells, frame)
    frame["metered"] = _metered(scene, wells)
    frame["account_no"] = _accounts(scene, wells)
    frame["has_account"] = frame["account_no"].notna()
    return frame


def _status(scene: Scene, wells: pd.DataFrame, frame: pd.DataFrame) -> None:
    today = pd.Timestamp(scene.as_of)
    changes = scene.history[scene.history["state"] != ""]
    dated = changes[changes["day"].notna() & (changes["day"] <= today)]
    last = dated.drop_duplicates("row", keep="last").set_index("row")
    later = changes[changes["day"] > today]["row"]
    recorded = wells["status"].astype(object).where(wells["status"].notna(), None)
    # a closure recorded with a later day has not happened yet
    pending = wells.index.isin(later) & recorded.isin(CLOSED) & (wells["status_on"] > today)
    recorded = recorded.where(~pending, "active")
    status = last["state"].reindex(frame.index)
    frame["status"] = status.where(status.notna(), recorded).astype(object)
    frame["status_since"] = last["day"].reindex(frame.index)
    frame["in_use"] = frame["status"].isin(IN_USE)
    frame["closed"] = frame["status"].isin(CLOSED)
    shut = dated["state"].isin(CLOSED)
    openings = (~shut).groupby(dated["row"]).cumsum()
    spell = dated[shut & (openings == openings.groupby(dated["row"]).transform("max"))]
    first = spell.drop_duplicates("row", keep="first").set_index("row")["day"]
    frame["closed_on"] = first.reindex(frame.index).where(frame["closed"])


def _permits(scene: Scene, wells: pd.DataFrame, frame: pd.DataFrame) -> None:
    today = pd.Timestamp(scene.as_of)
    linked = scene.frame("permit_wells").dropna(subset=["well_id"])
    by_well = linked.drop_duplicates("well_id").set_index("well_id")
    number = wells["permit_no"].astype(object).where(wells["permit_no"].notna(), None)
    found = (
        wells["well_id"].map(by_well["permit_no"])
        if len(by_well)
        else pd.Series(None, index=wells.index, dtype=object)
    )
    number = number.where(number.notna(), found).astype(object)
    number = number.where(number.notna(), None)
    said = scene.permit_history
    said = (
        said[said["day"].notna() & (said["day"] <= today)]
        .drop_duplicates("row", keep="last")
        .set_index("row")
    )
    kind = said["kind"].reindex(frame.index)
    permits = (
        scene.frame("permits")
        .dropna(subset=["permit_no"])
        .drop_duplicates("permit_no")
        .set_index("permit_no")
    )
    state = number.map(permits["state"]) if len(permits) else pd.Series(None, index=wells.index, dtype=object)
    valid_to = number.map(permits["valid_to"]) if len(permits) else pd.Series(pd.NaT, index=wells.index)
    gone = kind.isin(["permit_cancelled", "deregistered"]) | (state == "cancelled")
    gone |= (wells["deregistered_on"] <= today) & kind.isna()
    frame["permit_no"] = number.to_numpy()
    frame["permitted"] = (number.notna() | (kind == "permitted")).to_numpy() & ~gone.to_numpy()
    until = wells["permit_to"].where(wells["permit_to"].notna(), pd.to_datetime(valid_to))
    frame["permit_to"] = until.to_numpy()
    expired = (until < today) | state.isin(["expired", "suspended"])
    frame["permit_valid"] = frame["permitted"].to_numpy() & ~expired.to_numpy()
    volume = linked.groupby("well_id")["volume_m3"].sum(min_count=1)
    own = wells["permit_m3"]
    frame["permit_m3"] = own.where(own.notna(), wells["well_id"].map(volume)).astype("float64").to_numpy()


def _metered(scene: Scene, wells: pd.DataFrame) -> np.ndarray:
    said = wells["metered"].astype(object).where(wells["metered"].notna(), None)
    if scene.has("meters"):
        meters = scene.frame("meters")
        installed = meters[~(meters["installed_on"] > pd.Timestamp(scene.as_of))]["well_id"]
        said = said.where(said.notna(), wells["well_id"].isin(installed).astype(object))
    return said.to_numpy(dtype=object)


def _accounts(scene: Scene, wells: pd.DataFrame) -> np.ndarray:
    own = wells["account_no"].astype(object).where(wells["account_no"].notna(), None)
    links = scene.frame("account_wells").dropna(subset=["well_id", "account_no"]).drop_duplicates("well_id")
    if len(links):
        own = own.where(own.notna(), wells["well_id"].map(links.set_index("well_id")["account_no"]))
    return own.astype(object).where(own.notna(), None).to_numpy(dtype=object)


__all__ = ["CLOSED", "IN_USE", "wells_now"]
