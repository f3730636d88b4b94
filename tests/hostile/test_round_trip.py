"""A register that QGIS exports and that is imported again is the same register: every field of every role."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from make import workbook
from qgis.core import QgsCoordinateTransformContext, QgsGeometry, QgsVectorFileWriter
from qgis.PyQt.QtCore import QDate

from overdraft.core.schema import Field, register_schema

ROLES = register_schema().roles
KINDS = {"text": "text", "real": "real", "integer": "long", "date": "date", "bool": "bool"}
GEOMETRY = {"point": "Point", "polygon": "MultiPolygon", "line": "MultiLineString", "none": "None"}
N = 4
"""Rows; the last has the required fields only."""


def value(item: Field, n: int):
    """A value of a field that differs from row to row."""
    if item.enum:
        tokens = list(register_schema().enums[item.enum])
        count = min(2, len(tokens)) if item.many else 1
        return ";".join(tokens[(n + step) % len(tokens)] for step in range(count))
    if item.type == "integer":
        return {"year": 2020 + n}.get(item.name, 1 + n)
    if item.type == "real":
        return 0.25 * (n + 1) if item.name.endswith("_ratio") else 12_500.5 + 0.125 * n
    if item.type == "date":
        return date(2024, 2, 27 + n) if n < 3 else date(2020, 1, 1)
    if item.type == "bool":
        return n % 2 == 0
    if item.many:
        return f"甲{n};乙{n}"
    return f"{n:03d}" if item.name in ("well_id", "edition") else f"第{n}号 {item.name}"


def place(role, n: int) -> str | None:
    x, y = 89.123456789 + n / 7, 42.987654321 - n / 9
    if role.geometry == "point":
        return f"Point ({x!r} {y!r})"
    if role.geometry == "polygon":
        return f"MultiPolygon ((({x!r} {y!r}, {x + 0.05!r} {y!r}, {x + 0.05!r} {y + 0.1!r}, {x!r} {y!r})))"
    return None


def register(role) -> list[dict]:
    """Rows of a role with every field filled, and a last one with the required fields."""
    rows = []
    for n in range(N):
        given = {name: value(item, n) for name, item in role.fields.items()}
        needed = {*role.key, *role.any_of} | {name for name, item in role.fields.items() if item.required}
        rows.append({name: cell if n < N - 1 or name in needed else None for name, cell in given.items()})
    return rows


def to_qgis(cell):
    return QDate(cell.year, cell.month, cell.day) if isinstance(cell, date) else cell


@pytest.fixture
def canonical(layer):
    """``canonical(role)``: the rows as a memory layer with the fields of the role."""

    def make(role):
        fields = {name: KINDS[item.type] for name, item in role.fields.items()}
        rows = [(place(role, n), *map(to_qgis, row.values())) for n, row in enumerate(register(role))]
        return layer(GEOMETRY[role.geometry], fields, rows, name=role.name)

    return make


def export(source, path: Path, driver: str, encoding="UTF-8", **options) -> str:
    """The layer as QGIS's "Save features as" writes it."""
    wanted = QgsVectorFileWriter.SaveVectorOptions()
    wanted.driverName, wanted.fileEncoding, wanted.layerName = driver, encoding, path.stem
    wanted.layerOptions = [f"{name}={setting}" for name, setting in options.items()]
    context = QgsCoordinateTransformContext()
    error = QgsVectorFileWriter.writeAsVectorFormatV3(source, str(path), context, wanted)
    assert error[0] == QgsVectorFileWriter.WriterError.NoError, error
    return str(path)


def csv(source, path, role, encoding):
    """CSV; QGIS writes UTF-8, other programs what they like."""
    form = {"point": "AS_XY", "polygon": "AS_WKT"}.get(role.geometry)
    export(source, path, "CSV", **({} if form is None else {"GEOMETRY": form}))
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    return str(path)


CHINESE = {"m3": ("万m³", 10_000), "mu": ("公顷", 15), "m": ("m", 1)}
"""Unit in the heading and its size in the unit of the field."""


