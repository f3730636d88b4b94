"""The whole sample as tables, and the list of what was planted in it."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .cast import Cast
from .fields import build_fields
from .figures import indices_table, targets_table
from .files import documents_table, prices_table
from .frame import GROUND_CRS, POINT_CRS, on_ground, to_degrees
from .jurisdiction import Jurisdiction, build_jurisdiction
from .meterbook import accounts_table, meters_table, readings_table
from .observed import area_years_table, intakes_table, sections_table, stations_and_levels
from .offenders import plant_wells, prepare, spoil_readings
from .papers import event_table, evidence_table, permits_table, screens_table
from .planted import Planted
from .requests import plant_applications, projects_table, protection_area, reclaimed_area
from .retirement import build_irrigation
from .scenery import build_scenery
from .slips import SEAL_EDGE, plant_slips, plant_zone
from .stories import gaochang, shanshan, toksun
from .water_users import build_users
from .wells import build_wells
from .zones import build_networks, build_zones

STRAY_WELL = "650422-9998"


@dataclass(frozen=True)
class Sample:
    """``tables``: role (or scenery layer) to frame, places with their reference system. ``planted``: see planted.py."""

    tables: dict[str, pd.DataFrame]
    planted: pd.DataFrame


def build_sample() -> Sample:
    """Make everything; the same result on every call."""
    planted = Planted()
    land = build_jurisdiction()
    zones, networks = build_zones(), build_networks()
    fields = build_fields(land)
    areas, land_events = build_irrigation(land, fields, planted)
    wells = _quiet_on_retired_land(build_wells(land, fields, zones, networks), areas)
    cast = Cast(_with_zones(wells, zones), planted, pd.Series(True, index=wells.index))
    cast.wells["replaces"], cast.wells["moved"], cast.wells["place"] = None, False, ""

    free_seal = gaochang(cast, zones.set_index("zone_id").at[SEAL_EDGE, "geometry"].boundary)
    shanshan(cast)
    toksun(cast)
    events = event_table([*cast.events, _stray_event(), *land_events])
    planted.plant("event_unknown", events.loc[events["subject_id"] == STRAY_WELL, "event_id"].iloc[0])
    tables = {
        "events": events,
        "evidence": evidence_table(cast, events),
        "pairs": pd.DataFrame(cast.pairs).sort_values(
            ["pledged_on", "renewal_id", "retired_id"], kind="stable"
        ),
    }
    areas["well_ids"] = _wells_of_areas(areas, cast.wells)
    prepare(cast)
    plant_slips(cast, land, zones, free_seal)
    plant_zone(planted)
    planted.plant("target_missed", "650422")
    planted.plant("city_missed", "6504")
    places = {"units": _units(land), "zones": _on_ground(zones), "networks": _on_ground(networks)}
    places |= _duties(cast, land, areas, tables)
    places["irrigation"] = _on_ground(areas.drop(columns=["role"]))
    places |= {"wells": _points(cast.wells), "applications": _points(pd.DataFrame(cast.applications))}
    scenery, streams = build_scenery(land)
    backdrop = {"scenery_areas": _on_ground(scenery), "scenery_streams": _on_ground(streams)}
    return Sample({**places, **tables, **backdrop}, planted.table())


def _duties(
    cast: Cast, land: Jurisdiction, areas: gpd.GeoDataFrame, tables: dict[str, pd.DataFrame]
) -> dict[str, gpd.GeoDataFrame]:
    """Everything that clauses beyond the ledger and the retired land look at; fills ``tables``, returns places."""
    planted = cast.planted
    reclaimed = reclaimed_area(cast)
    violations = plant_wells(cast)
    plant_applications(cast)
    projects = projects_table(cast)
    stations, levels = stations_and_levels(land, planted)
    intakes = intakes_table(land, planted)
    readings = spoil_readings(cast, readings_table(cast.sound, cast.idle))
    users = build_users(cast)
    tables |= {
        "readings": readings,
        "screens": screens_table(cast.sound),
        "permits": permits_table(cast.sound),
        "meters": meters_table(cast.sound, intakes),
        "accounts": accounts_table(cast.sound),
        "indices": indices_table(areas, users.pop("plans"), planted),
        "targets": targets_table(),
        **users,
        "levels": levels,
        "area_years": area_years_table(areas, planted),
        "documents": documents_table(planted),
        "prices": prices_table(planted),
        "violations": pd.DataFrame(violations),
    }
    return {
        "alternatives": _on_ground(reclaimed),
        "protection": _on_ground(protection_area(land)),
        "projects": _points(projects),
        "stations": _points(stations),
        "sections": _points(sections_table(land, planted)),
        "intakes": _points(intakes),
    }


def _stray_event() -> dict:
    """A seal of a well that the register does not know."""
    row = {"subject_role": "wells", "subject_id": STRAY_WELL, "kind": "sealed", "area_mu": None}
    return row | {"effective_on": pd.Timestamp("2024-08-20"), "doc_no": "虚构封填〔2024〕11号"}


def _quiet_on_retired_land(wells: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Wells of retired parcels stand still since the parcel was retired: most shut, some kept in reserve."""
    blocks = areas[(areas["block"] >= 0)].set_index("block")
    status, day = (
        blocks["status"].reindex(wells["block"]).to_numpy(),
        blocks["retired_on"].reindex(wells["block"]),
    )
    retired = (status == "retired") & (wells["block"] >= 0).to_numpy() & day.notna().to_numpy()
    reserve = np.arange(len(wells)) % 4 == 0
    since = pd.Series((day + pd.Timedelta(days=20)).to_numpy(), index=wells.index)
    wells.loc[retired, "status"] = np.where(reserve, "standby", "shut")[retired]
    wells.loc[retired, "status_on"] = since[retired]
    wells.loc[retired, "stopped_on"] = since.where(wells["status"] == "shut")[retired]
    return wells


