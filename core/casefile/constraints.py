"""What a well-filled field satisfies: an expression that a QGIS form checks, and the words that its tooltip shows.

Both come from the schema, so that a form can never ask for something else than the documentation says. A form only
warns: an incomplete well is a finding, not a lost entry.
"""

from __future__ import annotations

from ..messages import render
from ..schema import Field
from .layout import Layout, enum_labels

_END = {"en": ". ", "zh": "。"}
_OTHER = {"en": "zh", "zh": "en"}


def expression(item: Field, layout: Layout) -> str:
    """A QGIS expression that a well-filled field satisfies, empty where anything of its type does.

    The names in it come from the schema alone.
    """
    if not layout.role or item.name in layout.results:
        return ""
    if item.enum and item.many:
        tokens = "|".join(sorted(enum_labels(item.enum, "en")))
        return f'"{item.name}" IS NULL OR regexp_match("{item.name}", \'^(({tokens})(;|$))*$\') > 0'
    if is_id(item, layout):
        return f'"{item.name}" IS NULL OR strpos("{item.name}", \';\') = 0'
    least, above, most = bounds(item)
    limits = ((">=", least), (">", above), ("<=", most))
    tests = [f'"{item.name}" {sign} {limit:g}' for sign, limit in limits if limit is not None]
    return f'"{item.name}" IS NULL OR ({" AND ".join(tests)})' if tests else ""


def words(item: Field, layout: Layout, language: str) -> str:
    """What may stand in a field, in words; empty where anything of its type may."""
    said = []
    entered = layout.role and item.name not in layout.results
    if entered and layout.key == (item.name,) and is_id(item, layout):
        said.append(render("casefile.id_rule", {}, language))
    elif entered:
        said += [render("casefile.required", {}, language)] * item.required
        said += [render("casefile.no_semicolon", {}, language)] * is_id(item, layout)
        said += _limits(item, language)
    if item.enum:
        said.append(_choices(item, language))
    elif item.many:
        said.append(render("casefile.list", {}, language))
    said += [render("casefile.personal", {}, language)] * item.personal
    return ("" if language == "zh" else " ").join(said)


def comment(item: Field, layout: Layout, language: str) -> str:
    """The comment of a column: its heading in the other language, then what may stand in it."""
    other = item.heading(_OTHER[language])
    return f"{other}{_END[language]}{words(item, layout, language)}".strip()


def is_id(item: Field, layout: Layout) -> bool:
    """Does the field hold the id of its own row or of another one? A semicolon would split it in a list of ids."""
    named = item.name in layout.key or item.name.endswith("_id")
    return item.type == "text" and named and not item.enum and not item.many


def bounds(item: Field) -> tuple[float | None, float | None, float | None]:
    """At least, more than, at most: the field's own limits, else that of its unit."""
    least = item.least if item.least is not None else item.minimum
    if least is None and item.above is None and item.unit_label is not None:
        least = item.unit_label.least
    return least, item.above, item.most if item.most is not None else item.maximum


def _limits(item: Field, language: str) -> list[str]:
    least, above, most = bounds(item)
    if least is not None and most is not None:
        return [render("casefile.between", {"least": least, "most": most}, language)]
    said = [] if least is None else [render("casefile.least", {"least": least}, language)]
    said += [] if above is None else [render("casefile.above", {"above": above}, language)]
    return said + ([] if most is None else [render("casefile.most", {"most": most}, language)])


def _choices(item: Field, language: str) -> str:
    labels = enum_labels(item.enum, language)
    listed = "; ".join(f"{token} ({label})" for token, label in labels.items())
    return render("casefile.one_of_many" if item.many else "casefile.one_of", {"values": listed}, language)
