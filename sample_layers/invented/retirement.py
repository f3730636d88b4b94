"""Which fields were taken out of irrigation, and when: one county beats its target, one meets it, one misses it.

Every parcel has a whole number of mu, so the balances can be added up by hand:

=========  =======  =======  ========  ======
county     target   retired  restored  net
=========  =======  =======  ========  ======
高昌区     66,000   68,590   1,690     66,900
鄯善县     61,000   61,000   0         61,000
托克逊县   51,000   48,300   0         48,300
=========  =======  =======  ========  ======

高昌区: a parcel of 490 mu was retired, restored and retired again; it stands twice on the left and once on the right.
"""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import Polygon

from .frame import areas_mu, random_numbers, with_areas
from .jurisdiction import COUNTIES, Jurisdiction
from .planted import Planted

RETIRED_MU = {"650402": 68_100.0, "650421": 61_000.0, "650422": 48_300.0}
"""Parcels retired from 2021-01-01 to 2025-12-31, on the ellipsoid, special ones included, each counted once."""

RESTORED_MU = 1_200.0
"""Irrigated again in Gaochang; the parcel that went through a full cycle comes on top, on both sides."""

CYCLED_MU = 490.0

_CROSSING_MU = {"650402": 200.0, "650421": 100.0}
_PARTIAL_MU, _OVERLAP_MU, _EARLY_PARCELS = 200.0, 120.0, 5
_CROPS = [("葡萄", 0.38), ("棉花", 0.22), ("甜瓜", 0.16), ("玉米", 0.12), ("红枣", 0.12)]


def build_irrigation(
    land: Jurisdiction, fields: gpd.GeoDataFrame, planted: Planted
) -> tuple[gpd.GeoDataFrame, list[dict]]:
    """Role ``irrigation`` in the local frame (with ``block``, ``fan``, ``tail``), and the land events.

    The first rows are the field blocks in their order; special parcels follow.
    """
    areas = _described(fields)
    special = _special_rows(land, areas)
    areas = pd.concat([areas, gpd.GeoDataFrame(special, geometry="geometry")], ignore_index=True)
    areas["area_id"] = _ids(areas)
    areas = _retire(areas)
    return _slips(areas, planted)


