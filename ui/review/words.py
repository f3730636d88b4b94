"""What the review list says: headings, states with a sign beside the word, values of its columns."""

from __future__ import annotations

from types import SimpleNamespace

from ...core.findings import OUTCOMES
from ...core.personal import masked
from ...core.schema import register_schema, results_schema
from ...processing.texts import tr, ui_language

DASH = "—"

SIGNS = {"open": "○", "accepted": "✓", "overridden": "⇄", "deferred": "⏲", "verified": "◆"}
"""A sign for each state, so that it is told without colour; a stale decision has ⚠ before it."""

OUTCOME_SIGNS = dict(zip(OUTCOMES, "✕?…–●", strict=True))

COLUMNS = (
    "state",
    "subject_id",
    "name",
    "place",
    "outcome",
    "permission",
    "clause",
    "rule",
    "action",
    "county",
    "zone",
    "use",
    "period",
    "decided_by",
    "deferred_to",
    "working",
)
"""Columns of the list from left to right."""

_FIELDS = {
    "state": ("decisions", "state"),
    "subject_id": ("findings", "subject_id"),
    "outcome": ("findings", "outcome"),
    "permission": ("findings", "permission"),
    "clause": ("findings", "clause"),
    "rule": ("findings", "rule"),
    "action": ("findings", "action"),
    "period": ("findings", "period"),
    "decided_by": ("decisions", "decided_by"),
    "deferred_to": ("decisions", "deferred_to"),
}
_OF_WELLS = {"place": ("township", "village"), "county": ("county",), "use": ("use",)}


def heading(column: str) -> str:
    """What stands above a column, and beside its filter."""
    language = ui_language()
    if column in _FIELDS:
        table, name = _FIELDS[column]
        return results_schema().tables[table].fields[name].label(language)
    if column in _OF_WELLS:
        labels = (register_schema().roles["wells"].fields[name].label(language) for name in _OF_WELLS[column])
        return " / ".join(labels)
    return {"name": tr("Name"), "zone": tr("Zone"), "working": tr("Being reviewed by")}[column]


def token(enum: str, value: str) -> str:
    """The label of a token; an empty one as a dash, an unknown one as it is."""
    known = results_schema().enums[enum]
    return known[value].label(ui_language()) if value in known else value or DASH


def state_text(state: str, stale: bool = False, gone: bool = False) -> str:
    """A state as the list shows it: sign, word, and what is wrong with it."""
    text = f"{SIGNS.get(state, '')} {token('decision_state', state)}"
    if gone:
        return tr("⚠ {state}, no longer found").format(state=text)
    return tr("⚠ {state}, stale").format(state=text) if stale else text


def cell(row: SimpleNamespace, column: str, marks: dict[str, tuple[str, str]]) -> str:
    """What stands in a cell."""
    if column == "state":
        return state_text(row.state, bool(row.stale), bool(row.gone))
    if column == "outcome":
        found = outcome_text(row.outcome)
        return f"{found} → {outcome_text(row.decided_outcome)}" if row.decided_outcome else found
    if column in ("permission", "action", "use"):
        return token(column, getattr(row, column)) if getattr(row, column) else ""
    if column == "rule":
        return row.rule_label
    if column == "working":
        return marks[row.finding_id][0] if row.finding_id in marks else ""
    return masked(getattr(row, column)) if column in ("name", "place") else getattr(row, column)


def outcome_text(value: str) -> str:
    """An outcome with its sign."""
    return f"{OUTCOME_SIGNS.get(value, '')} {token('outcome', value)}".strip()


def value_text(column: str, value: str, shown: str) -> str:
    """A value as the filters and the headers of groups show it."""
    if column == "outcome":
        return outcome_text(value)
    if column in ("permission", "action", "use"):
        return token(column, value)
    if column == "state":
        return "⚠ " + tr("Stale") if value == "stale" else state_text(value)
    return shown or DASH
