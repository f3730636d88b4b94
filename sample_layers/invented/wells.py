"""The 6,922 wells before anything happened to them: places, names, uses, papers. All clean."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .frame import clearance, random_numbers
from .jurisdiction import COUNTIES, REGIMENT, Jurisdiction

WELL_COUNTS = {"650402": 2766, "650421": 2214, "650422": 1942}
"""Wells per county, 6,922 in all: the number that the policy's text names."""

TOWN_SHARE = 0.095
"""Share of the wells that stand in towns and serve households and trade."""

UNIT_GAP_M, ZONE_GAP_M = 90.0, 45.0
_SLOTS = [(-0.32, -0.40), (0.0, -0.40), (0.32, -0.40), (-0.32, 0.40), (0.0, 0.40), (0.32, 0.40)]
_TOWN_USES = [
    ("rural_drinking", 0.40),
    ("livestock", 0.20),
    ("industry", 0.14),
    ("landscape", 0.08),
    ("service", 0.07),
    ("urban_supply", 0.05),
    ("monitoring", 0.06),
]
_VILLAGE_WORDS = [
    "上沟",
    "柳林",
    "桑园",
    "棉田",
    "白杨",
    "瓜园",
    "沙梁",
    "石桥",
    "泉水",
    "新渠",
    "杏林",
    "榆树",
    "戈壁",
    "葡萄沟沿",
]
_DISTRICTS = 6


