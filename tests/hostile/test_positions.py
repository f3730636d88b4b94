"""R16, R18, R19: every form of a coordinate, and every coordinate that is none."""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from make import HEADINGS, PLACES, WELLS, shapefile, text_fields, text_file
from pyproj import Transformer

from overdraft.core.coordinates.offsets import converted, shapes_converted

COUNTIES = Path(__file__).parents[1] / "data" / "china" / "seed_counties.geojson"
NOTE, WARNING, ERROR = "note", "warning", "error"
LON, LAT = np.array(PLACES).T


def plane(epsg):
    return Transformer.from_crs("EPSG:4490", f"EPSG:{epsg}", always_xy=True).transform(LON, LAT)


def table(path, first, second, names=HEADINGS[4:]):
    rows = [[*row[:4], a, b] for row, a, b in zip(WELLS, first, second, strict=True)]
    return text_file(path, [*HEADINGS[:4], *names], rows)


def degrees(made):
    """Longitude and latitude of each row, whatever the system of the layer."""
    shapes = gpd.GeoSeries.from_wkt([row["wkt"] for row in made.rows], crs=made.crs).to_crs("EPSG:4490")
    return np.column_stack([shapes.x, shapes.y])


DMS = [
    (["89°12′00″", "89°30′00″", "90°48′00″"], ["42°12′00″", "42°30′00″", "42°48′00″"]),
    (["89°12'0\"E", "E89°30'0\"", "90°48'0\"E"], ["42°12'0\"N", "N42°30'0\"", "42°48'0\"N"]),
    (["89度12分0秒", "东经89度30分0秒", "90度48分"], ["42度12分", "北纬42度30分0秒", "42度48分0秒"]),
    (["89-12-00", "89:30:00", "90 48 00"], ["42-12-00", "42:30:00", "42 48 00"]),
    (["８９．２", "８９°３０′", "90.8°"], ["42.2°", "４２．５", "42.8N"]),
]


@pytest.mark.parametrize(("first", "second"), DMS)
def test_r16_degrees_minutes_seconds(imported, units, tmp_path, first, second):
    made = imported(table(tmp_path / "a.csv", first, second), UNITS=units)
    assert degrees(made) == pytest.approx(np.array(PLACES), abs=1e-12)
    assert (made.crs, made.conversions["经度"]["n_unreadable"]) == ("EPSG:4490", 0)
    assert made.conversions["经度"]["n_converted"] == 3


@pytest.mark.parametrize("epsg", [4490, 4326, 4539, 4540, 4518, 4519, 4494])
@pytest.mark.parametrize("x_first", [True, False])
def test_r16_grids_with_and_without_zone_and_x_for_north(imported, units, tmp_path, epsg, x_first):
    """4539 and 4540: meridians 90° and 93° without zone; 4518, 4519: 3° zones 30 and 31; 4494: 6° zone 16."""
    x, y = plane(epsg)
    first, second = (x, y) if x_first else (y, x)
    decimals = 9 if epsg in (4490, 4326) else 4
    cells = [[f"{value:.{decimals}f}" for value in values] for values in (first, second)]
    made = imported(table(tmp_path / "a.csv", *cells, ("X坐标", "Y坐标")), UNITS=units)
    assert degrees(made) == pytest.approx(np.array(PLACES), abs=2e-9)
    geographic = epsg in (4490, 4326)
    assert made.crs == ("EPSG:4490" if geographic else f"EPSG:{epsg}")
    told = [(NOTE if geographic else WARNING, "import.system", "", "")]
    turned = [(NOTE, "import.system", "", "")] * (not x_first)
    assert made.said() == sorted([(NOTE, "import.column", "", ""), *told, *turned])


def test_r16_without_units_a_table_is_asked_for_its_system(refused, tmp_path):
    path = table(tmp_path / "a.csv", *[[f"{v:.2f}" for v in values] for values in plane(4539)], ("x", "y"))
    message = refused(path)
    assert "CRS" in message
    assert "EPSG:4534 … EPSG:4554 (75°, 78° … 135°; x, y)" in message
    assert "UNITS" in message


