"""What applications ask for: whether a person has still to decide, how much more water than before, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...findings import PERMISSION_OUTCOME
from ...overlay.zones import CONTROLS, Zones

if TYPE_CHECKING:
    from ..scene import Scene

DECIDED_AGAINST = ("refused", "withdrawn")
TAKES_NO_WATER = ("monitoring",)
MOVES = ("renewal", "relocate")
"""Kinds of application whose well may stand elsewhere than the one before it."""

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


def _former_wells(scene: Scene) -> pd.Series:
    """Row (-1: not in the register) of every well that an application takes the place of or changes, by the row of
    the application: the wells of ``replaces`` of a renewal, the well of ``well_id`` of anything else."""
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
    return pd.Series(np.asarray(scene.rows_of("wells", named), dtype=np.int64), index=named.index)


def former_volume(scene: Scene) -> np.ndarray:
    """Permitted volume (m³) of the wells that each application takes the place of or changes, NaN where not known.

    All of their volumes must be known.
    """
    former = _former_wells(scene)
    row = former.to_numpy()
    volume = scene.wells_now["permit_m3"].to_numpy(dtype="float64")
    found = np.full(len(row), np.nan)
    found[row >= 0] = volume[row[row >= 0]]
    parts = pd.Series(found, index=former.index)
    complete = parts.notna().groupby(level=0).all()
    total = parts.groupby(level=0).sum().where(complete)
    return total.reindex(scene.frame("applications").index).to_numpy(dtype="float64")


def former_places(scene: Scene, kind: str) -> np.ndarray:
    """Where the wells stand that each application takes the place of or changes, against zones of one kind.

    Args:
        kind: a ``control``, or ``over_extraction``.

    Returns:
        Per application: ``same`` (every one of them in a zone of this kind that holds the application too),
        ``outside`` (one of them in no zone of this kind) or ``unknown`` (none is named, or one has no usable place
        or stands in another zone of this kind).
    """
    former = _former_wells(scene)
    wells = pd.DataFrame({"application": former.index, "well": former.to_numpy()})
    of_well, of_application = (_zones_held(scene, role, kind) for role in ("wells", "applications"))
    shared = (
        wells.reset_index()
        .merge(of_well.rename(columns={"point": "well"}), on="well")
        .merge(of_application.rename(columns={"point": "application"}), on=["application", "zone"])
    )
    placed = np.append(zones_of(scene, "wells")["known"].to_numpy(dtype=bool), False)[wells["well"]]
    same = wells.index.isin(shared["index"])
    outside = placed & ~wells["well"].isin(of_well["point"]).to_numpy(dtype=bool)
    told = pd.DataFrame({"same": same, "outside": outside}).groupby(wells["application"])
    told = pd.DataFrame({"same": told["same"].all(), "outside": told["outside"].any()})
    told = told.reindex(scene.frame("applications").index, fill_value=False)
    return np.select([told["outside"], told["same"]], ["outside", "same"], default="unknown").astype(object)


def _zones_held(scene: Scene, role: str, kind: str) -> pd.DataFrame:
    """``point`` and ``zone`` (id): the zones of one kind in force that hold each point of a role."""
    found = scene.place(role)
    if found.zones is None:
        return pd.DataFrame({"point": np.zeros(0, dtype=np.int64), "zone": np.zeros(0, dtype=object)})
    zones = Zones(found.zones)
    of_kind = zones.severity > 0 if kind == "over_extraction" else zones.control == CONTROLS.index(kind)
    row = found.zone_hits["zone"].to_numpy(dtype=np.int64)
    kept = (zones.editions.on(scene.today) & of_kind)[row]
    point = found.zone_hits["point"].to_numpy(dtype=np.int64)[kept]
    return pd.DataFrame({"point": point, "zone": zones.ids[row[kept]]}).drop_duplicates()


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
