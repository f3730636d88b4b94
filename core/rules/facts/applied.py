"""What applications ask for: whether a person has still to decide, and how much more water than before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...findings import PERMISSION_OUTCOME

if TYPE_CHECKING:
    from ..scene import Scene

DECIDED_AGAINST = ("refused", "withdrawn")
TAKES_NO_WATER = ("monitoring",)
TOLERANCE = 1e-9
"""Relative: what counts as the same volume."""


def alive(scene: Scene) -> np.ndarray:
    """Applications that nobody has refused or withdrawn (bool); an approved one is still judged."""
    return ~scene.frame("applications")["decision"].isin(DECIDED_AGAINST).to_numpy(dtype=bool)


def outcomes(permission: np.ndarray) -> np.ndarray:
    """The outcome that goes with each permission."""
    return pd.Series(permission, dtype=object).map(PERMISSION_OUTCOME).to_numpy(dtype=object)


def zones_of(scene: Scene, role: str) -> pd.DataFrame:
    """What is known of the zones at each point of a role.

    Returns:
        ``known`` (bool: placed, and zones were supplied), ``over`` (bool: in an over-extraction zone), ``zone_id``,
        ``severity``, ``control`` (None outside, or not stated).
    """
    place = scene.place(role).frame
    known = place["placed"].to_numpy(dtype=bool) & place["zone_ids"].notna().to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "known": known,
            "over": known & place["zone_severity"].notna().to_numpy(dtype=bool),
            "zone_id": place["zone_id"].to_numpy(dtype=object),
            "severity": place["zone_severity"].to_numpy(dtype=object),
            "control": place["zone_control"].to_numpy(dtype=object),
        }
    )


def former_volume(scene: Scene) -> np.ndarray:
    """Permitted volume (m³) of the wells that each application takes the place of or changes, NaN where not known.

    These are the wells of ``replaces`` of a renewal, the well of ``well_id`` of anything else. All of their volumes
    must be known.
    """
    asked_for = scene.frame("applications")
    replaces, own = (asked_for[name].astype(object) for name in ("replaces", "well_id"))
    named = (
        replaces.where((asked_for["kind"] == "renewal").fillna(False), own)
        .dropna()
        .astype(str)
        .str.split(";")
        .explode()
        .str.strip()
    )
    named = named[named != ""]
    row = np.asarray(scene.rows_of("wells", named), dtype=np.int64)
    volume = scene.wells_now["permit_m3"].to_numpy(dtype="float64")
    found = np.full(len(row), np.nan)
    found[row >= 0] = volume[row[row >= 0]]
    parts = pd.Series(found, index=named.index)
    complete = parts.notna().groupby(level=0).all()
    total = parts.groupby(level=0).sum().where(complete)
    return total.reindex(asked_for.index).to_numpy(dtype="float64")


def added_volume(scene: Scene) -> pd.DataFrame:
    """Volume asked for against the volume held so far.

    Returns:
        ``asked_m3``, ``former_m3`` (m³, NaN where not known) and ``more``: ``more``, ``same`` (or less), ``unknown``.
    """
    asked_m3 = scene.frame("applications")["permit_m3"].to_numpy(dtype="float64")
    former_m3 = former_volume(scene)
    unknown = np.isnan(asked_m3) | np.isnan(former_m3)
    above = asked_m3 > former_m3 + TOLERANCE * np.abs(np.where(unknown, 0.0, former_m3))
    more = np.select([unknown, above], ["unknown", "more"], default="same").astype(object)
    return pd.DataFrame({"asked_m3": asked_m3, "former_m3": former_m3, "more": more})