HOSTILE = [
    # cell of x, cell of y, check and severity of what is said, position in the result
    ("89.5", "42.5", None, "Point (89.5 42.5)"),
    ("0", "0", ("import.zero", ERROR), "Point (0 0)"),
    ("", "42.5", ("import.position", ERROR), None),
    ("89.5", None, ("import.position", ERROR), None),
    ("NaN", "NaN", ("import.position", ERROR), None),
    ("inf", "42.5", ("import.position", ERROR), None),
    ("-inf", "42.5", ("import.position", ERROR), None),
    ("1e307", "42.5", ("import.nowhere", ERROR), "Point (1e+307 42.5)"),
    ("-1.8e308", "42.5", ("import.position", ERROR), None),  # minus infinity, to a computer
    ("1e999", "42.5", ("import.position", ERROR), None),
    ("东边", "42.5", ("import.position", ERROR), None),
    ("42.5", "89.5", ("import.swapped", ERROR), "Point (42.5 89.5)"),
    ("100.5", "42.5", ("import.outside", WARNING), "Point (100.5 42.5)"),
    ("-89.5", "42.5", ("import.outside", WARNING), "Point (-89.5 42.5)"),
    ("89.5", "95", ("import.nowhere", ERROR), "Point (89.5 95)"),
]


def many(cells):
    """The cells given as wells H1 …, among 400 wells that are in order."""
    own = [[f"H{n}", "农业灌溉", "在用", "高昌区", x, y] for n, (x, y) in enumerate(cells, 1)]
    good = [[f"G{n}", "农业灌溉", "在用", "高昌区", f"{89 + n / 401:.6f}", "42.5"] for n in range(1, 401)]
    return own + good


def shown(wkt):
    """``Point (x y)`` with nine digits."""
    point = None if wkt is None else shapely.from_wkt(wkt)
    return None if point is None else f"Point ({point.x:.9g} {point.y:.9g})"


def test_r16_no_hostile_coordinate_becomes_a_place(imported, units, tmp_path):
    rows = many([one[:2] for one in HOSTILE])
    made = imported(text_file(tmp_path / "a.csv", HEADINGS, rows), UNITS=units, CRS="EPSG:4490")
    assert [shown(row["wkt"]) for row in made.rows[: len(HOSTILE)]] == [one[3] for one in HOSTILE]
    expected = {f"H{n}": one[2] for n, one in enumerate(HOSTILE, 1) if one[2]}
    found = {one["subject_id"]: (one["check"], one["severity"]) for one in made.problems if one["subject_id"]}
    assert found == expected
    assert made.numbers["N_WRITTEN"] == len(rows)
    assert {one["row"] for one in made.problems if one["subject_id"] == "H2"} == {3}  # the sheet's own count


def test_r16_the_same_without_units(imported, tmp_path):
    """Nothing to measure against: what can lie on no earth is told all the same."""
    made = imported(
        text_file(tmp_path / "a.csv", HEADINGS, many([one[:2] for one in HOSTILE])), CRS="EPSG:4490"
    )
    found = {one["subject_id"]: one["check"] for one in made.problems if one["subject_id"]}
    told = ("import.zero", "import.position", "import.nowhere")
    assert found == {f"H{n}": one[2][0] for n, one in enumerate(HOSTILE, 1) if one[2] and one[2][0] in told}


BAD_POINTS = [
    (math.nan, math.nan),
    (math.inf, 42.5),
    (89.5, -math.inf),
    (1e308, 42.5),
    (-1.797e308, 42.5),
    (0.0, 0.0),
    None,
    (42.5, 89.5),
    (500_000.0, 4_700_000.0),
]


def test_r16_points_of_a_shapefile(imported, units, tmp_path):
    points = [*BAD_POINTS, *((89 + n / 401, 42.5) for n in range(1, 401))]
    rows = [(f"H{n}", "农业灌溉", "在用", "高昌区") for n in range(1, len(points) + 1)]
    path = shapefile(tmp_path / "a.shp", points, text_fields(HEADINGS[:4], 20), rows, "gbk", "GBK")
    made = imported(path, UNITS=units)
    found = {one["subject_id"]: one["check"] for one in made.problems if one["subject_id"]}
    assert found == {
        "H1": "import.position",  # NaN is an empty point
        "H2": "import.nowhere",
        "H3": "import.nowhere",
        "H4": "import.nowhere",
        "H5": "import.nowhere",
        "H6": "import.zero",
        "H7": "import.position",
        "H8": "import.swapped",
        "H9": "import.nowhere",
    }
    assert made.numbers["N_WRITTEN"] == 409


