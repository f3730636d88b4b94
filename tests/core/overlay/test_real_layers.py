"""Wells that exist, in areas that exist: the counts that others found, and those of a plain spatial join."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from overdraft.core.overlay import PlacementOptions, place
from overdraft.core.rules.placement import placement_findings

DATA = Path(__file__).resolve().parents[2] / "data"
NO_DISTANCE = PlacementOptions(distance_limit_m=0, position_accuracy_m=0)


def _points(path, id_field, county, crs):
    table = pd.read_csv(path, dtype={id_field: str})
    shapes = shapely.points(table["lon"], table["lat"])
    frame = pd.DataFrame({"well_id": table[id_field], "county": table[county]})
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)


def _counties(path):
    counties = gpd.read_file(path, engine="pyogrio")
    return counties.rename(columns={"fips": "unit_id"}).assign(level="county")


def _joined(wells, counties):
    """The smallest county id of a plain geopandas join, None where there is none."""
    moved = wells.to_crs(counties.crs)
    polygons = counties.assign(geometry=shapely.make_valid(counties.geometry.to_numpy()))
    joined = gpd.sjoin(moved, polygons[["unit_id", "geometry"]], predicate="intersects")
    smallest = joined.groupby(level=0)["unit_id"].min().reindex(range(len(wells)))
    return smallest.astype(object).where(smallest.notna(), None)


def _agree(placement, wells, counties):
    """Share of the wells that lie in the county that is recorded for them."""
    name = counties.set_index("unit_id")["name"]
    return (placement.frame["county_id"].map(name) == wells["county"]).mean()


@pytest.mark.parametrize("crs", ["EPSG:26914", "EPSG:4326", "EPSG:5070"])
def test_kansas_wells_in_the_sheridan_6_area(make, crs):
    wells = gpd.read_file(DATA / "kansas" / "lema.gpkg", layer="wells", engine="pyogrio").to_crs(crs)
    zones = gpd.read_file(DATA / "kansas" / "lema.gpkg", layer="management_zones", engine="pyogrio")
    zones = zones.assign(zone_id=["sheridan", "null_geo9"], severity=["severe", "general"])
    frame = place(wells.rename(columns={"PDIV_ID": "well_id"}), zones=zones, as_of=make.day).frame
    assert frame["zone_id"].value_counts().to_dict() == {"sheridan": 203, "null_geo9": 162}
    assert frame["zone_id"].tolist() == wells["masterid"].tolist()
    assert (frame["zone_distance_m"].dropna() < 0).all()


def test_south_carolina_withdrawals_in_counties(make):
    wells = _points(DATA / "south_carolina" / "withdrawal_points.csv", "PipeID", "County", "EPSG:4326")
    counties = _counties(DATA / "south_carolina" / "counties.gpkg")
    options = PlacementOptions(0, 0, units_margin_m=50_000.0)
    placement = place(wells, units=counties, as_of=make.day, options=options)
    assert len(wells) == 1547
    assert placement.frame["county_id"].isna().sum() == 20
    assert round(100 * _agree(placement, wells, counties), 1) == 94.2
    assert placement.frame["county_id"].tolist() == _joined(wells, counties).tolist()
    far = placement.frame["place_note"] == "outside_units"
    assert 0 < far.sum() < 20, "some of the 20 are typing errors, some lie just across the border"
    verdicts = placement_findings(wells, placement, None, counties, None, options)
    rows = verdicts.rows["rule"].value_counts()
    recorded = int((wells["county"].notna() & placement.frame["county_id"].notna()).sum())
    agreeing = round(_agree(placement, wells, counties) * len(wells))
    assert rows["placement.county"] == recorded - agreeing
    assert rows["placement.location"] == far.sum()
    assert rows["placement.unassigned"] == 20 - far.sum()


def test_texas_wells_in_counties(make):
    wells = _points(DATA / "texas" / "wells.csv.xz", "well_no", "county", "EPSG:4269")
    counties = _counties(DATA / "texas" / "counties.gpkg")
    placement = place(wells, units=counties, as_of=make.day, options=NO_DISTANCE)
    assert len(wells) == 66_742
    assert placement.frame["county_id"].isna().sum() == 120
    assert round(100 * _agree(placement, wells, counties), 1) == 99.4
    assert placement.frame["county_id"].tolist() == _joined(wells, counties).tolist()


def test_far_texas_wells_are_the_ones_that_a_wide_search_finds_far(make):
    """More than 50 km outside, by the distance in an equal-area plane of the whole state (good to one percent)."""
    wells = _points(DATA / "texas" / "wells.csv.xz", "well_no", "county", "EPSG:4269")
    counties = _counties(DATA / "texas" / "counties.gpkg")
    frame = place(wells, units=counties, as_of=make.day, options=NO_DISTANCE).frame
    outside = frame["county_id"].isna().to_numpy()
    state = counties.to_crs(5070).union_all()
    metres = wells[outside].to_crs(5070).distance(state).to_numpy()
    sure = np.abs(metres - 50_000) > 1000
    far = (frame["place_note"] == "outside_units").to_numpy()[outside]
    np.testing.assert_array_equal(far[sure], (metres > 50_000)[sure])
