"""How a table looks in QGIS: value lists, labels, constraints and read-only results, as a QGIS style (QML).

The drawing itself comes from ``resources/styles/<table>.qml`` where there is one; the form is made here from the
schema, so that a value list in a form can never differ from what the checks accept.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from ..messages import render
from ..schema import RESOURCES, Field
from . import constraints, container
from .layout import Layout, enum_labels

STYLES = RESOURCES / "styles"

_NULL = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"
_SECTIONS = (
    "fieldConfiguration",
    "aliases",
    "defaults",
    "constraints",
    "constraintExpressions",
    "editable",
    "labelOnTop",
    "editorlayout",
    "attributeEditorForm",
)
_EMPTY_STYLE = (
    "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    '<qgis version="3.22.0" styleCategories="Fields|Forms">\n</qgis>\n'
)
_SOFT = 2
"""Strength of a constraint that warns and lets the row pass: an incomplete well is a finding, not a lost entry."""


def style_qml(layout: Layout, extra: Iterable[str], language: str) -> str:
    """The style that QGIS loads for a table: drawing (if any) and form in ``language``.

    Args:
        extra: columns of the table that the schema does not know; they keep QGIS's own widget.
    """
    path = STYLES / f"{layout.name}.qml"
    drawing = path.read_text(encoding="utf-8") if path.is_file() else _EMPTY_STYLE
    drawing = _without_form(drawing)
    head, end, tail = drawing.rpartition("</qgis>")
    return "".join((head, form_elements(layout, extra, language), end, tail))


def form_elements(layout: Layout, extra: Iterable[str], language: str) -> str:
    """The elements of a QML that make up the form."""
    names = [container.KEY, *(item.name for item in layout.fields), *extra]
    return "\n".join(
        (
            _section(
                "fieldConfiguration", [_key_widget(), *(_widget(i, layout, language) for i in layout.fields)]
            ),
            _section("aliases", [_alias(i, n, language) for n, i in enumerate(layout.fields, start=1)]),
            _section("constraints", [_constraint(i, layout) for i in layout.fields]),
            _section("constraintExpressions", [_expression(i, layout, language) for i in layout.fields]),
            _section("editable", [_editable(name, layout) for name in names]),
            "<editorlayout>generatedlayout</editorlayout>",
            "",
        )
    )


def _without_form(qml: str) -> str:
    for name in _SECTIONS:
        qml = re.sub(rf"\s*<{name}(\s[^>]*)?(/>|>.*?</{name}>)", "", qml, flags=re.DOTALL)
    if "<renderer-v2" not in qml:
        return qml
    every = r'\1 styleCategories="AllStyleCategories"'
    return re.sub(r'(<qgis\b[^>]*?)\s+styleCategories="[^"]*"', every, qml, count=1)


def _section(name: str, rows: list[str]) -> str:
    return "\n".join((f"<{name}>", *rows, f"</{name}>"))


def _attribute(text: str) -> str:
    return html.escape(text, quote=True)


def _key_widget() -> str:
    return (
        f'<field name="{container.KEY}" configurationFlags="None">'
        '<editWidget type="Hidden"><config><Option/></config></editWidget></field>'
    )


def _widget(item: Field, layout: Layout, language: str) -> str:
    kind, options = _widget_options(item, layout, language)
    return (
        f'<field name="{_attribute(item.name)}" configurationFlags="None">'
        f'<editWidget type="{kind}"><config>{options}</config></editWidget></field>'
    )


def _widget_options(item: Field, layout: Layout, language: str) -> tuple[str, str]:
    if item.type == "bool":
        yes, no = render("casefile.yes", {}, language), render("casefile.no", {}, language)
        entered = layout.role and item.name not in layout.results  # stored as 1 and 0, see tables.py
        return "ValueMap", _value_map(
            {yes: "1", no: "0"} if entered else {yes: "true", no: "false"}, optional=True
        )
    if item.enum and not item.many:
        choices = {label: token for token, label in enum_labels(item.enum, language).items()}
        return "ValueMap", _value_map(choices, optional=not item.required)
    if item.type == "date":
        return "DateTime", _options(
            {
                "allow_null": "true",
                "calendar_popup": "true",
                "display_format": "yyyy-MM-dd",
                "field_format": "yyyy-MM-dd",
                "field_iso_format": "false",
            }
        )
    multiline = "true" if item.json or item.name in ("text", "reason") else "false"
    return "TextEdit", _options({"IsMultiline": multiline, "UseHtml": "false"})


def _value_map(choices: dict[str, str], optional: bool) -> str:
    pairs = {**choices, "—": _NULL} if optional else choices
    rows = "".join(
        f'<Option type="Map"><Option name="{_attribute(label)}" type="QString" value="{_attribute(token)}"/></Option>'
        for label, token in pairs.items()
    )
    return f'<Option type="Map"><Option name="map" type="List">{rows}</Option></Option>'


def _options(values: dict[str, str]) -> str:
    rows = "".join(
        f'<Option name="{name}" type="{"bool" if value in ("true", "false") else "QString"}" value="{value}"/>'
        for name, value in values.items()
    )
    return f'<Option type="Map">{rows}</Option>'


def _alias(item: Field, place: int, language: str) -> str:
    heading = _attribute(item.heading(language))
    return f'<alias field="{_attribute(item.name)}" index="{place}" name="{heading}"/>'


def _constraint(item: Field, layout: Layout) -> str:
    entered = layout.role and item.name not in layout.results
    soft_not_null = _SOFT if item.required and entered else 0
    soft_unique = _SOFT if layout.role and layout.key == (item.name,) else 0
    soft_rule = _SOFT if constraints.expression(item, layout) else 0
    kinds = (1 if soft_not_null else 0) | (2 if soft_unique else 0) | (4 if soft_rule else 0)
    return (
        f'<constraint field="{_attribute(item.name)}" constraints="{kinds}" notnull_strength="{soft_not_null}"'
        f' unique_strength="{soft_unique}" exp_strength="{soft_rule}"/>'
    )


def _expression(item: Field, layout: Layout, language: str) -> str:
    words = constraints.words(item, layout, language) if layout.role else ""
    return (
        f'<constraint field="{_attribute(item.name)}" exp="{_attribute(constraints.expression(item, layout))}"'
        f' desc="{_attribute(words)}"/>'
    )


def _editable(name: str, layout: Layout) -> str:
    fixed = name == container.KEY or name in layout.results
    return f'<field name="{_attribute(name)}" editable="{0 if fixed else 1}"/>'