def chinese(role, path):
    """A sheet with a title, Chinese headings, labels in place of tokens, 万m³ and 公顷, and coordinates in columns."""
    schema = register_schema()

    def heading(item):
        known = next((CHINESE[unit] for unit in CHINESE if item.unit == unit), None)
        if known:
            return f"{item.zh}({known[0]})"
        return f"{item.zh}({schema_unit(item)})" if item.unit else item.zh

    def schema_unit(item):
        return {"m3/s": "m³/s", "m2": "m²", "m3/mu": "m³/亩", "kWh": "kWh", "m3/kWh": "m³/kWh", "day": "天"}[
            item.unit
        ]

    def cell(item, content):
        if content is None:
            return None
        if item.enum:
            return "；".join(schema.label(item.enum, token, "zh") for token in content.split(";"))
        if item.unit in CHINESE:
            return content / CHINESE[item.unit][1]
        if item.type == "date":
            return f"{content.year}年{content.month}月{content.day}日"
        if item.type == "bool":
            return "是" if content else "否"
        return content.replace(";", "、") if item.many else content

    wkt = {"point": ["经度", "纬度"], "polygon": ["WKT"]}.get(role.geometry, [])
    lines = [["某县" + role.zh], [*map(heading, role.fields.values()), *wkt]]
    for n, row in enumerate(register(role)):
        where = place(role, n)
        own = [] if where is None else [where]
        if role.geometry == "point":
            point = QgsGeometry.fromWkt(where).asPoint()
            own = [point.x(), point.y()]
        lines.append([cell(role.fields[name], content) for name, content in row.items()] + own)
    return str(workbook(path, lines))


FORMS = {
    "gpkg": lambda source, folder, role: export(source, folder / "a.gpkg", "GPKG"),
    "geojson": lambda source, folder, role: export(
        source, folder / "a.geojson", "GeoJSON", COORDINATE_PRECISION=15
    ),
    "csv": lambda source, folder, role: csv(source, folder / "a.csv", role, "utf-8"),
    "csv gb18030": lambda source, folder, role: csv(source, folder / "a.csv", role, "gb18030"),
    "shp utf-8": lambda source, folder, role: export(source, folder / "a.shp", "ESRI Shapefile"),
    "shp gbk": lambda source, folder, role: export(source, folder / "a.shp", "ESRI Shapefile", "GBK"),
    "chinese xlsx": lambda source, folder, role: chinese(role, folder / "a.xlsx"),
}
USUAL = ("wells", "irrigation", "permits", "indices", "levels", "units")
CASES = [
    pytest.param(role, form, id=f"{role}-{form}", marks=() if usual else pytest.mark.long)
    for role in ROLES
    for form in FORMS
    for usual in [role in USUAL or form == "chinese xlsx"]
]


@pytest.mark.parametrize(("name", "form"), CASES)
def test_round_trip(imported, canonical, tmp_path, name, form):
    role = ROLES[name]
    path = FORMS[form](canonical(role), tmp_path, role)
    if form.startswith("shp") and role.geometry == "none":
        path = path.replace(".shp", ".dbf")
    system = {"CRS": "EPSG:4490"} if role.geometry != "none" else {}
    made = imported(path, name, **system)
    for n, expected in enumerate(register(role)):
        found = {key: made.rows[n][key] for key in role.fields}
        for key, cell in expected.items():
            assert same(found[key], to_qgis(cell), role.fields[key]), (key, found[key], cell)
        if role.geometry != "none":
            one, other = QgsGeometry.fromWkt(made.rows[n]["wkt"]), QgsGeometry.fromWkt(place(role, n))
            assert one.hausdorffDistance(other) < 1e-8  # the text of a row has nine decimals
    assert made.numbers["N_WRITTEN"] == N
    assert [one for one in made.said() if one[0] != "note"] == []


def same(found, expected, item) -> bool:
    """Equal; real numbers to the 15 digits that a .dbf holds."""
    if item.type == "real" and expected is not None:
        return found is not None and found == pytest.approx(expected, rel=1e-14)
    return found == expected
