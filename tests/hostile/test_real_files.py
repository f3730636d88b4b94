"""Real public files through the import and the check, against counts that plain loops find beside the program."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

DATA = Path(__file__).parents[1] / "data"
ACRE_MU = 4046.8564224 * 15 / 10_000
"""Mu in an acre: 4046.8564224 m² of 10 000/15 m² each."""
FOOT_M = 0.3048


def counties_of(state):
    frame = gpd.read_file(DATA / state / "counties.gpkg")
    return frame[~frame.geometry.isna()]


@pytest.fixture
def units(tmp_path):
    """``units(state)``: its counties as the role ``units``."""

    def make(state):
        frame = counties_of(state)
        frame = frame.assign(unit_id=frame["fips"], level="county")[["unit_id", "name", "level", "geometry"]]
        path = tmp_path / "reference" / "units.gpkg"
        path.parent.mkdir(exist_ok=True)
        frame.to_file(path, driver="GPKG")
        return str(path)

    return make


def county_by_loop(state, lon, lat):
    """The county of each point, one polygon after the other; None for none."""
    found = np.full(len(lon), None, dtype=object)
    for name, shape in zip(*(counties_of(state)[key] for key in ("name", "geometry")), strict=True):
        found[shapely.intersects_xy(shape, lon, lat)] = name
    return found


def check(run, rows_of, **layers):
    out = run("checkregister", {**layers, "PROBLEMS": "memory:", "COUNTS": "memory:"})
    problems = pd.DataFrame(rows_of(out["PROBLEMS"]))
    return problems.groupby("check")["subject_id"].nunique().to_dict() if len(problems) else {}


@pytest.fixture
def texas(tmp_path):
    """Wells of Texas with the two columns that the source lacks, empty."""
    frame = pd.read_csv(DATA / "texas" / "sample.csv", dtype={"well_no": str})
    frame = frame.assign(use="", status="").rename(columns={"aquifer": "formation"})
    path = tmp_path / "texas.csv"
    frame.to_csv(path, index=False)
    return frame, path


def test_texas(imported, run, rows_of, texas, units, tmp_path):
    frame, path = texas
    reference = units("texas")
    given = {"CRS": "EPSG:4269", "UNITS": reference, "UNIT_MAP": "depth_ft = ft"}
    made = imported(path, **given, FIELD_MAP="depth_ft = depth_m")
    assert made.numbers["N_WRITTEN"] == len(frame) == 1_722
    assert made.column("well_id") == frame["well_no"].tolist()
    depths = [None if np.isnan(depth) else depth * FOOT_M for depth in frame["depth_ft"]]
    assert made.column("depth_m") == pytest.approx(depths)
    assert made.column("year") == [
        str(year) for year in frame["year"]
    ]  # a year is no day: it goes on as it is
    home = county_by_loop("texas", frame["lon"].to_numpy(), frame["lat"].to_numpy())
    outside = {well for well, name in zip(frame["well_no"], home, strict=True) if name is None}
    assert len(outside) == 14
    assert {one[2] for one in made.said() if one[1] == "import.outside"} == outside
    # 46 wells of the source are deeper than 5,000 ft; all of them are in the extract
    saved = tmp_path / "wells.gpkg"
    run(
        "importlayer",
        {
            "INPUT": str(path),
            "ROLE": "wells",
            "OUTPUT": str(saved),
            **given,
            "FIELD_MAP": "depth_ft = depth_m",
        },
    )
    found = check(run, rows_of, WELLS=str(saved), UNITS=reference)
    assert (
        found["values.depth_m"] == (frame["depth_ft"] * FOOT_M > 1_500).sum() + (frame["depth_ft"] <= 0).sum()
    )
    assert (frame["depth_ft"] > 5_000).sum() == 46
    inside = frame["county"].to_numpy() == home
    assert inside.mean() == pytest.approx(0.99, abs=0.01)
    assert found["positions.county"] == (~inside).sum()


def test_texas_a_year_is_no_day(imported, texas):
    frame, path = texas
    made = imported(path, CRS="EPSG:4269", FIELD_MAP="year = built_on")
    assert made.conversions["year"]["n_unreadable"] == len(frame)
    assert made.column("built_on") == [None] * len(frame)


def test_south_carolina_wells(imported, run, rows_of, units, tmp_path):
    frame = pd.read_csv(DATA / "south_carolina" / "withdrawals.csv")
    path = tmp_path / "points.csv"
    frame.to_csv(path, index=False)
    reference = units("south_carolina")
    given = {
        "FIELD_MAP": "PipeID = well_id\nCategry = use",
        "VALUE_MAP": "use: Agricultural Irrigation = irrigation\nstatus: Inactive = shut\n"
        "status: Under Construction = proposed",
        "CRS": "EPSG:4326",
        "UNITS": reference,
    }
    made = imported(path, **given)
    assert made.numbers["N_WRITTEN"] == 1_547
    states = pd.Series(made.column("status")).value_counts().to_dict()
    assert states == {"active": 1_393, "shut": 144, "proposed": 10}
    home = county_by_loop("south_carolina", frame["lon"].to_numpy(), frame["lat"].to_numpy())
    outside = {well for well, name in zip(frame["PipeID"], home, strict=True) if name is None}
    assert len(outside) == 20
    assert {one[2] for one in made.said() if one[1] in ("import.outside", "import.swapped")} == outside
    saved = tmp_path / "wells.gpkg"
    run("importlayer", {"INPUT": str(path), "ROLE": "wells", "OUTPUT": str(saved), **given})
    inside = frame["County"].to_numpy() == home
    assert round(100 * inside.mean(), 1) == 94.2
    assert check(run, rows_of, WELLS=str(saved), UNITS=reference)["positions.county"] == (~inside).sum()


def test_south_carolina_acres_are_mu(imported, tmp_path):
    zones = gpd.read_file(DATA / "south_carolina" / "zones.gpkg")
    words = zones["year2021"].map({1: "irrigated", 0: "retired"})
    path = tmp_path / "zones.gpkg"
    zones.assign(status=words).to_file(path, driver="GPKG")
    made = imported(
        path,
        "irrigation",
        FIELD_MAP="id_a = area_id\nAcres = area_mu\nType = method",
        UNIT_MAP="Acres = acre",
    )
    assert made.numbers["N_WRITTEN"] == 138
    assert made.column("area_mu") == pytest.approx((zones["Acres"] * ACRE_MU).tolist(), rel=1e-12)
    measured = zones.to_crs("ESRI:102008").area * 15 / 10_000
    assert (measured / made.column("area_mu")).median() == pytest.approx(1.0, abs=0.02)
    assert made.column("status").count("irrigated") == (zones["year2021"] == 1).sum()
    assert made.errors() == []


def test_india_stations_keep_their_zeros(imported):
    frame = pd.read_csv(DATA / "india" / "wells.csv", dtype={"station_id": str})
    made = imported(DATA / "india" / "wells.csv", "stations", CRS="EPSG:4326")
    assert made.numbers["N_WRITTEN"] == len(frame) == 644
    assert made.column("station_id") == frame["station_id"].tolist()
    assert sum(name.startswith("0") for name in made.column("station_id")) == 23
    found = gpd.GeoSeries.from_wkt([row["wkt"] for row in made.rows])
    assert np.abs(found.x - frame["lon"]).max() < 1e-9
    assert np.abs(found.y - frame["lat"]).max() < 1e-9
    assert made.errors() == []


def test_india_levels_below_and_above_the_ground(imported):
    """Negative depths are water above the ground, or a wrong sign: the figures stay as they are."""
    path = DATA / "india" / "levels.csv"
    frame = pd.read_csv(path, dtype={"station_id": str})
    made = imported(path, "levels", FIELD_MAP="quarter_start = date_on\ndepth_to_water_m = depth_m")
    assert made.numbers["N_WRITTEN"] == len(frame) == 1_471
    assert made.column("depth_m") == frame["depth_to_water_m"].tolist()
    assert sum(depth < 0 for depth in made.column("depth_m")) == 20
    assert [day.toString("yyyy-MM-dd") for day in made.column("date_on")] == frame["quarter_start"].tolist()
    assert made.errors() == []


def test_seven_counties_as_units(imported, tmp_path):
    """The file does not say what level its polygons are: that is told, and can be said for all of them."""
    source = DATA / "china" / "seed_counties.geojson"
    told = imported(source, "units", FIELD_MAP="adcode = unit_id")
    assert told.errors() == [("import.column", "field:level", "level")]
    frame = gpd.read_file(source)
    path = tmp_path / "units.gpkg"
    frame.assign(level="县级").to_file(path, driver="GPKG")
    given = {"FIELD_MAP": "adcode = unit_id", "VALUE_MAP": "level: = county"}
    made = imported(source, "units", **given, UNITS=str(path))
    assert made.column("unit_id") == frame["adcode"].astype(str).tolist()
    assert made.column("level") == ["county"] * 7
    parts = [shapely.get_num_geometries(shapely.from_wkt(row["wkt"])) for row in made.rows]
    assert dict(zip(made.column("name"), parts, strict=True))["昆玉市"] == 16
    assert made.errors() == []
