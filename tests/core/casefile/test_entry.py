"""Filling in an empty register with the forms of plain QGIS: every role, both languages, what is typed is read back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pandas as pd
import pytest
from qgis.core import (
    QgsApplication,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsGeometry,
    QgsVectorLayer,
)
from qgis.gui import QgsAttributeEditorContext, QgsAttributeForm, QgsGui
from qgis.PyQt.QtCore import QDate
from qgis.PyQt.QtWidgets import QComboBox
from qgis.PyQt.QtXml import QDomDocument

from overdraft.core.casefile import create_case, read_case, write_case
from overdraft.core.casefile.constraints import expression
from overdraft.core.casefile.layout import enum_labels, layouts, roles
from overdraft.core.casefile.styles import OTHER_LANGUAGE, STYLE_NAME
from overdraft.core.intake import build_register

SHAPES = {"point": "Point (89.2 42.9)", "polygon": "MultiPolygon (((89 42, 89.1 42, 89.1 42.1, 89 42)))"}
TYPED = {"text": "井-1 “甲”", "real": 0.5, "integer": 7, "bool": True}
DAY = "2021-05-31"


@pytest.fixture(scope="module")
def cases(tmp_path_factory, qgis_app):
    """An empty case file by language, opened for reading only."""
    if not QgsGui.editorWidgetRegistry().factories():
        QgsGui.editorWidgetRegistry().initEditors()
    folder = tmp_path_factory.mktemp("cases")
    return {language: create_case(folder / f"案卷 {language}.gpkg", language) for language in ("en", "zh")}


def opened(path, name, style=None):
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    if style is not None:
        with closing(sqlite3.connect(path)) as connection:
            (qml,) = connection.execute(
                "SELECT styleQML FROM layer_styles WHERE f_table_name = ? AND styleName = ?", (name, style)
            ).fetchone()
        document = QDomDocument()
        assert document.setContent(qml)[0]
        assert layer.importNamedStyle(document)[0]
    return layer


def value_for(item):
    if item.enum:
        tokens = list(enum_labels(item.enum, "en"))
        return ";".join(tokens[:2]) if item.many else tokens[-1]
    if item.type == "date":
        return DAY
    if item.type == "integer":
        return 2024 if item.name == "year" else TYPED["integer"]
    return TYPED[item.type]


def entered_fields(role):
    layout = layouts()[role]
    return [item for item in layout.fields if item.name not in layout.results]


def typed(item, value):
    """As the widget of the form takes it."""
    if item.type == "date":
        return QDate.fromString(value, "yyyy-MM-dd")
    return int(value) if item.type == "bool" else value


def plain(value):
    return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else value


@pytest.mark.parametrize("role", roles())
def test_a_row_typed_into_the_form_reads_back(tmp_path, cases, role):
    path = tmp_path / "案卷.gpkg"
    path.write_bytes(cases["zh"].read_bytes())
    layer = opened(path, role)
    assert layer.startEditing()
    feature = QgsFeature(layer.fields())
    if layer.isSpatial():
        feature.setGeometry(QgsGeometry.fromWkt(SHAPES[layouts()[role].geometry]))
    form = QgsAttributeForm(layer, feature)
    form.setMode(QgsAttributeEditorContext.Mode.AddFeatureMode)
    wanted = {item.name: value_for(item) for item in entered_fields(role)}
    for item in entered_fields(role):
        value = wanted[item.name]
        form.changeAttribute(item.name, typed(item, value))
    assert form.save()
    assert layer.commitChanges(), layer.commitErrors()
    form.deleteLater()
    del form, layer
    stored = read_case(path)
    assert set(stored) == {role}
    register = build_register(stored)
    row = register[role].iloc[0]
    assert {name: plain(row[name]) for name in wanted} == wanted
    assert register.problems.rows.empty


@pytest.mark.parametrize(("chosen", "stored"), [("是", True), ("否", False), ("—", None)])
def test_yes_no_and_unknown_are_stored_as_chosen(tmp_path, cases, chosen, stored):
    path = tmp_path / "案卷.gpkg"
    path.write_bytes(cases["zh"].read_bytes())
    layer = opened(path, "wells")
    assert layer.startEditing()
    form = QgsAttributeForm(layer, QgsFeature(layer.fields()))
    form.setMode(QgsAttributeEditorContext.Mode.AddFeatureMode)
    form.changeAttribute("well_id", "W1")
    box = form.findChild(QComboBox, "metered")
    box.setCurrentIndex(box.findText(chosen))
    assert form.save()
    assert layer.commitChanges(), layer.commitErrors()
    form.deleteLater()
    del form, layer
    value = build_register(read_case(path))["wells"]["metered"].iloc[0]
    assert (None if pd.isna(value) else bool(value)) is stored
    again = opened(path, "wells")
    place = again.fields().indexOf("metered")
    held = next(again.getFeatures())["metered"]
    formatter = QgsApplication.fieldFormatterRegistry().fieldFormatter("ValueMap")
    shown = formatter.representValue(again, place, again.editorWidgetSetup(place).config(), None, held)
    assert shown == chosen


@pytest.mark.parametrize("role", roles())
def test_a_form_left_alone_guesses_nothing(tmp_path, cases, role):
    path = tmp_path / "案卷.gpkg"
    path.write_bytes(cases["en"].read_bytes())
    layer = opened(path, role)
    assert layer.startEditing()
    form = QgsAttributeForm(layer, QgsFeature(layer.fields()))
    form.setMode(QgsAttributeEditorContext.Mode.AddFeatureMode)
    first = entered_fields(role)[0]
    form.changeAttribute(first.name, QDate(2021, 5, 31) if first.type == "date" else "1")
    assert form.save()
    assert layer.commitChanges(), layer.commitErrors()
    form.deleteLater()
    del form, layer
    row = read_case(path)[role].iloc[0]
    assert [name for name in row.index if name != "geometry" and not pd.isna(row[name])] == [first.name]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", roles())
def test_the_other_style_speaks_the_other_language(cases, role, language):
    other, name = OTHER_LANGUAGE[language]
    layer = opened(cases[language], role, name)
    for item in entered_fields(role):
        place = layer.fields().indexOf(item.name)
        assert layer.attributeAlias(place) == item.heading(other)
        if item.enum and not item.many:
            entries = layer.editorWidgetSetup(place).config()["map"]
            pairs = {label: token for entry in entries for label, token in entry.items()}
            pairs.pop("—", None)
            assert pairs == {label: token for token, label in enum_labels(item.enum, other).items()}


def styles_of(path, role="wells"):
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT styleName, useAsDefault, styleQML FROM layer_styles WHERE f_table_name = ?", (role,)
        ).fetchall()
    return {name: (bool(default), "井深 (m)" in qml) for name, default, qml in rows}


def test_a_run_in_the_other_language_turns_the_styles_round(tmp_path, make_content):
    path = create_case(tmp_path / "c.gpkg", "zh")
    assert styles_of(path) == {STYLE_NAME: (True, True), "overdraft (English)": (False, False)}
    write_case(path, make_content(language="en"))
    assert styles_of(path) == {STYLE_NAME: (True, False), "overdraft（中文）": (False, True)}


def test_a_style_that_a_person_changed_stays(tmp_path, make_content):
    path = create_case(tmp_path / "c.gpkg", "zh")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "UPDATE layer_styles SET styleQML = replace(styleQML, '井深', '深度') WHERE styleName = ?",
            ("overdraft (English)",),
        )
        connection.execute(
            "UPDATE layer_styles SET styleQML = replace(styleQML, 'Depth', 'How deep') WHERE styleName = ?",
            ("overdraft (English)",),
        )
        connection.commit()
    write_case(path, make_content(language="zh"))
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = 'wells' AND styleName = 'overdraft (English)'"
        ).fetchall()
    assert len(rows) == 1
    assert "How deep (m)" in rows[0][0]


@pytest.mark.parametrize(
    ("role", "name", "value", "fits"),
    [
        ("wells", "well_id", "W;1", False),
        ("wells", "well_id", "W-1", True),
        ("wells", "depth_m", 0.0, False),
        ("wells", "depth_m", 80.0, True),
        ("wells", "depth_m", None, True),
        ("wells", "permit_m3", -1.0, False),
        ("wells", "permit_m3", 0.0, True),
        ("wells", "user_id", "a;b", False),
        ("readings", "well_id", "a;b", False),
        ("readings", "month", 0, True),
        ("readings", "month", 13, False),
        ("readings", "year", 20, False),
        ("readings", "year", 2024, True),
        ("well_areas", "share_ratio", 1.01, False),
        ("well_areas", "share_ratio", 1.0, True),
        ("screens", "top_m", 0.0, True),
        ("screens", "bottom_m", 0.0, False),
    ],
)
def test_what_the_form_warns_of(cases, role, name, value, fits):
    layer = opened(cases["zh"], role)
    constraints = layer.fields().field(name).constraints()
    feature = QgsFeature(layer.fields())
    feature.setAttribute(name, value)
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    rule = QgsExpression(constraints.constraintExpression())
    assert not rule.hasParserError(), rule.parserErrorString()
    assert bool(rule.evaluate(context)) is fits
    assert constraints.constraintDescription()


def test_a_level_may_stand_above_the_ground():
    """Artesian water: the depth to it is negative, and that is no mistake."""
    levels = layouts()["levels"]
    item = next(item for item in levels.fields if item.name == "depth_m")
    assert expression(item, levels) == ""


@pytest.mark.parametrize(
    ("language", "name", "expected"),
    [
        ("zh", "depth_m", "Depth (m)。应大于0。"),
        ("en", "depth_m", "井深 (m). Greater than 0."),
        ("zh", "well_id", "Well id。编号应填写、不重复，且不含英文分号。"),
        ("zh", "replaces", "Replaces。可填一项或多项，以英文分号分隔。"),
    ],
)
def test_comments_of_columns_name_the_other_language_and_what_may_stand(cases, language, name, expected):
    with closing(sqlite3.connect(cases[language])) as connection:
        (found,) = connection.execute(
            "SELECT description FROM gpkg_data_columns WHERE table_name = 'wells' AND column_name = ?",
            (name,),
        ).fetchone()
    assert found == expected


def test_only_what_a_person_enters_must_be_filled_in(cases):
    layer = opened(cases["zh"], "wells")
    fields = layer.fields()
    needed = {field.name() for field in fields if field.constraints().constraintOrigin(1)}
    assert needed == {"fid", "well_id", "use", "status"}
