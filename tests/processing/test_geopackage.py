"""Points written by SQLite itself: as GDAL would have written them, with an index that SQLite finds sound."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest
import shapely
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)

from overdraft.processing.layers import Field, OutputLayer
from overdraft.processing.layers import write as writing
from overdraft.processing.layers.rtree import CAPACITY, pack

CONTENTS = 2


def points(x, y, kind=QgsWkbTypes.Type.Point, z=None):
    shapes = shapely.points(x, y) if z is None else shapely.points(x, y, z)
    n = len(shapes)
    seen = np.full(n, np.datetime64("2024-05-01T08:30:15.250"), dtype="datetime64[ms]")
    return OutputLayer(
        fields=[
            Field("name", "text"),
            Field("n", "int64"),
            Field("share", "real"),
            Field("on", "date"),
            Field("seen", "datetime", zone=100),
            Field("clock", "datetime"),
            Field("open", "bool"),
        ],
        columns=[
            np.array([f"井{i}" if i % 3 else None for i in range(n)], dtype=object),
            np.arange(n),
            np.where(np.arange(n) % 4, np.arange(n) / 7, np.nan),
            np.full(n, np.datetime64("2024-02-29")),
            seen,
            np.where(np.arange(n) % 2, seen, np.datetime64("NaT")),
            np.array([i % 2 == 0 for i in range(n)], dtype=object),
        ],
        wkb=shapely.to_wkb(shapes),
        wkb_type=kind,
        crs=QgsCoordinateReferenceSystem("EPSG:4490"),
    )


@pytest.fixture
def both(context, tmp_path, monkeypatch):
    """The same layer written by SQLite and by GDAL."""

    def write(layer):
        ours, theirs = tmp_path / "a" / "wells.gpkg", tmp_path / "b" / "wells.gpkg"
        for path in (ours, theirs):
            path.parent.mkdir()
        writing.write_file(ours, layer, context)
        monkeypatch.setattr(writing, "can_write", lambda layer: False)
        writing.write_file(theirs, layer, context)
        return ours, theirs

    return write


def dump(path):
    with closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(wells)")]
        rows = connection.execute("SELECT * FROM wells ORDER BY fid").fetchall()
        contents = connection.execute(
            "SELECT table_name, min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents"
        ).fetchall()
        count = connection.execute("SELECT feature_count FROM gpkg_ogr_contents").fetchall()
        triggers = sorted(
            connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        )
        index, sound = [], "ok"
        if connection.execute("SELECT count(*) FROM gpkg_geometry_columns").fetchone()[0]:
            index = connection.execute("SELECT id FROM rtree_wells_geom ORDER BY id").fetchall()
            sound = connection.execute("SELECT rtreecheck('rtree_wells_geom')").fetchone()[0]
        whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return columns, rows, contents, count, triggers, index, sound, whole


@pytest.mark.parametrize("n", [1, CAPACITY, CAPACITY + 1, 3000])
def test_same_file_as_gdal_writes(both, n):
    rng = np.random.default_rng(n)
    layer = points(rng.uniform(88, 90, n), rng.uniform(42, 43, n))
    if n > 10:
        layer.wkb[3] = None
        layer.wkb[5] = shapely.to_wkb(shapely.Point())
    ours, theirs = map(dump, both(layer))
    assert_same(ours, theirs)
    assert ours[-2:] == ("ok", "ok")


def assert_same(ours, theirs):
    for place, (mine, wanted) in enumerate(zip(ours, theirs, strict=True)):
        if place == CONTENTS:  # GDAL rounds the extent to 15 digits
            assert mine[0][0] == wanted[0][0]
            assert mine[0][1:] == pytest.approx(wanted[0][1:], rel=1e-14)
        else:
            assert mine == wanted


def test_points_with_height_are_the_same_too(both):
    layer = points(np.array([1.0, 2.0]), np.array([3.0, 4.0]), QgsWkbTypes.Type.PointZ, np.array([5.0, 6.0]))
    assert_same(*map(dump, both(layer)))


def test_a_table_is_the_same_too(both):
    layer = points(np.zeros(1000), np.zeros(1000))
    layer.wkb, layer.wkb_type, layer.crs = None, QgsWkbTypes.Type.NoGeometry, None
    ours, theirs = map(dump, both(layer))
    assert ours == theirs
    assert len(ours[1]) == 1000


def test_index_finds_exactly_what_a_look_at_every_point_finds(context, tmp_path):
    rng = np.random.default_rng(7)
    x, y = rng.uniform(-180, 180, 20_000), rng.uniform(-90, 90, 20_000)
    path = tmp_path / "wells.gpkg"
    writing.write_file(path, points(x, y), context)
    layer = QgsVectorLayer(str(path))
    for _ in range(50):
        left, bottom = rng.uniform(-180, 170), rng.uniform(-90, 80)
        box = QgsRectangle(left, bottom, left + 10, bottom + 10)
        request = QgsFeatureRequest(box)
        found = sorted(feature["n"] for feature in layer.getFeatures(request))
        inside = (x >= left) & (x <= left + 10) & (y >= bottom) & (y <= bottom + 10)
        assert found == np.flatnonzero(inside).tolist()
    del layer


def test_layer_can_be_edited_in_qgis_afterwards(context, tmp_path):
    path = tmp_path / "wells.gpkg"
    writing.write_file(path, points(np.arange(200.0), np.arange(200.0) / 4), context)
    layer = QgsVectorLayer(str(path))
    layer.startEditing()
    assert layer.deleteFeatures(list(range(1, 101)))
    from qgis.core import QgsFeature, QgsGeometry

    new = QgsFeature(layer.fields())
    new.setGeometry(QgsGeometry.fromWkt("POINT (500 500)"))
    assert layer.addFeature(new)
    assert layer.commitChanges(), layer.commitErrors()
    assert layer.featureCount() == 101
    assert layer.extent().xMaximum() == pytest.approx(500)
    del layer
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT rtreecheck('rtree_wells_geom')").fetchone()[0] == "ok"
        assert connection.execute("SELECT count(*) FROM rtree_wells_geom").fetchone()[0] == 101


@pytest.mark.parametrize("n", [1, 2, CAPACITY, CAPACITY + 1, CAPACITY**2, CAPACITY**2 + 1])
def test_packed_tree_is_sound_at_every_depth(n):
    rng = np.random.default_rng(n)
    x, y = rng.normal(0, 1e6, n), rng.normal(0, 1e-3, n)
    ids = rng.permutation(np.arange(1, 10 * n))[:n]
    tree = pack(ids, x, y)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING rtree(id, minx, maxx, miny, maxy)")
        connection.executemany("INSERT OR REPLACE INTO t_node VALUES (?, ?)", tree.nodes)
        connection.executemany("INSERT INTO t_rowid VALUES (?, ?)", tree.rowids)
        connection.executemany("INSERT INTO t_parent VALUES (?, ?)", tree.parents)
        assert connection.execute("SELECT rtreecheck('t')").fetchone()[0] == "ok"
        rows = {row[0]: row[1:] for row in connection.execute("SELECT * FROM t")}
    assert sorted(rows) == sorted(ids.tolist())
    for key, px, py in zip(ids.tolist(), x, y, strict=True):
        left, right, bottom, top = rows[key]
        assert left <= px <= right
        assert bottom <= py <= top
