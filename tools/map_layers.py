"""The layers of a case file, styled for print: one language, the editions in force on the day of the run."""

from __future__ import annotations

import re
from pathlib import Path

from map_facts import Facts
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsExpression,
    QgsFeatureRequest,
    QgsRuleBasedLabeling,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt

STYLES = Path(__file__).resolve().parents[1] / "resources/styles"
GROUPS = (
    ("wells", ("wells",)),
    ("pairs", ("pair_lines",)),
    ("", ("wells",)),
    ("units", ("units",)),
    ("zones", ("zones",)),
    ("irrigation", ("irrigation",)),
)
"""Headings of the legend and the tables under them, top first; what has none goes with the first heading.

Wells stand twice: those that somebody must look at above the pairs, those in order below them.
"""

IN_ORDER = "\"outcome\" = 'pass'"
_SMALL = 0.55
"""Wells in order are drawn smaller in print, so that fields and zones show between them."""


def case_layers(
    case: Path, facts: Facts, language: str, scenery: Path | None
) -> list[tuple[str, list[QgsVectorLayer]]]:
    """Layers by legend heading, top first; tables without a row are left out."""
    groups = []
    for heading, tables in GROUPS:
        part = {"wells": f"NOT ({IN_ORDER})" if heading else IN_ORDER}
        layers = [_layer(case, table, facts, language, part.get(table, "")) for table in tables]
        if "wells" in tables:
            _symbols_of_part(layers[0], in_order=not heading)
        groups.append((heading, [layer for layer in layers if layer.featureCount() > 0]))
    if scenery is not None:
        names = ("scenery_streams", "scenery_areas")
        groups.append(("scenery", [_layer(scenery, name, facts, language) for name in names]))
    return [(heading, layers) for heading, layers in groups if layers]


def _symbols_of_part(layer: QgsVectorLayer, in_order: bool) -> None:
    """Keep the symbols of the wells in order, small, or of the others."""
    renderer = layer.renderer()
    for position in reversed(range(len(renderer.categories()))):
        category = renderer.categories()[position]
        if (category.value() == "pass") != in_order:
            renderer.deleteCategory(position)
        elif in_order:
            symbol = category.symbol().clone()
            symbol.setSize(symbol.size() * _SMALL)
            symbol.symbolLayer(0).setStrokeStyle(Qt.PenStyle.NoPen)
            renderer.updateCategorySymbol(position, symbol)


def ground_layers(layers: list[QgsVectorLayer]) -> list[QgsVectorLayer]:
    """What the map must show whole: the units, else zones and fields, else the wells (which may lie anywhere)."""
    by_name = {layer.name(): layer for layer in layers}
    for names in (("units",), ("zones", "irrigation"), ("wells",)):
        found = [by_name[name] for name in names if name in by_name]
        if found:
            return found
    return layers


def projected_crs(layer: QgsVectorLayer) -> QgsCoordinateReferenceSystem:
    """The layer's own system where it is projected, else the 3-degree CGCS2000 belt of its middle."""
    if not layer.crs().isGeographic():
        return layer.crs()
    belt = round(layer.extent().center().x() / 3)
    return QgsCoordinateReferenceSystem(f"EPSG:{4534 + belt - 25}")


def in_language(label: str, language: str) -> str:
    """The half of a label such as ``禁采区 Banned`` that is in a language: Chinese first, English after it."""
    split = re.match(r"(.*?[^\x00-\x7f][^A-Za-z]*)\s+([A-Za-z].*)$", label)
    if not split:
        return label
    return split.group(1 if language == "zh" else 2).strip()


def _layer(source: Path, table: str, facts: Facts, language: str, part: str = "") -> QgsVectorLayer:
    """A table held in memory: the file is closed again before anything is drawn."""
    stored = QgsVectorLayer(f"{source}|layername={table}", table, "ogr")
    if not stored.isValid():
        raise OSError(f"no layer {table} in {source}")
    request = QgsFeatureRequest()
    if part:
        request.setFilterExpression(part)
    layer = stored.materialize(request)
    layer.setName(table)
    told, done = layer.loadNamedStyle(str(STYLES / f"{table}.qml"))
    if not done:
        raise OSError(f"style {table}: {told}")
    _for_the_day(layer, facts.as_of)
    _in_words(layer, facts, language)
    _labels_for_print(layer, table, facts)
    return layer


def _for_the_day(layer: QgsVectorLayer, as_of: str) -> None:
    """Judge ``in force`` on the day of the run; leave out what is not in force."""
    renderer = layer.renderer()
    if isinstance(renderer, QgsRuleBasedRenderer):
        for rule in renderer.rootRule().children():
            dated = rule.filterExpression().replace("to_date(now())", f"to_date('{as_of}')")
            if "to_date(" in dated:
                rule.setFilterExpression(dated)
            rule.setActive(not dated.startswith("NOT ("))
    labeling = layer.labeling()
    if isinstance(labeling, QgsRuleBasedLabeling):
        labeling = labeling.clone()
        for rule in labeling.rootRule().children():
            rule.setFilterExpression(rule.filterExpression().replace("to_date(now())", f"to_date('{as_of}')"))
        layer.setLabeling(labeling)


def _in_words(layer: QgsVectorLayer, facts: Facts, language: str) -> None:
    renderer = layer.renderer()
    if isinstance(renderer, QgsCategorizedSymbolRenderer):
        for position, category in enumerate(renderer.categories()):
            label = in_language(category.label(), language)
            if layer.name() == "wells" and category.value() in facts.counts:
                label = f"{label}　{facts.counts[category.value()]:,}"
            renderer.updateCategoryLabel(position, label)
    elif isinstance(renderer, QgsRuleBasedRenderer):
        for rule in renderer.rootRule().children():
            rule.setLabel(in_language(rule.label(), language))


def _labels_for_print(layer: QgsVectorLayer, table: str, facts: Facts) -> None:
    """Names of zones, regiment and basin whatever the scale; no ids, no townships."""
    if table in ("wells", "irrigation"):
        layer.setLabelsEnabled(False)
        return
    labeling = layer.labeling()
    if not isinstance(labeling, QgsRuleBasedLabeling):
        return
    labeling = labeling.clone()
    for rule in labeling.rootRule().children():
        rule.setMinimumScale(0)
        if "'township'" in rule.filterExpression():
            rule.setActive(False)
        settings = rule.settings()
        if "'county'" in rule.filterExpression():
            settings.fieldName, settings.isExpression = _named(facts), True
            settings.fitInPolygonOnly = True
        text = settings.format()
        text.setSize(text.size() * (0.8 if text.size() < 10 else 0.95))
        settings.setFormat(text)
        rule.setSettings(settings)
    layer.setLabeling(labeling)


def _named(facts: Facts) -> str:
    """An expression that gives a unit's name in the language of the picture."""
    pairs = ", ".join(
        f"{QgsExpression.quotedString(unit)}, {QgsExpression.quotedString(name)}"
        for unit, name in facts.names.items()
    )
    return f'coalesce(map_get(map({pairs}), "unit_id"), "name")'
