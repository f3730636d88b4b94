"""Outputs: right in every kind of destination, complete or not there at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterFeatureSink,
    QgsProject,
    QgsProperty,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDate, QDateTime

from overdraft.core.errors import Cancelled
from overdraft.processing.layers import Field, OutputLayer, deliver, destination, open_source
from overdraft.processing.layers import write as writing
from overdraft.processing.results import with_columns

FIELDS = [
    Field("name", "text"),
    Field("n", "int32"),
    Field("big", "int64"),
    Field("share", "real"),
    Field("day", "date"),
    Field("open", "bool"),
]
EXPECTED = [
    {
        "name": "一号井",
        "n": 1,
        "big": 650421000000000123,
        "share": 0.5,
        "day": QDate(2021, 11, 12),
        "open": True,
    },
    {"name": None, "n": None, "big": 2, "share": None, "day": None, "open": None},
    {"name": "", "n": -3, "big": 4, "share": -1.5, "day": QDate(9999, 12, 31), "open": False},
]


class Writer(QgsProcessingAlgorithm):
    def initAlgorithm(self, configuration=None):
        for name in ("OUTPUT", "SECOND"):
            self.addParameter(
                QgsProcessingParameterFeatureSink(
                    name, name.lower(), QgsProcessing.SourceType.TypeVector, None, True
                )
            )

    def name(self):
        return "writer"

    def createInstance(self):
        return Writer()


def column(values):
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


@pytest.fixture
def output(qgis_app):
    import shapely
    from qgis.core import QgsCoordinateReferenceSystem

    wkb = column([shapely.to_wkb(shapely.Point(89.1, 42.9)), None, shapely.to_wkb(shapely.Point(89.3, 43))])
    return OutputLayer(
        fields=list(FIELDS),
        columns=[
            column(["一号井", None, ""]),
            column([1, None, -3]),
            column([650421000000000123, 2, 4]),
            np.array([0.5, np.nan, -1.5]),
            np.array(["2021-11-12", "NaT", "9999-12-31"], dtype="datetime64[D]"),
            column([True, None, False]),
        ],
        wkb=wkb,
        wkb_type=QgsWkbTypes.Type.Point,
        crs=QgsCoordinateReferenceSystem("EPSG:4490"),
    )


@pytest.fixture
def write(context):
    def call(values, layers, progress=lambda fraction: None):
        algorithm = Writer()
        algorithm.initAlgorithm({})
        return deliver(algorithm, values, context, layers, progress)

    return call


def without_key(rows):
    return [{key: value for key, value in row.items() if key not in ("fid", "wkt")} for row in rows]


def test_geopackage_holds_every_type_null_and_the_crs(write, output, rows_of, tmp_path):
    path = tmp_path / "输出 layer.gpkg"
    assert write({"OUTPUT": str(path)}, {"OUTPUT": output}) == {"OUTPUT": str(path)}
    rows = rows_of(path)
    assert without_key(rows) == EXPECTED
    assert [row["wkt"] is None for row in rows] == [False, True, False]
    layer = QgsVectorLayer(str(path))
    assert layer.crs().authid() == "EPSG:4490"
    assert layer.wkbType() == QgsWkbTypes.Type.Point
    types = {field.name(): field.typeName() for field in layer.fields()}
    assert types["day"] == "Date"
    assert types["open"] == "Boolean"
    assert types["n"] == "Integer"
    assert types["big"] == "Integer64"


def test_slow_writer_gives_the_same_file(write, output, rows_of, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "_write_bulk", lambda path, layer: False)
    write({"OUTPUT": str(tmp_path / "slow.gpkg")}, {"OUTPUT": output})
    assert without_key(rows_of(tmp_path / "slow.gpkg")) == EXPECTED


def test_memory_destination(write, output, rows_of, context):
    answer = write({"OUTPUT": QgsProcessing.TEMPORARY_OUTPUT}, {"OUTPUT": output})
    layer = context.getMapLayer(answer["OUTPUT"])
    assert layer.providerType() == "memory"
    assert without_key(rows_of(layer)) == EXPECTED
    assert layer.crs().authid() == "EPSG:4490"


@pytest.mark.parametrize("suffix", [".geojson", ".shp", ".csv"])
def test_other_formats(write, output, rows_of, tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    write({"OUTPUT": str(path)}, {"OUTPUT": output})
    names = [row["name"] or None for row in rows_of(path)]
    assert names == ["一号井", None, None]
    assert not [item for item in tmp_path.iterdir() if item.name.endswith(".part")]


def test_format_that_loses_rows_is_refused(write, output, rows_of, tmp_path):
    """FlatGeobuf of GDAL 3.6 drops rows without geometry; newer ones keep them."""
    said = ""
    try:
        write({"OUTPUT": str(tmp_path / "out.fgb")}, {"OUTPUT": output})
    except QgsProcessingException as error:
        said = str(error)
    if said:
        assert "kept only 2 of 3 rows of out.fgb" in said
        assert os.listdir(tmp_path) == []
    else:
        assert [row["name"] or None for row in rows_of(tmp_path / "out.fgb")] == ["一号井", None, None]


def test_rows_that_a_format_loses_are_noticed(write, output, tmp_path, monkeypatch):
    import pyogrio

    real = pyogrio.raw.write
    monkeypatch.setattr(
        pyogrio.raw,
        "write",
        lambda path, wkb, arrays, *rest, field_mask, **options: real(
            path, wkb[:2], [array[:2] for array in arrays], *rest, **options
        ),
    )
    with pytest.raises(QgsProcessingException, match=r"kept only 2 of 3 rows of out\.geojson"):
        write({"OUTPUT": str(tmp_path / "out.geojson")}, {"OUTPUT": output})
    assert os.listdir(tmp_path) == []


def test_table_without_geometry(write, output, rows_of, tmp_path):
    output.wkb, output.wkb_type, output.crs = None, QgsWkbTypes.Type.NoGeometry, None
    write({"OUTPUT": str(tmp_path / "table.gpkg")}, {"OUTPUT": output})
    layer = QgsVectorLayer(str(tmp_path / "table.gpkg"))
    assert not layer.isSpatial()
    assert without_key(rows_of(layer)) == EXPECTED


def test_empty_output_has_its_columns(write, output, tmp_path):
    output.columns = [values[:0] for values in output.columns]
    output.wkb = output.wkb[:0]
    write({"OUTPUT": str(tmp_path / "empty.gpkg")}, {"OUTPUT": output})
    layer = QgsVectorLayer(str(tmp_path / "empty.gpkg"))
    assert layer.featureCount() == 0
    assert [field.name() for field in layer.fields()] == ["fid", *(field.name for field in FIELDS)]


def test_existing_file_is_replaced_and_its_log_goes_with_it(write, output, rows_of, tmp_path):
    path = tmp_path / "out.gpkg"
    path.write_bytes(b"an older file")
    (tmp_path / "out.gpkg-wal").write_bytes(b"its log")
    write({"OUTPUT": str(path)}, {"OUTPUT": output})
    assert len(rows_of(path)) == 3
    assert not (tmp_path / "out.gpkg-wal").exists() or (tmp_path / "out.gpkg-wal").stat().st_size == 0


def test_outputs_not_asked_for_are_skipped(write, output, tmp_path):
    answer = write({"OUTPUT": str(tmp_path / "a.gpkg"), "SECOND": None}, {"OUTPUT": output, "SECOND": output})
    assert list(answer) == ["OUTPUT"]


def test_failure_in_one_output_changes_none(write, output, tmp_path, monkeypatch):
    first, second = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
    for path in (first, second):
        path.write_bytes(b"older")
    real = destination.write_file

    def failing(path, layer, context):
        if path.name == "b.gpkg":
            raise QgsProcessingException("disk full")
        real(path, layer, context)

    monkeypatch.setattr(destination, "write_file", failing)
    with pytest.raises(QgsProcessingException, match="disk full"):
        write({"OUTPUT": str(first), "SECOND": str(second)}, {"OUTPUT": output, "SECOND": output})
    assert first.read_bytes() == b"older"
    assert second.read_bytes() == b"older"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.gpkg", "b.gpkg"]


def test_cancel_while_writing_leaves_the_older_file(write, output, tmp_path):
    path = tmp_path / "a.gpkg"
    path.write_bytes(b"older")

    def cancel(fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        write({"OUTPUT": str(path)}, {"OUTPUT": output}, cancel)
    assert path.read_bytes() == b"older"
    assert os.listdir(tmp_path) == ["a.gpkg"]


def test_kill_before_the_last_step_leaves_the_older_file(provider, register, tmp_path, save):
    """In a process of its own, killed when the new file is complete but not yet in its place."""
    out = tmp_path / "out.gpkg"
    out.write_bytes(b"older")
    wells = save(register["WELLS"], tmp_path / "wells.gpkg")
    zones = save(register["ZONES"], tmp_path / "zones.gpkg")
    root = Path(destination.__file__).resolve().parents[2]
    code = f"""
