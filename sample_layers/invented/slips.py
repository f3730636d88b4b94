"""Slips of the register, planted: coordinates, places, ids and values that a person must look at."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import Point

from .cast import Cast
from .jurisdiction import CITY, COUNTIES, Jurisdiction
from .planted import Planted

SEAL_EDGE = "CQ-02"
"""The zone at whose edge a sealed well stands."""

DOUBT_M = (2.0, 4.0, 6.0, 8.0)
"""How far from a zone's edge the doubtful wells stand; the position accuracy is 10 m."""


def plain(cast: Cast) -> pd.Series:
    """Irrigation wells in use with nothing special about them, clear of every zone edge."""
    wells = cast.wells
    return (wells["use"] == "irrigation") & (wells["status"] == "active") & (wells["block"] >= 0)


def plant_slips(cast: Cast, land: Jurisdiction, zones: pd.DataFrame, free_seal: int) -> None:
    """All slips of the wells; ids change last, so that every story keeps the id it was told with."""
    _at_edges(cast, zones, free_seal)
    _wrong_places(cast)
    _nowhere(cast, land)
    _values(cast)
    _ids(cast)


def _at_edges(cast: Cast, zones: pd.DataFrame, free_seal: int) -> None:
    """Wells nearer to a zone's edge than positions are accurate, inside and outside; one of them a sealed well."""
    shapes = zones.set_index("zone_id")["geometry"]
    for number, (zone_id, away) in enumerate(zip(["CQ-06", "CQ-07", "XC-03", "CQ-02"], DOUBT_M, strict=True)):
        outline = shapes[zone_id].boundary
        wells = cast.wells
        distance = shapely.distance(shapely.points(wells[["x", "y"]].to_numpy()), outline)
        near = plain(cast) & (distance > 50) & (distance < 260) & wells["old_zone"].isna()
        _move(cast, cast.take(near, f"edge/{number}"), outline, away)
    _move(cast, free_seal, shapes[SEAL_EDGE].boundary, 5.0)


def _move(cast: Cast, index: int, outline, away: float) -> None:
    """Put a well on its own side of an outline, ``away`` metres from it."""
    here = np.array(cast.wells.loc[index, ["x", "y"]], dtype=float)
    foot = np.asarray(shapely.line_interpolate_point(outline, outline.project(Point(here))).coords[0])
    moved = foot + (here - foot) / np.hypot(*(here - foot)) * away
    cast.wells.loc[index, ["x", "y"]] = moved
    cast.wells.loc[index, "moved"] = True
    cast.planted.plant("doubt", cast.id(index), metres=f"{away:g}")


def _wrong_places(cast: Cast) -> None:
    """The record names another county or township than the one the well stands in."""
    others = {"650402": "鄯善县", "650421": "高昌区", "650422": "高昌区"}
    for code, wrong in others.items():
        index = cast.take(plain(cast) & (cast.wells["county_id"] == code), f"county/{code}")
        cast.wells.loc[index, "county"] = wrong
        cast.planted.plant("county_differs", cast.id(index), recorded=wrong, found=COUNTIES[code])
    for number, (right, wrong) in enumerate([("清泉镇", "葡香镇"), ("甜瓜地镇", "风口乡")]):
        index = cast.take(plain(cast) & (cast.wells["township"] == right), f"township/{number}")
        cast.wells.loc[index, "township"] = wrong
        cast.planted.plant("township_differs", cast.id(index), recorded=wrong, found=right)


def _nowhere(cast: Cast, land: Jurisdiction) -> None:
    """No coordinates, coordinates that are not numbers, a point in the ocean, and one just beyond the last border."""
    for number, kind in enumerate(["none", "none", "empty", "far"]):
        index = cast.take(plain(cast), f"nowhere/{number}")
        cast.wells.loc[index, "place"] = kind
        cast.planted.plant(f"place_{kind}", cast.id(index))
    south = land.shape(CITY[0]).bounds[1]
    index = cast.take(plain(cast) & (cast.wells["county_id"] == "650421"), "nowhere/beyond")
    cast.wells.loc[index, ["x", "y"]] = [92_000.0, south - 1_200.0]
    cast.planted.plant("place_beyond", cast.id(index))


def _values(cast: Cast) -> None:
    """Empty and unreadable values."""
    wells = cast.wells
    edits = [
        ("use_missing", "use", None, plain(cast)),
        ("status_missing", "status", None, plain(cast)),
        ("use_unreadable", "use", "浇果园", plain(cast)),
        ("permit_to_unreadable", "permit_to", "长期", plain(cast)),
        ("aquifer_missing", "aquifer", None, plain(cast) & wells["zone"].isin(["CQ-03"])),
    ]
    for case, name, value, where in edits:
        index = cast.take(where, case)
        wells.loc[index, name] = value
        cast.planted.plant(case, cast.id(index), value=value)


def _ids(cast: Cast) -> None:
    """A well without an id, and an id that stands twice."""
    nameless = cast.take(plain(cast), "id/missing")
    old = cast.id(nameless)
    cast.wells.loc[nameless, "well_id"] = None
    cast.planted.plant("id_missing", f"row:{nameless + 1}", old=old)
    twin = cast.take(plain(cast) & (cast.wells["county_id"] == "650422"), "id/twin")
    near = plain(cast) & (cast.wells["county_id"] == "650422") & (cast.wells["x"] < cast.wells.at[twin, "x"])
    first = cast.take(near, "id/first")
    cast.wells.loc[twin, "well_id"] = cast.id(first)
    cast.planted.plant("id_repeated", cast.id(first))
    cast.planted.plant("id_repeated", f"{cast.id(first)}#2")


def plant_zone(planted: Planted) -> None:
    """The zone CQ-99 states neither severity nor control: it must be asked about."""
    planted.plant("zone_unclassed", "CQ-99")