def _described(fields: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    size = len(fields)
    u = random_numbers("areas/attributes", (size, 5))
    shares = np.cumsum([share for _, share in _CROPS])
    crops = np.array([crop for crop, _ in _CROPS])[np.searchsorted(shares, u[:, 0]).clip(max=len(_CROPS) - 1)]
    upper = fields["tail"].to_numpy() < 0.22
    source = np.select(
        [upper & (u[:, 1] < 0.6), upper | (u[:, 1] < 0.25)], ["surface", "conjunctive"], "groundwater"
    )
    return fields.assign(
        block=np.arange(size),
        county=fields["county_id"].map(COUNTIES),
        status=np.where(u[:, 2] < 0.015, "fallow", "irrigated"),
        area_mu=fields["mu"],
        source=source,
        quota_m3_per_mu=10.0 * np.round(44 + 10 * u[:, 3]),
        crop=crops,
        method=np.where(u[:, 4] < 0.7, "滴灌", "沟灌"),
        tenure="集体",
        district=fields["fan"] + "灌区",
        cost=np.round(900 + 700 * u[:, 3]),
        role="block",
        retired_on=pd.NaT,
        restored_on=pd.NaT,
    ).set_geometry("geometry")


def _special_rows(land: Jurisdiction, areas: gpd.GeoDataFrame) -> list[dict]:
    """A parcel across the border of two counties, and one beyond the last border."""
    gaochang = land.shape("650402")
    crossing = _across(
        gaochang, land.shape("650421"), 47_200.0, _CROSSING_MU["650402"], sum(_CROSSING_MU.values())
    )
    south = land.shape("6504").bounds[1]
    outside = Polygon(
        [(59_000, south - 900), (59_400, south - 900), (59_400, south - 650), (59_000, south - 650)]
    )
    ring = np.asarray(outside.exterior.coords)[None]
    outside = Polygon(with_areas(ring, np.array([150.0]))[0])
    common = {
        "source": "groundwater",
        "quota_m3_per_mu": 480.0,
        "crop": "棉花",
        "method": "滴灌",
        "tenure": "集体",
    }
    common |= {"tail": 0.9, "cost": 1100.0, "status": "retired", "block": -1}
    east = areas[areas["fan"] == "白榆沟"].iloc[0]
    return [
        common
        | {
            "geometry": crossing, "mu": 300.0, "area_mu": 300.0, "role": "crossing",
            "retired_on": pd.Timestamp("2023-10-20"),
            "county_id": "650402", "county": "高昌区", "township": east["township"], "township_id": east["township_id"],
            "fan": "白榆沟", "district": "白榆沟灌区",
        },
        common
        | {
            "geometry": outside, "mu": 150.0, "area_mu": 150.0, "role": "outside",
            "retired_on": pd.Timestamp("2022-10-18"),
            "county_id": "650402", "county": "高昌区", "township": "盐湖乡", "fan": "界外", "district": "界外",
        },
    ]  # fmt: skip


def _across(one: Polygon, other: Polygon, y: float, one_mu: float, total_mu: float) -> Polygon:
    """A rectangle of ``total_mu`` that the common border cuts so that ``one`` holds ``one_mu`` (bisection)."""
    border = one.boundary.intersection(other)
    level = shapely.LineString([(60_000, y), (100_000, y)])
    x = border.intersection(level).centroid.x
    ring = np.array([(-300.0, -260.0), (300.0, -260.0), (300.0, 260.0), (-300.0, 260.0), (-300.0, -260.0)])
    low, high = x - 400.0, x + 400.0
    for _ in range(60):
        middle = (low + high) / 2
        moved = with_areas((ring + np.array([middle, y]))[None], np.array([total_mu]))[0]
        inside = Polygon(moved).intersection(one)
        corners = np.asarray(inside.exterior.coords)
        held = areas_mu(corners[None])[0]
        low, high = (middle, high) if held > one_mu else (low, middle)
    return Polygon(moved)


def _ids(areas: gpd.GeoDataFrame) -> pd.Series:
    serial = areas.groupby("county_id").cumcount() + 1
    return areas["county_id"] + "-D" + serial.astype(str).str.zfill(4)


def _retire(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Retire blocks at the tails of the fans until each county has its sum, the last one cut to fit."""
    areas = areas.copy()
    areas["geometry"] = areas["geometry"].to_numpy()
    middle = shapely.get_coordinates(shapely.centroid(areas.geometry.to_numpy())) / 1000.0
    patch = np.sin(middle[:, 0] / 1.9 + 0.7) + np.sin(middle[:, 1] / 1.6 + middle[:, 0] / 5.0)
    score = (
        areas["tail"].to_numpy(dtype=float) + 0.32 * patch + 0.25 * random_numbers("areas/score", len(areas))
    )
    days = np.floor(1_690 * random_numbers("areas/days", len(areas)))
    for county, total in RETIRED_MU.items():
        blocks = areas[
            (areas["county_id"] == county) & (areas["role"] == "block") & (areas["status"] == "irrigated")
        ]
        order = blocks.index[np.argsort(-score[blocks.index], kind="stable")]
        early, order = order[:_EARLY_PARCELS], order[_EARLY_PARCELS:]
        areas.loc[early, ["status", "role"]] = ["retired", "early"]
        areas.loc[early, "retired_on"] = pd.Timestamp("2019-10-15")
        left = total - _crossing_part(county) - (_PARTIAL_MU if county == "650421" else 0.0)
        left += _OVERLAP_MU if county == "650422" else 0.0
        sums = areas.loc[order, "mu"].cumsum()
        whole = order[(sums <= left - 50).to_numpy()]
        rest = left - areas.loc[whole, "mu"].sum()
        last = next(index for index in order[len(whole) :] if areas.at[index, "mu"] >= rest)
        _resize(areas, last, rest)
        retired = [*whole, last]
        areas.loc[retired, ["status", "role"]] = ["retired", "retired"]
        areas.loc[retired, "retired_on"] = pd.Timestamp("2021-03-10") + pd.to_timedelta(
            days[retired], unit="D"
        )
    return areas


def _crossing_part(county: str) -> float:
    return _CROSSING_MU.get(county, 0.0)


def _resize(areas: gpd.GeoDataFrame, index: int, mu: float) -> None:
    ring = shapely.get_coordinates(areas.at[index, "geometry"])[None]
    areas.at[index, "geometry"] = Polygon(with_areas(ring, np.array([mu]))[0])
    areas.loc[index, ["mu", "area_mu"]] = mu


def _slips(areas: gpd.GeoDataFrame, planted: Planted) -> tuple[gpd.GeoDataFrame, list[dict]]:
    """Restorations, cycles, partial retirements, and the parcels whose record does not hold."""
    events: list[dict] = []
    _restore(areas, events)
    _partly(areas, events)
    kept = areas[(areas["role"] == "block") & (areas["status"] == "irrigated")]
    pick = random_numbers("areas/slips", len(kept))
    by_county = {
        county: list(part.index) for county, part in kept.iloc[np.argsort(pick)].groupby("county_id")
    }

    undated = by_county["650422"].pop()
    areas.loc[undated, ["status", "role"]] = ["retired", "undated"]
    planted.plant("area_undated", areas.at[undated, "area_id"])

    half = by_county["650402"].pop()
    areas.loc[half, "retired_on"] = pd.Timestamp("2022-09-30")
    planted.plant("area_irrigated_again", areas.at[half, "area_id"])

    crossed = by_county["650421"].pop()
    ring = shapely.get_coordinates(areas.at[crossed, "geometry"])
    areas.at[crossed, "geometry"] = Polygon(ring[[0, 2, 1, 3, 0]])
    areas.loc[crossed, "role"] = "crossed"
    planted.plant("area_crossed", areas.at[crossed, "area_id"])

    gone = areas[(areas["role"] == "retired") & (areas["county_id"] == "650402")]
    wrong = gone.index[len(gone) // 3]
    areas.loc[wrong, "area_mu"] = areas.at[wrong, "mu"] + 150.0
    planted.plant("area_differs", areas.at[wrong, "area_id"], more=150)
    planted.plant("area_outside", areas.loc[areas["role"] == "outside", "area_id"].iloc[0])

    return _overlap(areas, planted), events


def _restore(areas: gpd.GeoDataFrame, events: list[dict]) -> None:
    """Gaochang gives three parcels of 1,200 mu together back to irrigation, and one goes through a full cycle."""
    retired = areas[(areas["role"] == "retired") & (areas["county_id"] == "650402")]
    early = retired[retired["retired_on"] < "2022-06-01"].index[:40]
    triples = itertools.combinations(early, 3)
    restored = next(list(three) for three in triples if areas.loc[list(three), "mu"].sum() == RESTORED_MU)
    areas.loc[restored, ["status", "role"]] = ["irrigated", "restored"]
    areas.loc[restored, "restored_on"] = pd.Timestamp("2024-04-15")
    cycled = next(i for i in early[::-1] if i not in restored and areas.at[i, "mu"] == CYCLED_MU)
    areas.loc[cycled, "role"] = "cycled"
    areas.loc[cycled, "retired_on"] = pd.Timestamp("2025-03-20")
    for kind, day in (("retired", "2021-10-12"), ("restored", "2023-03-28"), ("retired", "2025-03-20")):
        events.append(_event(areas, cycled, kind, day))


def _partly(areas: gpd.GeoDataFrame, events: list[dict]) -> None:
    """Shanshan retires 200 mu of one larger parcel; the rest stays irrigated."""
    spare = areas[(areas["role"] == "block") & (areas["county_id"] == "650421") & (areas["mu"] >= 500)]
    spare = spare[spare["status"] == "irrigated"]
    index = spare.index[np.argsort(-spare["tail"].to_numpy(dtype=float), kind="stable")[0]]
    areas.loc[index, "role"] = "partial"
    events.append(_event(areas, index, "retired", "2024-09-10", _PARTIAL_MU))


def _overlap(areas: gpd.GeoDataFrame, planted: Planted) -> gpd.GeoDataFrame:
    """In Toksun somebody irrigates 120 mu in the middle of a retired parcel."""
    retired = areas[(areas["role"] == "retired") & (areas["county_id"] == "650422") & (areas["mu"] >= 450)]
    under = retired.iloc[len(retired) // 2]
    ring = with_areas(shapely.get_coordinates(under["geometry"])[None], np.array([_OVERLAP_MU]))[0]
    row = under.to_dict() | {
        "geometry": Polygon(ring), "status": "irrigated", "retired_on": pd.NaT, "mu": _OVERLAP_MU,
        "area_mu": _OVERLAP_MU,
        "role": "overlap", "block": -1, "area_id": f"650422-D{(areas['county_id'] == '650422').sum() + 1:04d}",
    }  # fmt: skip
    planted.plant("area_overlap", under["area_id"], other=row["area_id"])
    return gpd.GeoDataFrame(
        pd.concat([areas, gpd.GeoDataFrame([row])], ignore_index=True), geometry="geometry"
    )


def _event(areas: gpd.GeoDataFrame, index: int, kind: str, day: str, area_mu: float | None = None) -> dict:
    return {
        "subject_role": "irrigation",
        "subject_id": areas.at[index, "area_id"],
        "kind": kind,
        "effective_on": pd.Timestamp(day),
        "area_mu": area_mu,
        "doc_no": "虚构退减〔" + day[:4] + "〕7号",
    }