import importlib.util, os, signal
spec = importlib.util.spec_from_file_location("conftest", {str(root / "conftest.py")!r})
spec.loader.exec_module(importlib.util.module_from_spec(spec))
from qgis.core import QgsApplication, QgsProcessingFeedback
app = QgsApplication([], False)
app.initQgis()
from processing.core.Processing import Processing
Processing.initialize()
import processing
from overdraft.processing.layers.beside import BesideFile
from overdraft.processing.provider import OverdraftProvider
provider = OverdraftProvider()
QgsApplication.processingRegistry().addProvider(provider)
BesideFile.commit = lambda self: os.kill(os.getpid(), signal.SIGKILL)
processing.run("overdraft:classifywells", {{"WELLS": {wells!r}, "ZONES": {zones!r}, "OUTPUT": {str(out)!r}}},
    feedback=QgsProcessingFeedback(False))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert out.read_bytes() == b"older"
    assert [item.name for item in tmp_path.iterdir() if item.suffix == ".gpkg"].count("out.gpkg") == 1


def test_leftovers_of_an_old_kill_are_swept_and_fresh_ones_are_not(write, output, tmp_path):
    old, fresh = tmp_path / ".out-aaaa.part", tmp_path / ".out-bbbb.part"
    for folder in (old, fresh):
        folder.mkdir()
        (folder / "out.gpkg").write_bytes(b"half")
    os.utime(old, (0, 0))
    write({"OUTPUT": str(tmp_path / "out.gpkg")}, {"OUTPUT": output})
    assert sorted(item.name for item in tmp_path.iterdir()) == [".out-bbbb.part", "out.gpkg"]


