"""The provider and ``processing.run`` for the tests that need them; memory layers, files, and their rows; the sample
judged."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from qgis.core import (
    QgsApplication,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDate, QVariant

TYPES = {
    "text": QVariant.String,
    "int": QVariant.Int,
    "long": QVariant.LongLong,
    "real": QVariant.Double,
    "date": QVariant.Date,
    "datetime": QVariant.DateTime,
    "time": QVariant.Time,
    "bool": QVariant.Bool,
}
DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON"}


SAMPLE = Path(__file__).resolve().parents[1] / "sample_layers" / "sample.gpkg"

TODAY = date(2026, 4, 1)
"""Day on which the decided sample was decided."""

SCRIPT = '<script>alert("x")</script>'
FORMULA = '=HYPERLINK("http://x","y")'
PERSON, PHONE, IDENTITY = "张三丰", "13812345678", "11010519491231002X"
SEALED, SHUT = "650421-0537", "650402-2621"
"""Wells of the sample that a failed finding asks to seal, to close."""


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


@pytest.fixture(scope="session")
def judged_sample(tmp_path_factory, worker_id):
    """The sample judged under its document on 31 March 2026; every test that changes it takes a copy.

    Made once in a run of the tests: whichever of its processes asks first makes it, the others wait.
    """
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    path = folder / "judged" / "sample case.gpkg"
    path.parent.mkdir(exist_ok=True)
    with (folder / "judged.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _judge_sample(path)
    return path


def _judge_sample(path: Path) -> None:
    import pyogrio

    from overdraft.core.casefile import case_content, write_case
    from overdraft.core.enforce import EnforceSettings, enforce
    from overdraft.core.intake import build_register
    from overdraft.core.policy import load_policy
    from overdraft.core.schema import register_schema

    present = {name for name, _ in pyogrio.list_layers(SAMPLE)}
    roles = [name for name in register_schema().roles if name in present]
    register = build_register({name: pyogrio.read_dataframe(SAMPLE, layer=name) for name in roles})
    result = enforce(register, load_policy("turpan-2021"), date(2026, 3, 31), EnforceSettings(invented=True))
    write_case(path, case_content(result, "zh"))


@pytest.fixture(scope="session")
def decided(judged_sample, tmp_path_factory):
    """The judged sample with failed and doubtful findings accepted, one of them decided otherwise; SEALED is hostile
    and has an owner."""
    from overdraft.core.casefile import CaseRows, Change, Entry
    from overdraft.core.review import Act, decide

    path = tmp_path_factory.mktemp("decided") / "案卷.gpkg"
    shutil.copy(judged_sample, path)
    store = CaseRows(path)
    ids = [
        name
        for (name,) in query(
            path,
            "SELECT finding_id FROM findings WHERE subject_role = 'wells' AND clause <> '' "
            "AND outcome IN ('fail', 'review') AND subject_id NOT LIKE 'row:%' ORDER BY finding_id",
        )
    ]
    decide(store, ids, Act("accept", "李工", "li"), today=TODAY)
    (other,) = query(path, "SELECT min(finding_id) FROM findings WHERE subject_id = ?", SHUT)[0]
    why = {"outcome": "exempt", "reason_kind": "site_check", "reason": "现场核实确为应急备用水源井。"}
    decide(store, [other], Act("override", "李工", "li", **why), today=TODAY)
    key = {"row_id": SEALED}
    before = {"village": query(path, "SELECT village FROM wells WHERE row_id = ?", SEALED)[0][0]}
    after = {
        "village": f"{SCRIPT}{PHONE}",
        "name": f"{PERSON}的井 {PHONE}",
        "user_id": "U-1",
        "account_no": FORMULA,
    }
    person = {"owner": PERSON, "contact": PERSON, "phone": PHONE, "id_number": IDENTITY}
    changes = [Change("wells", key, before, after), Change("persons", {"user_id": "U-1"}, None, person)]
    store.apply(changes, [Entry("import", "test", "test")])
    return path


@pytest.fixture(scope="module")
def provider(qgis_app, qgis_processing):
    """Registered for one test file at a time, so that tests of the plugin's life can register it themselves."""
    from overdraft.processing.provider import OverdraftProvider

    registry = QgsApplication.processingRegistry()
    ours = OverdraftProvider()
    registry.addProvider(ours)
    yield ours
    registry.removeProvider(ours)