def build_wells(
    land: Jurisdiction, fields: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, networks: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Role ``wells`` with local ``x`` and ``y``, the position ``block`` of its field (-1: town) and ``tail``.

    No well stands nearer than 90 m to a unit border or 45 m to a zone or network outline; each recorded place is
    the one it stands in.
    """
    places = pd.concat([_in_fields(fields), _in_towns(land)], ignore_index=True)
    xy = places[["x", "y"]].to_numpy()
    units = land.level("county", "township", "regiment", "basin").geometry
    clear = clearance(xy, list(units)) > UNIT_GAP_M
    clear &= clearance(xy, [*zones.geometry, *networks.geometry]) > ZONE_GAP_M
    places = places[clear].reset_index(drop=True)
    places = _with_township(places, land)
    chosen = pd.concat([_choose(places, county, count) for county, count in WELL_COUNTS.items()])
    wells = _with_village(chosen, land).sort_values(["county_id", "township_id", "sector", "y", "x"])
    wells = wells.reset_index(drop=True)
    serial = wells.groupby("county_id").cumcount() + 1
    wells["well_id"] = wells["county_id"] + "-" + serial.astype(str).str.zfill(4)
    in_village = wells.groupby(["township_id", "village"]).cumcount() + 1
    wells["name"] = wells["village"] + in_village.astype(str) + "号井"
    wells["county"] = wells["county_id"].map(COUNTIES)
    regiment = shapely.contains_xy(land.shape(REGIMENT[0]), wells[["x", "y"]].to_numpy())
    wells["management"] = np.where(regiment, "regiment", "local")
    return _with_papers(_with_build(wells))


def _in_fields(fields: gpd.GeoDataFrame) -> pd.DataFrame:
    """Six possible places along the edges of each field block, a little off the drawing board."""
    rings = shapely.get_coordinates(fields.geometry.to_numpy()).reshape(len(fields), 5, 2)
    middle = rings[:, :4].mean(axis=1)
    long_side, short_side = rings[:, 0] - rings[:, 1], rings[:, 0] - rings[:, 3]
    shake = 0.10 * (random_numbers("wells/shake", (len(fields), len(_SLOTS), 2)) - 0.5)
    a, b = (np.array(_SLOTS)[None, :, axis] + shake[..., axis] for axis in (0, 1))
    xy = middle[:, None, :] + a[..., None] * long_side[:, None, :] + b[..., None] * short_side[:, None, :]
    block = np.repeat(np.arange(len(fields)), len(_SLOTS))
    return pd.DataFrame(
        {
            "x": xy[..., 0].ravel(),
            "y": xy[..., 1].ravel(),
            "block": block,
            "tail": fields["tail"].to_numpy(dtype=float)[block],
            "mu": fields["mu"].to_numpy()[block],
        }
    )


def _in_towns(land: Jurisdiction) -> pd.DataFrame:
    """A sunflower of places around each town centre, about 130 m apart."""
    number = np.arange(60)
    angle, reach = number * np.pi * (3 - np.sqrt(5)), 125.0 * np.sqrt(number + 0.6)
    x = land.towns["x"].to_numpy()[:, None] + reach * np.cos(angle)
    y = land.towns["y"].to_numpy()[:, None] + reach * np.sin(angle)
    return pd.DataFrame({"x": x.ravel(), "y": y.ravel(), "block": -1, "tail": 0.5, "mu": np.nan})


def _with_township(places: pd.DataFrame, land: Jurisdiction) -> pd.DataFrame:
    points = gpd.GeoDataFrame(places, geometry=gpd.points_from_xy(places["x"], places["y"]))
    towns = land.level("township")[["unit_id", "name", "parent_id", "geometry"]]
    found = points.sjoin(towns, predicate="within").sort_index()
    renamed = found.rename(columns={"unit_id": "township_id", "name": "township", "parent_id": "county_id"})
    return pd.DataFrame(renamed.drop(columns=["geometry", "index_right"])).reset_index(drop=True)


def _choose(places: pd.DataFrame, county: str, count: int) -> pd.DataFrame:
    """``count`` places of one county; towns get their share, small ones at the edge of the desert less."""
    here = places[places["county_id"] == county]
    rank = random_numbers(f"wells/choice/{county}", len(here))
    here = here.assign(rank=rank)
    town, field = here[here["block"] < 0], here[here["block"] >= 0]
    # A town without fields around it is a hamlet.
    busy = town["township_id"].isin(field["township_id"])
    town = town.assign(rank=town["rank"] + np.where(busy, 0.0, 0.8)).nsmallest(
        round(TOWN_SHARE * count), "rank"
    )
    # Wells crowd where the fan ends: the ground water is shallow there.
    crowding = field["rank"] ** (0.65 + 0.7 * field["tail"])
    field = field.assign(rank=1 - crowding).nsmallest(count - len(town), "rank")
    return pd.concat([town, field]).drop(columns="rank")


def _with_village(wells: pd.DataFrame, land: Jurisdiction) -> pd.DataFrame:
    """Villages are the six sectors of a township around its centre."""
    centre = land.towns.set_index("unit_id")[["x", "y"]].reindex(wells["township_id"]).to_numpy()
    delta = wells[["x", "y"]].to_numpy() - centre
    sector = ((np.degrees(np.arctan2(delta[:, 1], delta[:, 0])) + 180.0) // (360.0 / _DISTRICTS)).astype(
        int
    ) % _DISTRICTS
    offset = wells["township_id"].str[-2:].astype(int).to_numpy() * 5
    words = np.array(_VILLAGE_WORDS)[(sector + offset) % len(_VILLAGE_WORDS)]
    return wells.assign(sector=sector, village=np.char.add(words, "村"))


def _with_build(wells: pd.DataFrame) -> pd.DataFrame:
    """Use, aquifer, depth, days of building and commissioning, state."""
    size = len(wells)
    u = random_numbers("wells/build", (size, 8))
    town = (wells["block"] < 0).to_numpy()
    shares = np.cumsum([share for _, share in _TOWN_USES])
    town_use = np.array([use for use, _ in _TOWN_USES])[
        np.searchsorted(shares, u[:, 0], side="right").clip(max=6)
    ]
    forest = (u[:, 0] > 0.965) & (wells["tail"] > 0.8)
    wells["use"] = np.where(town, town_use, np.where(forest, "ecological_forest", "irrigation"))
    household = wells["use"].isin(["rural_drinking", "urban_supply"])
    wells["aquifer"] = np.where(household & (u[:, 1] < 0.45), "deep_confined", "shallow")
    shallow_m = 165.0 - 95.0 * wells["tail"] + 30.0 * (u[:, 2] - 0.5)
    wells["depth_m"] = np.where(
        wells["aquifer"] == "shallow", 5 * np.round(shallow_m / 5), 5 * np.round(44 + 16 * u[:, 2])
    )
    age = np.floor((1986 + 33 * u[:, 3] ** 0.8) * 12 + 12 * u[:, 4]).astype(int)
    built = pd.to_datetime(
        {"year": age // 12, "month": age % 12 + 1, "day": 1 + np.floor(27 * u[:, 5]).astype(int)}
    )
    wells["built_on"] = built
    wells["commissioned_on"] = built + pd.to_timedelta(20 + np.floor(50 * u[:, 6]), unit="D")
    renewed = (built > pd.Timestamp("2009-01-01")) & (u[:, 6] < 0.03) & (wells["use"] == "irrigation")
    age_class = np.where(built < pd.Timestamp("2005-01-01"), "original", "new")
    wells["origin"] = np.where(renewed, "renewal", age_class)  # long before the baseline: no debit
    quiet = np.select([u[:, 7] < 0.035, u[:, 7] < 0.06], ["standby", "shut"], default="active")
    wells["status"] = np.where(town, "active", quiet)
    since = pd.Timestamp("2021-02-01") + pd.to_timedelta(np.floor(1700 * u[:, 4]), unit="D")
    wells["status_on"] = pd.Series(since).where(wells["status"] != "active", wells["commissioned_on"])
    wells["stopped_on"] = pd.Series(since).where(wells["status"] == "shut")
    return wells


def _with_papers(wells: pd.DataFrame) -> pd.DataFrame:
    """Permit, plan, meter, power account and irrigated area."""
    size = len(wells)
    u = random_numbers("wells/papers", (size, 4))
    field = (wells["block"] >= 0).to_numpy()
    sharing = wells.groupby("block")["x"].transform("size").to_numpy()
    wells["area_mu"] = np.where(field, np.floor(wells["mu"].fillna(0) / sharing / 5) * 5, np.nan)
    volume = np.where(field, wells["area_mu"].fillna(0) * (285 + 55 * u[:, 0]), 14_000 + 41_000 * u[:, 0])
    wells["permit_m3"] = 500 * np.round(volume.clip(min=8_000) / 500)
    wells["plan_m3"] = 100 * np.round(wells["permit_m3"] * (0.90 + 0.08 * u[:, 1]) / 100)
    serial = wells["well_id"].str.replace("-", "G")
    wells["permit_no"] = "虚构" + serial
    ends = pd.to_datetime({"year": 2026 + np.floor(4 * u[:, 2]).astype(int), "month": 12, "day": 31})
    wells["permit_to"] = ends.dt.strftime("%Y-%m-%d").astype(object)
    wells["permit_eligible"] = None
    wells["metered"], wells["self_supply"] = True, wells["use"].isin(["industry", "service", "landscape"])
    wells["account_no"] = "H" + wells["county_id"] + wells["well_id"].str[-4:]
    wells["m3_per_kwh_ratio"] = np.round(1.5 + 1.1 * u[:, 3], 2)
    return wells