def test_unwritable_folder_is_said(write, output, tmp_path):
    with pytest.raises(QgsProcessingException, match="nowhere"):
        write({"OUTPUT": str(tmp_path / "nowhere" / "a.gpkg")}, {"OUTPUT": output})


def test_layer_is_loaded_on_completion(write, output, context, tmp_path):
    definition = QgsProcessingOutputLayerDefinition(str(tmp_path / "loaded.gpkg"), QgsProject.instance())
    definition.destinationName = "Loaded"
    answer = write({"OUTPUT": definition}, {"OUTPUT": output})
    waiting = context.layersToLoadOnCompletion()
    assert list(waiting) == [answer["OUTPUT"]]
    assert waiting[answer["OUTPUT"]].name == "Loaded"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/data/x.gpkg", "/data/x.gpkg"),
        (Path("/data/x.shp"), "/data/x.shp"),
        (QgsProperty.fromExpression("'/data/' || 'x.geojson'"), "/data/x.geojson"),
        (QgsProcessingOutputLayerDefinition("/data/x.gpkg"), "/data/x.gpkg"),
        ("TEMPORARY_OUTPUT", None),
        ("memory:wells", None),
        ("ogr:dbname='/data/x.gpkg' table=\"t\" (geom)", None),
        ("postgres://dbname='x'", None),
        ("/data/noending", None),
        ("", None),
        (None, None),
    ],
)
def test_what_counts_as_a_file(context, value, expected):
    found = destination.file_destination({"OUTPUT": value}, "OUTPUT", context)
    assert found == (None if expected is None else Path(expected))


class Source(Writer):
    def initAlgorithm(self, configuration=None):
        from qgis.core import QgsProcessingParameterFeatureSource

        self.addParameter(QgsProcessingParameterFeatureSource("WELLS", "wells"))

    def createInstance(self):
        return Source()