def test_r16_swapped_rows_are_mended_on_request_alone(imported, units, tmp_path):
    path = text_file(
        tmp_path / "a.csv", HEADINGS, many([("42.5", "89.5"), ("42.1", "89.7"), ("100.5", "42.5")])
    )
    made = imported(path, UNITS=units, CRS="EPSG:4490", REPAIR=["swap_xy"])
    assert [row["wkt"] for row in made.rows[:3]] == [
        "Point (89.5 42.5)",
        "Point (89.7 42.1)",
        "Point (100.5 42.5)",
    ]
    moved = [
        (one["row"], one["raw_value"], one["value"]) for one in made.raw_values if one["field"] == "geometry"
    ]
    assert moved == [
        (2, "POINT (42.5 89.5)", "POINT (89.5 42.5)"),
        (3, "POINT (42.1 89.7)", "POINT (89.7 42.1)"),
    ]
    assert [one[1:3] for one in made.said() if one[2]] == [("import.outside", "H3")]


class TestR18:
    """A reference system that is missing, unknown or old stops the run with a question."""

    def layer(self, tmp_path, epsg, points=PLACES):
        rows = [row[:4] for row in WELLS]
        return shapefile(
            tmp_path / "a.shp", points, text_fields(HEADINGS[:4], 20), rows, "gbk", "GBK", 0, epsg
        )

    def test_r18_missing(self, refused, imported, tmp_path):
        path = self.layer(tmp_path, None)
        assert "has no coordinate system" in refused(path)
        assert imported(path, CRS="EPSG:4490").crs == "EPSG:4490"

    def test_r18_unknown(self, refused, tmp_path):
        path = self.layer(tmp_path, None)
        path.with_suffix(".prj").write_text('LOCAL_CS["mine grid",UNIT["metre",1]]')
        assert "coordinate system" in refused(path)

    @pytest.mark.parametrize(
        ("epsg", "name"),
        [(2415, "Beijing 1954"), (4214, "Beijing 1954"), (2363, "Xian 1980"), (4610, "Xian 1980")],
    )
    def test_r18_old_datums_need_an_operation(self, refused, imported, tmp_path, epsg, name):
        points = list(zip(*plane(epsg), strict=True)) if epsg in (2415, 2363) else PLACES
        path = self.layer(tmp_path, epsg, points)
        message = refused(path)
        assert "OPERATION" in message
        assert name in message
        numbers = "+x=-15 +y=154 +z=82" if "Beijing" in name else "+x=0 +y=0 +z=0"
        ellipsoid = "+ellps=krass" if "Beijing" in name else "+a=6378140 +rf=298.257"
        inverse = ""
        if epsg in (2415, 2363):
            inverse = f"+step +inv +proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=39500000 +y_0=0 {ellipsoid} "
        else:
            inverse = "+step +proj=unitconvert +xy_in=deg +xy_out=rad "
        pipeline = (
            f"+proj=pipeline {inverse}+step +proj=push +v_3 +step +proj=cart {ellipsoid} +step +proj=helmert {numbers} "
            "+step +inv +proj=cart +ellps=GRS80 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
        )
        made = imported(path, OPERATION=pipeline)
        assert made.crs == "EPSG:4490"
        moves = np.abs(degrees(made) - np.array(PLACES)).max()
        assert moves < 0.004
        assert [one["reason_key"] for one in made.raw_values if one["field"] == "geometry"] == [
            "importing.kind.operation"
        ] * 3

    def test_r18_an_operation_where_none_is_needed(self, refused, tmp_path):
        assert "needs none" in refused(self.layer(tmp_path, 4490), OPERATION="+proj=noop")

    def test_r18_a_grid_is_not_taken_for_degrees(self, imported, units, tmp_path):
        """Read in degrees the metres of a grid lie nowhere: every row is told."""
        path = self.layer(tmp_path, 4490, list(zip(*plane(4539), strict=True)))
        made = imported(path, UNITS=units)
        assert [one[1:3] for one in made.said() if one[2]] == [("import.nowhere", f"W{n}") for n in (1, 2, 3)]


@pytest.fixture(scope="module")
def counties():
    return gpd.read_file(COUNTIES)


def polygons(counties, path, shapes):
    frame = gpd.GeoDataFrame(
        {"unit_id": counties["adcode"].astype(str), "name": counties["name"], "level": "county"},
        geometry=np.asarray(shapes),
        crs="EPSG:4490",
    )
    frame.to_file(path, driver="GPKG", layer=path.stem)
    return str(path)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