class Listener(QgsProcessingFeedback):
    """Keeps what an algorithm says; cancels it once it has come as far as ``cancel_at`` percent."""

    def __init__(self, cancel_at=None):
        super().__init__(False)
        self.warnings, self.infos, self.percents = [], [], []
        self._cancel_at = cancel_at
        self.progressChanged.connect(self._note)

    def _note(self, percent):
        self.percents.append(percent)
        if self._cancel_at is not None and percent >= self._cancel_at:
            self.cancel()

    def pushWarning(self, warning):
        self.warnings.append(warning)

    def pushInfo(self, info):
        self.infos.append(info)


@pytest.fixture
def listener():
    return Listener


@pytest.fixture
def run(provider):
    """``run(name, parameters)``: one of our algorithms through ``processing.run``."""
    import processing

    def call(name, parameters, feedback=None, context=None):
        return processing.run(
            f"overdraft:{name}", parameters, feedback=feedback or Listener(), context=context
        )

    return call


@pytest.fixture
def context(qgis_app):
    result = QgsProcessingContext()
    result.setProject(QgsProject.instance())
    yield result
    # pytest keeps the last test's fixtures until QGIS has shut down, when its layers can no longer be closed
    result.temporaryLayerStore().removeAllMapLayers()


@pytest.fixture
def layer(qgis_app):
    """``layer(geometry, fields, rows, crs)``: a memory layer; rows are ``(wkt or None, *values)``."""

    def make(geometry, fields, rows, crs="EPSG:4490", name="made"):
        uri = geometry if geometry == "None" else f"{geometry}?crs={crs}"
        made = QgsVectorLayer(uri, name, "memory")
        made.dataProvider().addAttributes([QgsField(key, TYPES[kind]) for key, kind in fields.items()])
        made.updateFields()
        features = []
        for wkt, *values in rows:
            feature = QgsFeature(made.fields())
            converted = [
                QDate.fromString(value, "yyyy-MM-dd") if kind == "date" and isinstance(value, str) else value
                for value, kind in zip(values, fields.values(), strict=True)
            ]
            feature.setAttributes(converted)
            if wkt:
                feature.setGeometry(QgsGeometry.fromWkt(wkt))
            features.append(feature)
        ok, _ = made.dataProvider().addFeatures(features)
        assert ok
        made.updateExtents()
        return made

    return make


@pytest.fixture
def table(layer):
    """``table(name, fields, rows)``: a table without geometry; rows are values in the order of the fields."""
    return lambda name, fields, rows: layer("None", fields, [(None, *row) for row in rows], name=name)


@pytest.fixture
def save():
    """``save(layer, path, encoding)``: the layer as a file; returns what Processing takes as a source."""

    def write(layer, path: Path, encoding="UTF-8") -> str:
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName = DRIVERS[path.suffix]
        options.fileEncoding = encoding
        options.layerName = path.stem
        error = QgsVectorFileWriter.writeAsVectorFormatV3(
            layer, str(path), QgsCoordinateTransformContext(), options
        )
        assert error[0] == QgsVectorFileWriter.WriterError.NoError, error
        return str(path)

    return write


@pytest.fixture
def rows_of():
    """``rows_of(path or layer)``: its rows as dictionaries, NULL as None, geometry as ``wkt``."""

    def read(source) -> list[dict]:
        opened = source if isinstance(source, QgsVectorLayer) else QgsVectorLayer(str(source), "out", "ogr")
        assert opened.isValid(), source
        names = [field.name() for field in opened.fields()]
        result = []
        for feature in opened.getFeatures():
            values = [
                None if isinstance(value, QVariant) and value.isNull() else value
                for value in feature.attributes()
            ]
            row = dict(zip(names, values, strict=True))
            row["wkt"] = feature.geometry().asWkt(9) if feature.hasGeometry() else None
            result.append(row)
        return result

    return read


class SmallDisk:
    """A disk of some MiB in memory, which can be filled and made read-only."""

    def __init__(self, folder: Path) -> None:
        self.folder: Path | None = None
        self._within = folder

    def __call__(self, size: int, name: str) -> Path:
        self.folder = self._within / name
        self.folder.mkdir()
        asked = ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", self.folder]
        if subprocess.run(asked, capture_output=True, check=False).returncode:
            self.folder = None
            pytest.skip("no small disk can be mounted here")
        return self.folder

    def remount(self, how: str) -> None:
        """``ro`` or ``rw``."""
        subprocess.run(["mount", "-o", f"remount,{how}", self.folder], check=True)


@pytest.fixture
def small_disk(tmp_path):
    """``small_disk(size, name)``: the folder of a small disk; skipped where nothing can be mounted."""
    disk = SmallDisk(tmp_path)
    yield disk
    if disk.folder is not None:
        subprocess.run(["umount", "-l", disk.folder], check=True)
