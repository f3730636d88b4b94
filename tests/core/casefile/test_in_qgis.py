"""A case file in plain QGIS: valid layers, styled on load, value lists, labels and soft constraints in the forms."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsFieldConstraints,
    QgsGeometry,
    QgsPointXY,
    QgsVectorLayer,
)

from overdraft.core.casefile import create_case, forms, read_case, write_case
from overdraft.core.casefile.layout import enum_labels, layouts, roles
from overdraft.core.intake import build_register

STRENGTH = QgsFieldConstraints


def opened(path, name):
    return QgsVectorLayer(f"{path}|layername={name}", name, "ogr")


@pytest.fixture
def empty(tmp_path, qgis_app):
    """An empty case file in Chinese."""
    return create_case(tmp_path / "案卷 #1.gpkg", "zh")


@pytest.mark.parametrize(
    "name", ["wells", "irrigation", "events", "findings", "pair_lines", "ledger_balance"]
)
def test_layers_are_valid_and_load_their_default_style(empty, name):
    layer = opened(empty, name)
    assert layer.isValid()
    message, loaded = layer.loadDefaultStyle()
    assert loaded, message
    labels = {item.name: item.heading("zh") for item in layouts()[name].fields}
    for field in layer.fields():
        place = layer.fields().indexOf(field.name())
        if field.name() != "fid":
            assert layer.attributeDisplayName(place) == labels[field.name()]
        else:
            assert layer.editorWidgetSetup(place).type() == "Hidden"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", roles())
def test_value_lists_offer_every_token_and_no_other(tmp_path, qgis_app, role, language):
    layer = opened(create_case(tmp_path / "c.gpkg", language), role)
    assert layer.loadDefaultStyle()[1]
    for item in layouts()[role].fields:
        setup = layer.editorWidgetSetup(layer.fields().indexOf(item.name))
        if not item.enum or item.many:
            continue
        assert setup.type() == "ValueMap", item.name
        pairs = {label: token for entry in setup.config()["map"] for label, token in entry.items()}
        empty = pairs.pop("—", None)
        assert pairs == {label: token for token, label in enum_labels(item.enum, language).items()}
        assert (empty is None) == item.required


def test_a_person_can_enter_a_well_and_it_reads_back(empty):
    layer = opened(empty, "wells")
    assert layer.loadDefaultStyle()[1]
    assert layer.startEditing()
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(89.2, 42.9)))
    for name, value in (("well_id", "井-1"), ("use", "irrigation"), ("status", "active"), ("depth_m", 120.5)):
        feature.setAttribute(name, value)
    feature.setAttribute("built_on", "2021-05-31")
    feature.setAttribute("metered", True)
    assert layer.addFeature(feature)
    assert layer.commitChanges(), layer.commitErrors()
    del layer
    wells = build_register(read_case(empty))["wells"]
    row = wells.iloc[0]
    assert (row["well_id"], row["use"], row["depth_m"], str(row["built_on"])[:10], bool(row["metered"])) == (
        "井-1",
        "irrigation",
        120.5,
        "2021-05-31",
        True,
    )
    with closing(sqlite3.connect(empty)) as connection:
        assert connection.execute("SELECT id FROM rtree_wells_geom").fetchall() == [(1,)]


def test_constraints_warn_and_do_not_refuse(empty):
    layer = opened(empty, "wells")
    assert layer.loadDefaultStyle()[1]
    constraints = layer.fields().field("well_id").constraints()
    soft = STRENGTH.ConstraintStrength.ConstraintStrengthSoft
    kinds = (STRENGTH.Constraint.ConstraintNotNull, STRENGTH.Constraint.ConstraintUnique)
    assert [constraints.constraintStrength(kind) for kind in kinds] == [soft, soft]
    assert "well_id" in constraints.constraintExpression()
    assert constraints.constraintDescription() == "编号应填写、不重复，且不含英文分号。"


@pytest.mark.parametrize(
    ("value", "fits"),
    [(None, True), ("managed", True), ("managed;safe", True), ("wild", False), ("managed,safe", False)],
)
def test_lists_of_tokens_are_checked_by_the_form(empty, value, fits):
    layer = opened(empty, "irrigation")
    assert layer.loadDefaultStyle()[1]
    rule = layer.fields().field("flags").constraints().constraintExpression()
    feature = QgsFeature(layer.fields())
    feature.setAttribute("flags", value)
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    expression = QgsExpression(rule)
    assert not expression.hasParserError(), expression.parserErrorString()
    assert bool(expression.evaluate(context)) is fits


def test_what_a_run_computes_cannot_be_edited_in_the_form(empty):
    wells = opened(empty, "wells")
    assert wells.loadDefaultStyle()[1]
    fields, form = wells.fields(), wells.editFormConfig()
    locked = {field.name() for field in fields if form.readOnly(fields.indexOf(field.name()))}
    assert locked == {"fid", *layouts()["wells"].results}
    findings = opened(empty, "findings")
    assert findings.loadDefaultStyle()[1]
    form = findings.editFormConfig()
    assert all(form.readOnly(place) for place in range(findings.fields().count()))


def test_hostile_columns_load_too(tmp_path, qgis_app, raw, make_content):
    wells = raw("wells")
    names = ["<script>alert(1)</script>", 'say "hi" & go', "中文 列"]
    for name in names:
        wells[name] = "<b>x</b>"
    register = build_register({"wells": wells})
    path = write_case(tmp_path / "h.gpkg", make_content(tables=register.tables)).path
    layer = opened(path, "wells")
    assert layer.loadDefaultStyle()[1]
    assert set(names) <= {field.name() for field in layer.fields()}
    assert layer.featureCount() == 3


@pytest.mark.parametrize("name", sorted(path.stem for path in forms.STYLES.glob("*.qml")))
def test_shipped_styles_draw_the_layer(empty, name):
    layout = layouts().get(name)
    if layout is None:  # a style of something that is not in a case file
        return
    layer = opened(empty, name)  # QGIS loads the default style by itself
    bare = QgsVectorLayer.LayerOptions(loadDefaultStyle=False)
    plain = QgsVectorLayer(f"{empty}|layername={name}", name, "ogr", bare)
    assert layer.renderer().dump() != plain.renderer().dump()
    assert layer.attributeDisplayName(1) == layout.fields[0].heading("zh")


@pytest.mark.parametrize("editing", [False, True])
def test_a_run_updates_the_case_that_qgis_shows(tmp_path, qgis_app, full_register, make_content, editing):
    path = write_case(tmp_path / "case.gpkg", make_content("run-1")).path
    layer = opened(path, "wells")
    assert [feature["outcome"] for feature in layer.getFeatures()] == ["pass"] * 3
    if editing:
        assert layer.startEditing()
    write_case(path, make_content("run-2", outcome="fail"))
    if editing:
        assert layer.rollBack()
    layer.dataProvider().reloadData()
    assert [feature["outcome"] for feature in layer.getFeatures()] == ["fail"] * 3
    del layer
    assert set(read_case(path)) == set(full_register.tables)
