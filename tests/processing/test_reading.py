"""Sources into frames: the same rows by the bulk road and by the slow one, from every kind of source."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDateTime, QTime

from overdraft.processing.layers import open_source
from overdraft.processing.layers.fields import fields_from_qgis

FIELDS = {"name": "text", "n": "int", "big": "long", "share": "real", "day": "date", "open": "bool"}
ROWS = [
    ("POINT (89.1 42.9)", "一号井", 1, 650421000000000123, 0.5, "2021-11-12", True),
    ("POINT (89.2 43.0)", None, None, 650421000000000124, None, None, None),
    (None, "", -7, 2, -1.25, "9999-12-31", False),
    ("POINT (89.3 43.1)", "long", 2147483647, 3, 1e-9, "1999-01-31", True),
]


class Reader(QgsProcessingAlgorithm):
    """The least algorithm that has a source."""

    def initAlgorithm(self, configuration=None):
        self.addParameter(QgsProcessingParameterFeatureSource("WELLS", "wells"))

    def name(self):
        return "reader"

    def createInstance(self):
        return Reader()


@pytest.fixture
def read(context):
    algorithm = Reader()
    algorithm.initAlgorithm({})

    def call(value, **options):
        source = open_source(algorithm, {"WELLS": value}, "WELLS", context)
        return source, source.read(**options)

    return call


@pytest.fixture
def wells(layer):
    return layer("Point", FIELDS, ROWS, name="wells")


def plain(frame):
    return [
        {key: None if pd.isna(value) else value for key, value in row.items()}
        for row in pd.DataFrame(frame.drop(columns="geometry")).to_dict("records")
    ]


def test_memory_layer_keeps_every_row_value_and_null(read, wells):
    source, table = read(wells)
    assert source.bulk is None
    frame = table.frame()
    assert list(frame.columns) == [*FIELDS, "geometry"]
    assert frame["name"].tolist() == ["一号井", None, "", "long"]
    assert frame["n"].tolist()[0] == 1
    assert frame["n"].isna().tolist() == [False, True, False, False]
    assert frame["big"].tolist() == [650421000000000123, 650421000000000124, 2, 3]
    assert frame["open"].isna().tolist() == [False, True, False, False]
    assert frame["share"].tolist()[0] == 0.5
    assert np.isnan(frame["share"].iloc[1])
    # 9999 is beyond nanoseconds, so the days come as text
    assert frame["day"].tolist() == ["2021-11-12", None, "9999-12-31", "1999-01-31"]
    assert frame.geometry.isna().tolist() == [False, False, True, False]
    assert frame.crs.to_epsg() == 4490


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
def test_bulk_and_slow_roads_agree(read, wells, save, tmp_path, suffix, monkeypatch):
    path = save(wells, tmp_path / f"wells{suffix}")
    source, fast = read(path)
    assert source.bulk is not None
    source.bulk = None
    slow = source.read()
    assert fast.frame().crs == slow.frame().crs
    assert list(fast.frame().columns) == list(slow.frame().columns)
    assert plain(fast.frame()) == plain(slow.frame())
    assert fast.frame().geometry.to_wkt().tolist() == slow.frame().geometry.to_wkt().tolist()
    assert [field.kind for field in fast.fields] == [field.kind for field in slow.fields]


def test_geopackage_key_is_a_column_as_in_qgis(read, wells, save, tmp_path):
    source, table = read(save(wells, tmp_path / "wells.gpkg"))
    assert source.bulk is not None
    assert table.frame()["fid"].tolist() == [1, 2, 3, 4]
    assert source.columns == [field.name() for field in QgsVectorLayer(str(tmp_path / "wells.gpkg")).fields()]


def test_whole_numbers_with_nulls_beyond_float_precision_stay_exact(read, layer, save, tmp_path):
    rows = [("POINT (1 1)", 650421000000000123), ("POINT (2 2)", None)]
    path = save(layer("Point", {"big": "long"}, rows), tmp_path / "big.gpkg")
    _, table = read(path)
    assert table.frame()["big"].tolist()[0] == 650421000000000123


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_shapefile_in_its_own_encoding(read, layer, save, tmp_path, encoding):
    made = layer("Point", {"name": "text"}, [("POINT (1 1)", "高昌区"), (None, None)])
    path = save(made, tmp_path / "names.shp", encoding)
    source, table = read(path)
    assert table.frame()["name"].tolist() == ["高昌区", None]
    source.bulk = None
    assert source.read().frame()["name"].tolist() == ["高昌区", None]


def test_layer_in_a_file_with_several_is_the_named_one(read, layer, tmp_path):
    import geopandas as gpd
    from shapely import Point

    for name in ("first", "second"):
        frame = gpd.GeoDataFrame({"name": [name]}, geometry=[Point(1, 1)], crs=4490)
        frame.to_file(tmp_path / "two.gpkg", layer=name, driver="GPKG")
    source, table = read(f"{tmp_path / 'two.gpkg'}|layername=second")
    assert source.bulk is not None
    assert table.frame()["name"].tolist() == ["second"]
    assert source.path == tmp_path / "two.gpkg"


def test_filter_selection_edit_join_and_virtual_field_take_the_slow_road(read, wells, save, tmp_path):
    path = save(wells, tmp_path / "wells.gpkg")

    filtered = QgsVectorLayer(path, "filtered", "ogr")
    filtered.setSubsetString('"n" = 1')
    source, table = read(filtered)
    assert source.bulk is None
    assert table.frame()["name"].tolist() == ["一号井"]

    selected = QgsVectorLayer(path, "selected", "ogr")
    QgsProject.instance().addMapLayer(selected)
    selected.selectByIds([4])
    source, table = read(QgsProcessingFeatureSourceDefinition(selected.id(), True))
    assert source.bulk is None
    assert table.frame()["name"].tolist() == ["long"]

    edited = QgsVectorLayer(path, "edited", "ogr")
    edited.startEditing()
    edited.changeAttributeValue(1, edited.fields().lookupField("name"), "changed")
    source, table = read(edited)
    assert source.bulk is None
    assert table.frame()["name"].tolist()[0] == "changed"
    edited.rollBack()

    computed = QgsVectorLayer(path, "computed", "ogr")
    field = wells.fields().field("n")
    field.setName("twice")
    computed.addExpressionField('"n" * 2', field)
    source, table = read(computed)
    assert source.bulk is None
    assert table.frame()["twice"].tolist()[0] == 2
    QgsProject.instance().removeMapLayer(selected.id())


def test_limit_of_features_is_honoured(read, wells, save, tmp_path):
    path = save(wells, tmp_path / "wells.gpkg")
    source, table = read(QgsProcessingFeatureSourceDefinition(path, False, 2))
    assert source.bulk is None
    assert len(table.frame()) == 2


def test_only_the_columns_asked_for_are_read(read, wells, save, tmp_path):
    for value in (wells, save(wells, tmp_path / "wells.gpkg")):
        _, table = read(value, columns={"day", "name"})
        assert [field.name for field in table.fields] == ["name", "day"]


@pytest.mark.parametrize("kind", ["PointZ", "PointM", "PointZM"])
def test_z_and_m_are_kept_to_pass_on_and_dropped_to_compute(read, layer, save, tmp_path, kind):
    numbers = {"PointZ": "1 2 3", "PointM": "1 2 4", "PointZM": "1 2 3 4"}[kind]
    made = layer(kind, {"name": "text"}, [(f"{kind} ({numbers})", "a")])
    for value in (made, save(made, tmp_path / "z.gpkg")):
        _, table = read(value, keep_as_it_was=True)
        assert table.frame().geometry.to_wkt().tolist() == ["POINT (1 2)"]
        from qgis.core import QgsGeometry

        geometry = QgsGeometry()
        geometry.fromWkb(bytes(table.wkb[0]))
        assert geometry.asWkt().replace(" ", "") == f"{kind}({numbers})".replace(" ", "")


def test_curves_become_straight_segments(read, layer, save, tmp_path):
    circle = "CurvePolygon (CircularString (0 0, 1 1, 2 0, 1 -1, 0 0))"
    made = layer("CurvePolygon", {"name": "text"}, [(circle, "a")], crs="EPSG:4547")
    for value in (made, save(made, tmp_path / "curve.gpkg")):
        _, table = read(value)
        assert table.frame().geometry.area.tolist() == [pytest.approx(np.pi, rel=1e-3)]


def test_broken_polygon_is_kept_for_the_rules_to_judge(read, layer, save, tmp_path):
    bow = "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"
    made = layer("Polygon", {"name": "text"}, [(bow, "bow"), (None, "none")])
    for value in (made, save(made, tmp_path / "bow.gpkg")):
        _, table = read(value)
        frame = table.frame()
        assert len(frame) == 2
        assert not frame.geometry.iloc[0].is_valid
        assert table.n_unreadable == 0


def test_moments_are_read_as_on_the_clock(read, layer, save, tmp_path):
    moment = QDateTime.fromString("2024-05-01T08:30:00", "yyyy-MM-ddTHH:mm:ss")
    made = layer("Point", {"seen": "datetime"}, [("POINT (1 1)", moment), ("POINT (2 2)", None)])
    for value in (made, save(made, tmp_path / "seen.gpkg")):
        source, table = read(value)
        assert [field.kind for field in table.fields if field.name == "seen"] == ["datetime"]
        seen = table.frame()["seen"]
        assert seen.tolist()[0] == pd.Timestamp("2024-05-01T08:30:00")
        assert seen.isna().tolist() == [False, True]
    assert source.bulk is not None


def test_time_of_day_comes_as_text(read, layer):
    made = layer("Point", {"at": "time"}, [("POINT (1 1)", QTime(8, 30)), ("POINT (2 2)", None)])
    _, table = read(made)
    assert table.frame()["at"].tolist() == ["08:30:00", None]


@pytest.mark.parametrize(("stored", "zone"), [("", 0), ("UTC", 100), ("mixed", None)])
def test_zone_of_time_is_kept_or_the_slow_road_taken(read, tmp_path, stored, zone):
    import geopandas as gpd
    from shapely import Point

    moments = pd.to_datetime(["2024-05-01T08:30:00", "2024-05-02T08:30:00"])
    if stored == "UTC":
        moments = moments.tz_localize("UTC")
    values = pd.Series(moments)
    if stored == "mixed":
        values = pd.Series(["2024-05-01T08:30:00+08:00", "2024-05-02T08:30:00+06:00"]).map(pd.Timestamp)
    frame = gpd.GeoDataFrame({"seen": values}, geometry=[Point(1, 1), Point(2, 2)], crs=4490)
    frame.to_file(tmp_path / "seen.geojson", driver="GeoJSON")
    _, table = read(str(tmp_path / "seen.geojson"))
    assert table.columns[0].dtype == (object if zone is None else np.dtype("datetime64[ms]"))
    assert table.fields[0].zone == (zone or 0)
    assert table.frame()["seen"].iloc[0] == pd.Timestamp("2024-05-01T08:30:00")


def test_days_within_nanoseconds_are_days(read, layer):
    _, table = read(layer("None", {"day": "date"}, [(None, "2024-02-29"), (None, None)]))
    frame = table.frame()
    assert str(frame["day"].dtype) == "datetime64[ns]"
    assert frame["day"].iloc[0].date() == date(2024, 2, 29)
    assert "geometry" not in frame.columns


def test_source_file_is_not_touched(read, wells, save, tmp_path):
    path = tmp_path / "wells.gpkg"
    save(wells, path)
    before = path.read_bytes()
    read(str(path))
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["wells.gpkg"]


def test_every_field_of_a_layer_has_a_kind(wells):
    assert [field.kind for field in fields_from_qgis(wells.fields())] == [
        "text",
        "int32",
        "int64",
        "real",
        "date",
        "bool",
    ]
