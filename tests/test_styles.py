"""The styles of the maps: they load on layers with the real fields, cover every value, and need no colour."""

from __future__ import annotations

import re

import pytest
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFeature,
    QgsGeometry,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRenderContext,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage

from overdraft.core.findings import OUTCOMES, PERMISSIONS
from overdraft.core.schema import RESOURCES, register_schema, results_schema

STYLES = sorted((RESOURCES / "styles").glob("*.qml"))
ROLE_OF = {"wells_raw": "wells", "retirement": "irrigation"}
SCENERY = {"scenery_areas": "Polygon", "scenery_streams": "LineString"}
KINDS = {"point": "Point", "polygon": "Polygon", "line": "LineString"}
SHAPES = {
    "Point": "POINT(1 1)",
    "Polygon": "POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))",
    "LineString": "LINESTRING(0 0, 2 2)",
}


def layer_for(style: str) -> QgsVectorLayer:
    """An empty layer with the fields of the table that the style is for."""
    if style in SCENERY:
        return QgsVectorLayer(
            f"{SCENERY[style]}?crs=EPSG:4490&field=kind:string&field=name:string", style, "memory"
        )
    name = ROLE_OF.get(style, style)
    table = register_schema().roles.get(name) or results_schema().tables[name]
    types = {"real": "double", "integer": "integer", "date": "date", "bool": "bool", "text": "string"}
    fields = [f"field={field}:{types[item.type]}" for field, item in table.fields.items()]
    if style == "wells":
        fields.append("field=outcome:string")
    layer = QgsVectorLayer(f"{KINDS[table.geometry]}?crs=EPSG:4490&{'&'.join(fields)}", style, "memory")
    assert layer.isValid()
    return layer


def loaded(style: str) -> QgsVectorLayer:
    layer = layer_for(style)
    message, done = layer.loadNamedStyle(str(RESOURCES / f"styles/{style}.qml"))
    assert done, message
    return layer


def picture(layer: QgsVectorLayer, **values: object) -> QImage:
    """The layer with one feature, in shades of grey."""
    feature = QgsFeature(layer.fields())
    for name, value in values.items():
        feature.setAttribute(name, value)
    kind = next(kind for kind in SHAPES if layer.wkbType() == QgsGeometry.fromWkt(SHAPES[kind]).wkbType())
    feature.setGeometry(QgsGeometry.fromWkt(SHAPES[kind]))
    layer.dataProvider().truncate()
    assert layer.dataProvider().addFeature(feature)
    layer.setLabelsEnabled(False)
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent().buffered(0.5))
    settings.setOutputSize(QSize(120, 120))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage().convertToFormat(QImage.Format.Format_Grayscale8)


def test_every_style_is_here():
    assert {path.stem for path in STYLES} >= {
        "wells", "wells_raw", "zones", "irrigation", "retirement", "units", "networks", "pair_lines", "applications",
    }  # fmt: skip


@pytest.mark.parametrize("style", [path.stem for path in STYLES])
def test_style_loads_on_a_layer_with_the_real_fields(qgis_app, style):
    layer = loaded(style)
    renderer = layer.renderer()
    assert isinstance(renderer, (QgsCategorizedSymbolRenderer, QgsRuleBasedRenderer))
    known = set(layer.fields().names())
    asked = set(renderer.usedAttributes(QgsRenderContext()))
    assert asked <= known, f"unknown fields {asked - known}"
    if layer.labeling():
        for settings in (layer.labeling().settings(provider) for provider in layer.labeling().subProviders()):
            used = (
                settings.getLabelExpression().referencedColumns()
                if settings.isExpression
                else {settings.fieldName}
            )
            assert set(used) <= known or not settings.fieldName


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_style_draws_and_does_nothing_else(path):
    """S6: no actions, macros, scripts or remote pictures; labels name a font with Chinese letters."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"attributeactions|editforminitcode|<customproperties|python|script|https?://(?!mrcc)", text
    )
    for font in re.findall(r'fontFamily="([^"]+)"', text):
        assert font == "Noto Sans CJK SC"
    assert text.count("<families>") == text.count("<text-style ")
    assert len(text) < 100_000


@pytest.mark.parametrize(
    ("style", "tokens"),
    [
        ("wells", set(OUTCOMES)),
        ("irrigation", set(register_schema().enums["irrigation_status"])),
        ("applications", set(register_schema().enums["application_decision"])),
    ],
)
def test_every_value_has_a_symbol(qgis_app, style, tokens):
    layer = loaded(style)
    values = {category.value() for category in layer.renderer().categories()}
    assert tokens <= values
    assert "" in values  # anything else is drawn too


@pytest.mark.parametrize(
    ("style", "field", "tokens"),
    [
        ("pair_lines", "permission", PERMISSIONS),
        ("units", "level", tuple(register_schema().enums["unit_level"])),
        ("wells_raw", "status", tuple(register_schema().enums["status"])),
        ("zones", "severity", tuple(register_schema().enums["severity"])),
        ("zones", "control", ("restricted", "banned")),
        ("networks", "name", ("any",)),
    ],
)
def test_rules_draw_every_value(qgis_app, style, field, tokens):
    layer = loaded(style)
    blank = _bytes(QImage(120, 120, QImage.Format.Format_Grayscale8), fill=True)
    for token in tokens:
        assert _bytes(picture(layer, **{field: token})) != blank, token


@pytest.mark.parametrize(
    ("style", "field", "tokens"),
    [
        ("wells", "outcome", OUTCOMES),
        ("irrigation", "status", ("irrigated", "retired", "fallow")),
        ("zones", "severity", ("general", "severe")),
        ("zones", "control", ("restricted", "banned")),
        ("pair_lines", "permission", ("allow", "hold", "deny")),
        ("units", "level", ("prefecture", "county", "township", "regiment", "basin")),
        ("applications", "decision", ("approved", "pending")),
    ],
)
def test_symbols_differ_without_colour(qgis_app, style, field, tokens):
    """U8: in black and white no two values look the same."""
    layer = loaded(style)
    seen = {_bytes(picture(layer, **{field: token})): token for token in tokens}
    assert len(seen) == len(tokens)


def test_zones_out_of_force_are_only_outlined(qgis_app):
    layer = loaded("zones")
    drawn = {
        "in force": _ink(picture(layer, severity="severe", control="banned")),
        "proposed": _ink(picture(layer, severity="severe", control="banned", legal_state="proposed")),
        "ended": _ink(picture(layer, severity="severe", control="banned", valid_to="2019-12-31")),
    }
    assert drawn["proposed"] < drawn["in force"] / 10
    assert drawn["ended"] < drawn["in force"] / 10


def _bytes(image: QImage, *, fill: bool = False) -> bytes:
    if fill:
        image.fill(255)
    return bytes(image.constBits().asarray(image.sizeInBytes()))


def _ink(image: QImage) -> int:
    """How dark the picture is in all."""
    return sum(255 - value for value in _bytes(image))