def _with_zones(wells: pd.DataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """The strictest over-extraction zone of the shallow layer, today's and the one of before 2024."""
    rank = {"banned": 0, "severe": 1, "general": 2}
    drawn = zones[
        zones["severity"].notna() & (zones["aquifer"] == "shallow") & (zones["legal_state"] == "in_force")
    ]
    grade = drawn["control"].where(drawn["control"] == "banned", drawn["severity"]).map(rank)
    drawn = drawn.assign(grade=grade).sort_values(["grade", "zone_id"], ascending=[False, False])
    points = shapely.points(wells[["x", "y"]].to_numpy())
    for column, gone in (("zone", "2023-12-31"), ("old_zone", None)):
        found = np.full(len(wells), None, dtype=object)
        for zone in drawn.itertuples():
            current = zone.valid_to is None if gone else zone.valid_from != "2024-01-01"
            if current:
                found[shapely.covers(zone.geometry, points)] = zone.zone_id
        wells[column] = found
    deep = zones.set_index("zone_id").at["CQ-04", "geometry"]
    wells["in_deep_zone"] = shapely.covers(deep, points)
    shrunk = wells["zone"].isna() & wells["old_zone"].notna()
    wells["old_zone"] = wells["old_zone"].where(shrunk, None)
    return wells


def _wells_of_areas(areas: gpd.GeoDataFrame, wells: pd.DataFrame) -> pd.Series:
    joined = wells[wells["block"] >= 0].groupby("block")["well_id"].agg(";".join)
    return areas["block"].map(joined).where(areas["block"] >= 0, None)


def _units(land: Jurisdiction) -> gpd.GeoDataFrame:
    return _on_ground(land.units)


def _on_ground(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    plain = pd.DataFrame(frame.drop(columns="geometry"))
    return gpd.GeoDataFrame(plain, geometry=on_ground(frame.geometry.to_numpy()), crs=GROUND_CRS)


def _points(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Longitude and latitude; planted wells without a place, without numbers, or at (0, 0)."""
    degrees = to_degrees(frame[["x", "y"]].to_numpy(dtype=float))
    points = shapely.points(degrees)
    kind = frame["place"] if "place" in frame else pd.Series("", index=frame.index)
    points[(kind == "none").to_numpy()] = None
    points[(kind == "empty").to_numpy()] = shapely.Point()
    points[(kind == "far").to_numpy()] = shapely.Point(0.0, 0.0)
    return gpd.GeoDataFrame(frame.drop(columns=["x", "y"]), geometry=points, crs=POINT_CRS)