class TestR19:
    """The boundaries of seven real counties, and wells in them, on the datum of a map service."""

    @pytest.fixture
    def reference(self, counties, tmp_path):
        folder = tmp_path / "reference"
        folder.mkdir()
        return polygons(counties, folder / "units.gpkg", counties.geometry)

    @pytest.fixture
    def wells(self, counties, tmp_path, datum):
        """400 wells of 高昌区, half of them within 900 m of its edge."""
        home = counties.set_index("name").loc["高昌区", "geometry"]
        rng = np.random.default_rng(7)
        west, south, east, north = home.bounds
        pool = np.column_stack([rng.uniform(west, east, 40_000), rng.uniform(south, north, 40_000)])
        inside = pool[shapely.contains_xy(home, pool)]
        near = shapely.distance(home.boundary, shapely.points(inside)) < 0.009
        self.true = np.concatenate([inside[near][:200], inside[~near][:200]])
        x, y = converted(*self.true.T, "wgs84", datum)
        rows = [
            [f"W{n}", "农业灌溉", "在用", "高昌区", f"{a:.9f}", f"{b:.9f}"]
            for n, (a, b) in enumerate(zip(x, y, strict=True))
        ]
        return text_file(tmp_path / "井.csv", HEADINGS, rows)

    def shift(self, made, datum):
        """Length of the vector that is told, metres; the message names the datum."""
        (told,) = [one for one in made.problems if one["check"] == "import.shift"]
        assert told["severity"] == ERROR
        assert {"gcj02": "GCJ-02", "bd09": "BD-09"}[datum] in told["message"]
        return told["distance_m"]

    def offset_m(self, lon, lat, datum):
        """The datum's offset at a place, metres, on a sphere."""
        x, y = converted(lon, lat, "wgs84", datum)
        return np.hypot((x - lon) * 111_320 * np.cos(np.radians(lat)), (y - lat) * 111_050)

    def test_r19_wells_are_told_and_not_moved(self, imported, wells, reference, datum):
        made = imported(wells, UNITS=reference, CRS="EPSG:4490")
        expected = np.median(self.offset_m(*self.true.T, datum))
        assert self.shift(made, datum) == pytest.approx(expected, abs=100)
        x, y = converted(*self.true.T, "wgs84", datum)
        assert degrees(made) == pytest.approx(np.column_stack([x, y]), abs=1e-9)

    def test_r19_the_repair_is_exact(self, imported, wells, reference, datum):
        made = imported(wells, UNITS=reference, CRS="EPSG:4490", REPAIR=[datum])
        assert degrees(made) == pytest.approx(self.true, abs=2e-9)  # nine decimals in the file
        assert [one for one in made.problems if one["check"] == "import.shift"] == []
        assert sum(one["field"] == "geometry" for one in made.raw_values) == 400

    @pytest.mark.long
    def test_r19_boundaries(self, imported, counties, reference, tmp_path, datum):
        """The three counties of 吐鲁番. (Over all of China one vector is no longer that of BD-09.)"""
        turpan = counties[counties["name"].isin(["高昌区", "鄯善县", "托克逊县"])]
        moved = shapes_converted(turpan.geometry.to_numpy(), "wgs84", datum)
        path = polygons(turpan, tmp_path / "moved.gpkg", moved)
        made = imported(path, "units", UNITS=reference)
        centre = shapely.centroid(turpan.geometry.to_numpy())
        offsets = self.offset_m(shapely.get_x(centre), shapely.get_y(centre), datum)
        assert offsets.min() - 30 < self.shift(made, datum) < offsets.max() + 30
        mended = imported(path, "units", UNITS=reference, REPAIR=[datum])
        assert [one for one in mended.problems if one["check"] == "import.shift"] == []
        home = gpd.GeoSeries.from_wkt([row["wkt"] for row in mended.rows]).to_numpy()
        # The way back is asked to be right to 1 m = 9e-6 degrees; the text of a row has nine decimals.
        assert shapely.hausdorff_distance(home, turpan.geometry.to_numpy()).max() < 1e-8


def test_r19_seven_counties_far_apart(imported, counties, tmp_path):
    """In GCJ-02 their offsets run from 170 to 480 m; the one vector that is told lies between."""
    path = polygons(counties, tmp_path / "units.gpkg", counties.geometry)
    moved = shapes_converted(counties.geometry.to_numpy(), "wgs84", "gcj02")
    made = imported(polygons(counties, tmp_path / "moved.gpkg", moved), "units", UNITS=path)
    (told,) = made.problems
    assert (told["check"], told["severity"]) == ("import.shift", ERROR)
    assert 170 < told["distance_m"] < 480
    assert "GCJ-02" in told["message"]


def test_r19_boundaries_where_they_should_be_say_nothing(imported, counties, tmp_path):
    path = polygons(counties, tmp_path / "units.gpkg", counties.geometry)
    made = imported(path, "units", UNITS=path)
    assert made.said() == []