@pytest.fixture
def placed(context):
    """Read a layer and append the placement's columns, all empty."""
    import pandas as pd

    from overdraft.core.schema import results_schema

    def call(value):
        algorithm = Source()
        algorithm.initAlgorithm({})
        source = open_source(algorithm, {"WELLS": value}, "WELLS", context)
        table = source.read(keep_as_it_was=True)
        fields = results_schema().roles["placement"].fields
        frame = pd.DataFrame({name: [None] * len(table) for name in fields})
        return with_columns(table, frame, "placement")

    return call


@pytest.mark.parametrize(
    ("kind", "values", "name"),
    [
        ("int", [3, 1, 2], "fid"),
        ("int", [1, 1, 2], "fid_1"),
        ("int", [1, None, 2], "fid_1"),
        ("real", [1.5, 2.5, 3.5], "fid_1"),
        ("text", ["a", "b", "c"], "fid_1"),
    ],
)
def test_input_key_is_kept_only_if_it_is_one(write, placed, layer, rows_of, tmp_path, kind, values, name):
    made = layer("Point", {"fid": kind, "x": "text"}, [(None, value, str(value)) for value in values])
    output = placed(made)
    assert output.fields[0].name == name
    write({"OUTPUT": str(tmp_path / "out.gpkg")}, {"OUTPUT": output})
    rows = rows_of(tmp_path / "out.gpkg")
    assert sorted(str(row[name]) for row in rows) == sorted(str(value) for value in values)
    assert all(row["x"] == str(row[name]) for row in rows)


def test_fields_named_like_an_output_are_replaced_whatever_their_case(placed, layer):
    made = layer(
        "Point", {"Placed": "text", "ZONE_ID": "text", "kept": "text"}, [(None, "old", "old", "yes")]
    )
    names = [field.name for field in placed(made).fields]
    assert names[0] == "kept"
    assert [name.lower() for name in names].count("placed") == 1
    assert [name.lower() for name in names].count("zone_id") == 1


def test_field_called_geom_does_not_clash(write, placed, layer, rows_of, tmp_path):
    made = layer("Point", {"geom": "text", "geometry": "text"}, [("POINT (1 2)", "a", "b")])
    write({"OUTPUT": str(tmp_path / "out.gpkg")}, {"OUTPUT": placed(made)})
    row = rows_of(tmp_path / "out.gpkg")[0]
    assert (row["geom"], row["geometry"]) == ("a", "b")
    assert row["wkt"] == "Point (1 2)"


@pytest.mark.parametrize("kind", ["PointZ", "PointM", "PointZM", "MultiPoint"])
def test_geometry_passes_through_as_it_was(write, placed, layer, rows_of, tmp_path, kind):
    numbers = {"PointZ": "1 2 3", "PointM": "1 2 4", "PointZM": "1 2 3 4", "MultiPoint": "(1 2),(3 4)"}[kind]
    made = layer(kind, {"x": "text"}, [(f"{kind} ({numbers})", "a")])
    write({"OUTPUT": str(tmp_path / "out.gpkg")}, {"OUTPUT": placed(made)})
    assert rows_of(tmp_path / "out.gpkg")[0]["wkt"].replace(" ", "") == f"{kind}({numbers})".replace(" ", "")
    assert QgsVectorLayer(str(tmp_path / "out.gpkg")).wkbType() == made.wkbType()


def test_moments_pass_through_in_bulk_and_slowly(write, placed, layer, save, rows_of, tmp_path):
    moment = QDateTime.fromString("2024-05-01T08:30:15", "yyyy-MM-ddTHH:mm:ss")
    made = layer(
        "Point", {"seen": "datetime", "at": "time"}, [("POINT (1 1)", moment, None), (None, None, None)]
    )
    slow = placed(made)
    made.dataProvider().deleteAttributes([1])
    made.updateFields()
    fast = placed(save(made, tmp_path / "in.gpkg"))
    for name, output in (("slow.gpkg", slow), ("fast.gpkg", fast), ("fast.geojson", fast)):
        write({"OUTPUT": str(tmp_path / name)}, {"OUTPUT": output})
        seen = [row["seen"] for row in rows_of(tmp_path / name)]
        assert seen[0].toString("yyyy-MM-ddTHH:mm:ss") == "2024-05-01T08:30:15", name
        assert seen[1] is None
    answer = write({"OUTPUT": "TEMPORARY_OUTPUT"}, {"OUTPUT": fast})
    assert answer["OUTPUT"]
